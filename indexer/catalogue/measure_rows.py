"""Where the rows of a measure come from: its data source as the FROM clause of a query.

As metric-hub's own generator does it (metric-config-parser, templates/data_source_macros.j2):
the from_expression under the data source's name, joined as its joins say. Joins that Looker's
files add bring columns to filter by, no values: they are left out and said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from indexer.model.definitions import MeasureJoin, MeasureRows, Operand
from indexer.model.records import Measure

Sources = Mapping[tuple[str, str], Measure]  # (platform, name) -> data source
Metrics = Mapping[tuple[str, str], Measure]

SHARED = "multi_product"  # platform whose data sources all others can name
NO_COLUMN = "NULL"  # as metric-hub writes that its rows have no client, or no day
KEYWORDS = {
    "": "JOIN",
    "many_to_many": "JOIN",
    "one_to_one": "INNER JOIN",
    "many_to_one": "RIGHT JOIN",
    "one_to_many": "LEFT JOIN",
}

LAYERS = {"jetstream": "Jetstream", "opmon": "OpMon", "looker": "Looker"}

_TEMPLATE = re.compile(r"\{\{\s*(?:parameters|experiment)\b|\{%")
_EXPERIMENT = re.compile(r"\{\{\s*experiment\b|\{%")
_TABLE = re.compile(r"[A-Za-z][\w-]*(?:\.[\w$*-]+){1,2}")
_ALIAS = re.compile(r"[A-Za-z_]\w{0,100}")
_PARAMETER = re.compile(r"\{\{\s*parameters\.(\w+)")
# how metric-hub takes the rows of one product out of a table that has several
_OF_A_PRODUCT = re.compile(r"\b(\w*app_name\w*)\s*=\s*(?:'[^']+'|\"[^\"]+\")", re.IGNORECASE)
MIXED = (
    "{table} has the rows of several products, and metric-hub does not take those of {platform} out of them "
    "(others do, by {column}): an experiment keeps to its own clients, a query of all rows does not."
)
SUM_OF_MAXIMA = (
    "What it sums is a maximum of each ping: of a client with several pings a day that is more than there "
    "was at once."
)
_SUM_OF_MAXIMA = re.compile(r"\bSUM\(\s*[\w.]{1,200}_max_\w{1,100}\s*\)", re.IGNORECASE)
_LONGEST = 20_000  # characters of a from_expression
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a measure, or why they are not known, and what a reader must know of them."""

    rows: MeasureRows | None = None
    reason: str = ""
    assumptions: tuple[str, ...] = ()


def source_of(record: Measure, sources: Sources) -> Measure | None:
    """The data source of a measure: its own, else that of its platform, else a shared one."""
    if record.from_expression:
        return record
    name = record.data_source
    return sources.get((record.platform, name)) or sources.get((SHARED, name))


def divided_tables(sources: Sources) -> dict[str, str]:
    """Tables out of which data sources take the rows of one product, with the column by which they do."""
    found: dict[str, str] = {}
    for source in sources.values():
        if taken := _OF_A_PRODUCT.search(source.from_expression[:_LONGEST]):
            found.update(dict.fromkeys(source.tables, taken[1]))
    return found


def said_of_products(record: Measure, sources: Sources, divided: Mapping[str, str]) -> str:
    """What must be said of a measure of one product over a table that is divided elsewhere; "" of others."""
    source = source_of(record, sources)
    if source is None or record.platform == SHARED:
        return ""
    for table in source.tables:
        column = divided.get(table, "")
        if column and column not in f"{source.from_expression} {record.select_expression}":
            short = table.split(".", table.count(".") - 1)[-1]
            return MIXED.format(table=short, platform=record.platform, column=column)
    return ""


def rows_of(record: Measure, sources: Sources) -> Rows:
    """The rows of a measure. Where there is no query for them, the reason."""
    if _TEMPLATE.search(record.select_expression):
        parameters = sorted(set(_PARAMETER.findall(record.select_expression)))
        named = f": {', '.join(parameters)[:_LONGEST_REASON]}" if parameters else ""
        return Rows(reason=f"Its expression has a parameter that each experiment fills{named}.")
    source = source_of(record, sources)
    if source is None:
        said = f"Its data source {record.data_source} is not defined." if record.data_source else ""
        return Rows(reason=said or "metric-hub names no data source for it.")
    if _EXPERIMENT.search(source.from_expression):
        return Rows(reason="Its rows are those of one experiment, whose name each experiment fills in.")
    name = record.name if source is record and record.type == "data_source" else record.data_source
    if not source.from_expression:
        return Rows(reason=f"metric-hub names no table for its data source {name}.")
    if not _ALIAS.fullmatch(name):
        return Rows(reason="Its data source has a name that SQL cannot use.")
    assumptions = []
    if "{dataset}" in source.from_expression:
        dataset = source.default_dataset or record.platform
        assumptions.append(f"It reads {dataset}; metric-hub fills in the dataset of each channel.")
    apart = sorted({*record.apart, *source.apart})
    if apart:
        who = " and ".join(LAYERS.get(each, each) for each in apart)
        assumptions.append(f"For {who}, metric-hub has other rows or another expression.")
    added = sorted({join.data_source for join in source.joins if join.layer == "looker"})
    if added:
        names = ", ".join(added)
        assumptions.append(f"Looker joins {names} to it, for columns to filter by: they are left out here.")
    if _SUM_OF_MAXIMA.search(record.select_expression):
        assumptions.append(SUM_OF_MAXIMA)
    rows = MeasureRows(
        alias=f"{name}_rows",
        source=_joined(source, name, sources, record.platform),
        client_id=_column(source.client_id_column, "client_id"),
        day=_column(source.submission_date_column, "submission_date"),
    )
    return Rows(rows, assumptions=tuple(assumptions))


def operands_of(record: Measure, metrics: Metrics, sources: Sources) -> tuple[Operand, ...]:
    """Numerator and denominator of the first ratio that is taken of a measure; none where not told."""
    names: tuple[str, ...] = ()
    for statistic in record.statistics:
        given = statistic.parameters
        if {"numerator", "denominator"} <= given.keys():
            names = names or (given["numerator"], given["denominator"])
        elif "denominator_metric" in given:
            names = names or (record.name, given["denominator_metric"])
    if not names and not record.select_expression and len(record.depends_on) == 2:
        names = record.depends_on
    found = [_operand(name, record.platform, metrics, sources) for name in names]
    return tuple(each for each in found if each is not None) if all(found) else ()


def why_no_expression(record: Measure, metrics: Metrics) -> str:
    """Why there is no query of a metric that has neither an expression nor a ratio that can be asked."""
    if record.depends_on:
        missing = [name for name in record.depends_on if (record.platform, name) not in metrics]
        names = ", ".join(missing or record.depends_on)[:_LONGEST_REASON]
        last = f"does not define {names}" if missing else f"says no ratio of {names}"
        return f"metric-hub gives no expression for it, only what it depends on: it {last}."
    own = [f"the {use.kind} {use.name}" for use in record.uses if use.redefines]
    if own:
        others = f" and {len(own) - 1} more" if len(own) > 1 else ""
        verb = "give it one each" if others else "gives it one"
        return f"metric-hub gives no expression for it, only {own[0]}{others} {verb}."
    only = ", ".join(dict.fromkeys(each.name for each in record.statistics))[:_LONGEST_REASON]
    return f"metric-hub gives no expression for it{f', only its statistics: {only}' if only else ''}."


def _operand(written: str, platform: str, metrics: Metrics, sources: Sources) -> Operand | None:
    name, _, statistic = written.partition(".")
    metric = metrics.get((platform, name))
    if metric is None or not metric.select_expression:
        return None
    found = rows_of(metric, sources)
    return Operand(name, statistic, metric.select_expression, found.rows) if found.rows else None


def _column(written: str, default: str) -> str:
    return "" if written.upper() == NO_COLUMN else written or default


def _from_item(source: Measure, platform: str) -> str:
    """The from_expression as an item of FROM: a quoted table, or a sub-query in parentheses."""
    holes = {"{{": "{", "}}": "}", "{dataset}": source.default_dataset or platform}
    filled = re.sub(
        r"\{\{|\}\}|\{dataset\}", lambda match: holes[match[0]], source.from_expression[:_LONGEST]
    ).strip()
    if _TABLE.fullmatch(plain := filled.replace("`", "")):
        return f"`{plain}`"
    return filled if _is_parenthesised(filled) else f"(\n  SELECT\n    *\n  FROM\n    {filled}\n)"


def _is_parenthesised(text: str) -> bool:
    """Whether one pair of parentheses holds it all: `(…)`, not `(…) AS a JOIN (…)`. Quotes are respected."""
    depth = 0
    for match in re.finditer(
        r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|--[^\n]*|/\*.*?\*/|[()]", text, re.DOTALL
    ):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0 and match[0] == ")":
            return text.startswith("(") and match.end() == len(text)
    return False


def _joined(source: Measure, name: str, sources: Sources, platform: str) -> str:
    """An item of FROM with all that is joined to it, then as a sub-query: so does metric-hub."""
    item = _from_item(source, platform)
    joins = []
    for join in source.joins:
        other = sources.get((platform, join.data_source)) or sources.get((SHARED, join.data_source))
        same_client = source.client_id_column.upper() != NO_COLUMN
        if join.layer == "looker" or other is None or not _ALIAS.fullmatch(join.data_source):
            continue
        if same_client or join.on_expression:
            condition = join.on_expression.strip() or _same_client_and_day(source, name, other, join)
            joined = f"{_from_item(other, platform)} AS {join.data_source}"
            joins.append(f"  {KEYWORDS.get(join.relationship, 'JOIN')}\n    {joined}\n    ON {condition}\n")
    if not joins:
        return item
    return "(\n  SELECT\n    *\n  FROM\n    " + f"{item} AS {name}\n" + "".join(joins) + ")"


def _same_client_and_day(source: Measure, name: str, other: Measure, join: MeasureJoin) -> str:
    pairs = (
        (source.client_id_column or "client_id", other.client_id_column or "client_id"),
        (
            source.submission_date_column or "submission_date",
            other.submission_date_column or "submission_date",
        ),
    )
    return " AND ".join(f"{name}.{mine} = {join.data_source}.{theirs}" for mine, theirs in pairs)
