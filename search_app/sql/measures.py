"""Queries of metric-hub's measures: the expression over the rows of its data source.

As metric-hub's own generator makes them (metric-config-parser, `get_metrics_sql`), by day.
What it computes for each client, and then over clients, is a query of its own: for an
expression such as a count of days, that is the one that says something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from indexer.model.definitions import MeasureRows, MeasureStatistic, Operand
from indexer.model.items import MeasureItem
from search_app.sql.measure_statistics import statistics_over_clients
from search_app.sql.rows import said_of_sample
from search_app.sql.shape import TOP, clause, head, where_clause
from search_app.sql.source import (
    DAYS,
    DAYS_OF_MONTHS,
    SqlQuery,
    filled_later,
    look_days,
)

DAYS_OF_AGGREGATES = 28
PER_CLIENT = "Experiments compute it for each client: see the {}."
OVER_CLIENTS, EACH_CLIENT = "queries over clients", "query for each client"
NOT_KEPT_UP = "metric-hub calls it deprecated: where these days are empty, ask for earlier ones."
NO_CLIENTS = "What it calls clients are values of {column}: metric-hub's client_id_column of the data source."
ROLLING = 7  # days

# a yes or no of clients: the share and the number of those of whom it is true
YES_OR_NO = (MeasureStatistic("binomial", ""), MeasureStatistic("client_count", ""))
# Ones and noughts, as metric-hub writes yes and no of a client where Jetstream wants numbers.
_ONE_OR_NONE = re.compile(
    r"(?:(?:CAST|COALESCE)\( ?)*LOGICAL_OR\([^*/+]*"
    r"|(?:COALESCE\( ?)?(?:MAX\( ?)?(?:IF\([^*/+]*, ?1, ?0 ?\)|CASE WHEN [^*/+]* THEN 1 ELSE 0 END"
    r"|CAST\([^*/+]*[<>=] ?\d+(?:, FALSE ?\))? AS INT\w* ?\)"
    r"|CAST\( ?[\w.]*(?:\bboolean\.\w+|_enabled) AS INT\w* ?\))(?: ?\))?(?:, ?0 ?\))?",
    re.IGNORECASE,
)
# What says something of the rows of one client, and of all rows hardly anything: "any" of their systems.
_OF_ANY_ROW = re.compile(r"\b(?:LOGICAL_OR|LOGICAL_AND|ANY_VALUE)\(", re.IGNORECASE)
_STANDS_IN = re.compile(r"SUM\(\s*[01]\s*\)|[01]|NULL", re.IGNORECASE)
_GATHERED = re.compile(r"ARRAY_(?:CONCAT_)?AGG\((?:(?!\bLIMIT\b|OFFSET|ORDINAL).)*\)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_]\w*")


def measure_queries(item: MeasureItem, days: int = 0) -> list[SqlQuery]:
    """The queries of a measure, of so many days (0: of as many as fit it); none where `no_query` says why."""
    over = (NOT_KEPT_UP,) if item.status == "deprecated" else ()
    base = SqlQuery(item.name, _heading(item), "", notes=(*item.assumptions, *over, *_filled_later(item)))
    if item.rows is None:
        return list(_ratio(item, base, days))
    if said := said_of_sample(item.rows.sample, *item.tables, item.rows.source):
        base = replace(base, notes=(*base.notes, said))
    if item.rows.client_id and "client" not in item.rows.client_id:
        base = replace(base, notes=(*base.notes, NO_CLIENTS.format(column=item.rows.client_id)))
    if item.type == "data_source":
        return list(_rows(item.rows, base, days))
    if item.type == "dimension":
        return [_dimension(item, item.rows, base, days)]
    if item.type == "segment":
        return list(_segment(item, item.rows, base, days))
    ratio = list(_ratio(item, base, days))
    if ratio and _STANDS_IN.fullmatch(item.select_expression.strip()):
        return ratio  # metric-hub wants an expression beside a ratio: its sum is no measure of anything
    return [*_metric(item, item.rows, base, days), *ratio]


def _filled_later(item: MeasureItem) -> tuple[str, ...]:
    """That the newest day of its rows, or of the rows of a ratio, lies back."""
    read = (item.rows, *(each.rows for each in item.operands))
    return tuple(dict.fromkeys(filled_later(rows.days_behind) for rows in read if rows and rows.days_behind))


def _heading(item: MeasureItem) -> str:
    return item.tables[0] if len(item.tables) == 1 else item.data_source or item.name


def _metric(item: MeasureItem, rows: MeasureRows, base: SqlQuery, days: int) -> Iterator[SqlQuery]:
    name = _output(item.name)
    of_clients = list(_of_clients(item, rows, base, days))
    over_time = base
    if of_clients and item.apps:  # experiments are run in apps, not in what advertisers are told of
        statistics = any(each.variant == "over clients" for each in of_clients)
        said = PER_CLIENT.format(OVER_CLIENTS if statistics else EACH_CLIENT)
        over_time = replace(base, notes=(*base.notes, said))
    if not is_of_one_client(item):
        yield _query(
            over_time,
            "over time" if rows.day else "in all",
            _by_day(item.select_expression, name, rows, days),
        )
    if rolling := _rolling(item, name, rows, days):
        yield _query(base, f"{ROLLING}-day average", rolling)
    yield from of_clients


def is_of_one_client(item: MeasureItem) -> bool:
    """Whether its value says something of one client only: yes or no, true of a day with one such client,
    and lists, which over all clients outgrow a row.
    """
    expression = " ".join(item.select_expression.split())
    gathered = _GATHERED.fullmatch(expression) or _OF_ANY_ROW.search(expression)
    of_clients = item.rows is not None and bool(item.rows.client_id)
    return of_clients and (is_yes_or_no(item) or gathered is not None)


def _of_clients(item: MeasureItem, rows: MeasureRows, base: SqlQuery, days: int) -> Iterator[SqlQuery]:
    """Its value for each client, and statistics over these."""
    name = _output(item.name)
    if not rows.client_id:
        return
    columns = [*_day_columns(rows), _named(rows.client_id, "client_id"), _named(item.select_expression, name)]
    text = _select(columns, rows, _ordinals(2 if rows.day else 1), limit=TOP, days=days)
    queries = [_query(base, "for each client", text)]
    found = statistics_over_clients(item.statistics, item.value)
    if not found.columns and is_yes_or_no(item):
        found = statistics_over_clients(YES_OR_NO, item.value)
    if found.columns:
        text = _over_clients(item.select_expression, rows, [*found.columns], days)
        queries.append(_query(replace(base, notes=(*base.notes, *found.notes)), "over clients", text))
    yield from reversed(queries) if is_of_one_client(item) else queries


def _by_day(expression: str, name: str, rows: MeasureRows, days: int = 0) -> str:
    columns = [*_day_columns(rows), _named(expression, name)]
    if rows.client_id:
        columns.append(
            f"COUNT(DISTINCT {rows.client_id}) AS {'clients' if name != 'clients' else 'client_count'}"
        )
    return _select(columns, rows, _ordinals(1 if rows.day else 0), _ordinals(1 if rows.day else 0), days=days)


def _rolling(item: MeasureItem, name: str, rows: MeasureRows, days: int) -> str:
    """The average of the days before, where Looker shows one."""
    if not rows.day or item.value != "number":
        return ""
    if not any(each.name == "rolling_average" for each in item.statistics):
        return ""
    day = _day_name(rows)
    inner = _by_day(item.select_expression, name, rows, (days or _days(rows)) + ROLLING)
    window = f"ORDER BY {day} ROWS BETWEEN {ROLLING - 1} PRECEDING AND CURRENT ROW"
    text = f"WITH by_day AS (\n{_indented(inner)})\n"
    text += clause("SELECT", [day, name, f"AVG({name}) OVER ({window}) AS average_of_{ROLLING}_days"])
    return text + "FROM\n  by_day\n" + clause("ORDER BY", [day])


def _over_clients(expression: str, rows: MeasureRows, columns: Sequence[str], days: int) -> str:
    """Statistics over the values that clients have on each day."""
    inner = [*_day_columns(rows), _named(rows.client_id, "client_id"), _named(expression, "client_value")]
    of_client = _select(inner, rows, _ordinals(2 if rows.day else 1), days=days)
    text = f"WITH per_client AS (\n{_indented(of_client)})\n"
    day = [_day_name(rows)] if rows.day else []
    text += clause("SELECT", [*day, "COUNT(*) AS clients", *columns]) + "FROM\n  per_client\n"
    return text + clause("GROUP BY", day) + clause("ORDER BY", day)


def _ratio(item: MeasureItem, base: SqlQuery, days: int) -> Iterator[SqlQuery]:
    """A ratio of two measures, by day."""
    if len(item.operands) != 2 or not all(each.rows.day for each in item.operands):
        return
    top, bottom = item.operands
    text = f"WITH numerator AS (\n{_indented(_operand(top, days))}),\n"
    text += f"denominator AS (\n{_indented(_operand(bottom, days))})\n"
    columns = [
        "day",
        f"SAFE_DIVIDE(numerator.operand, denominator.operand) AS {_output(item.name)}",
        f"numerator.operand AS {_output('numerator_' + top.name)}",
        f"denominator.operand AS {_output('denominator_' + bottom.name)}",
    ]
    text += clause("SELECT", columns) + "FROM\n  numerator\nINNER JOIN\n  denominator\n  USING (day)\n"
    text += clause("ORDER BY", ["day"])
    said = f"It is {top.name} over {bottom.name}."
    if not item.select_expression and not any(each.parameters for each in item.statistics):
        said = f"metric-hub gives no expression: it is read as {top.name} over {bottom.name} (depends_on)."
    yield _query(replace(base, notes=(*base.notes, said)), "ratio over time", text)


def _operand(operand: Operand, days: int) -> str:
    """One side of a ratio, by day: Looker's client_count counts clients with more than nothing."""
    rows, day = operand.rows, f"{operand.rows.day} AS day"
    aggregate = {"client_count": "COUNTIF(client_value > 0)", "average": "AVG(client_value)"}.get(
        operand.statistic
    )
    if aggregate is None or not rows.client_id:
        return _select([day, _named(operand.expression, "operand")], rows, _ordinals(1), days=days)
    inner = [day, _named(rows.client_id, "client_id"), _named(operand.expression, "client_value")]
    text = clause("SELECT", ["day", f"{aggregate} AS operand"])
    text += f"FROM\n  (\n{_indented(_indented(_select(inner, rows, _ordinals(2), days=days)))}  )\n"
    return text + clause("GROUP BY", ["day"])


def split_measure(
    item: MeasureItem, rows: MeasureRows, groups: Sequence[tuple[str, str]], days: int, limit: int
) -> str:
    """A measure for each of some groups (expression, name) of its rows, the largest first.

    What is of one client is worked out for each: of a group it is the share of those of whom it is true.
    """
    by_day = bool(groups) and groups[0][0] == rows.day
    order = f"{len(groups) + 1} DESC"
    orders = ("1", order) if by_day else (order,)
    if is_of_one_client(item):
        return _split_over_clients(item, rows, groups, days, limit, orders)
    name = _output(item.name)
    columns = [_named(*group) for group in groups]
    columns.append(_named(item.select_expression, name))
    if rows.client_id:
        columns.append(
            f"COUNT(DISTINCT {rows.client_id}) AS {'clients' if name != 'clients' else 'client_count'}"
        )
    return _select(columns, rows, _ordinals(len(groups)), orders, limit=limit, days=days)


def is_yes_or_no(item: MeasureItem) -> bool:
    """Whether it is true or not of each client, or one or nought: of many, that is a share."""
    if item.rows is None or not item.rows.client_id:
        return False
    if item.value == "boolean" or any(each.name == "binomial" for each in item.statistics):
        return True
    expression = " ".join(item.select_expression.replace("(*)", "()").split())
    return item.value == "number" and _ONE_OR_NONE.fullmatch(expression) is not None


def _split_over_clients(
    item: MeasureItem, rows: MeasureRows, groups: Sequence[tuple[str, str]], days: int, limit: int,
    orders: Sequence[str],
) -> str:  # fmt: skip
    of_client = [*(_named(*group) for group in groups), _named(rows.client_id, "client_id")]
    of_client.append(_named(item.select_expression, "client_value"))
    inner = _select(of_client, rows, _ordinals(len(groups) + 1), days=days)
    text = f"WITH per_client AS (\n{_indented(inner)})\n"
    wanted = YES_OR_NO if is_yes_or_no(item) else item.statistics
    columns = statistics_over_clients(wanted, item.value).columns
    text += clause("SELECT", [*(name for _, name in groups), "COUNT(*) AS clients", *columns])
    text += "FROM\n  per_client\n" + clause("GROUP BY", list(_ordinals(len(groups))))
    return text + clause("ORDER BY", list(orders)) + f"LIMIT\n  {limit}\n"


def _rows(rows: MeasureRows, base: SqlQuery, days: int) -> Iterator[SqlQuery]:
    """How many rows a data source has, and a look at some."""
    columns = [*_day_columns(rows), "COUNT(*) AS row_count"]
    if rows.client_id:
        columns.append(f"COUNT(DISTINCT {rows.client_id}) AS clients")
    by = _ordinals(1 if rows.day else 0)
    yield _query(
        base, "rows over time" if rows.day else "rows in all", _select(columns, rows, by, by, days=days)
    )
    yield _query(
        base,
        "a look at rows",
        _select(["*"], rows, (), limit=TOP, days=look_days(rows.day)),
    )


def _dimension(item: MeasureItem, rows: MeasureRows, base: SqlQuery, days: int) -> SqlQuery:
    columns = [_named(item.select_expression, _output(item.name)), "COUNT(*) AS row_count"]
    if rows.client_id:
        columns.append(f"COUNT(DISTINCT {rows.client_id}) AS clients")
    text = _select(columns, rows, _ordinals(1), ("row_count DESC",), limit=TOP, days=days)
    return _query(base, "by value", text)


def _segment(item: MeasureItem, rows: MeasureRows, base: SqlQuery, days: int) -> Iterator[SqlQuery]:
    """How many clients are in a segment."""
    if not rows.client_id:
        return
    notes = list(base.notes)
    if item.window:
        first, last = item.window
        notes.append(f"Experiments look at day {first} to day {last} around enrolment; here it is each day.")
    columns = [
        "COUNTIF(client_value) AS clients_in_segment",
        "SAFE_DIVIDE(COUNTIF(client_value), COUNT(*)) AS share",
    ]
    text = _over_clients(item.select_expression, rows, columns, days)
    yield _query(replace(base, notes=tuple(notes)), "clients over time", text)


# ------------------------------------------------------------------ text


def _select(
    columns: Sequence[str], rows: MeasureRows, groups: Sequence[str], order: Sequence[str] = (),
    limit: int = 0, days: int = 0,
) -> str:  # fmt: skip
    """One SELECT over the rows of a measure."""
    text = clause("SELECT", columns) + f"FROM\n{_indented(f'{rows.source} AS {rows.alias}')}"
    if rows.day:
        since = f"DATE_SUB(CURRENT_DATE(), INTERVAL {(days or _days(rows)) + rows.days_behind} DAY)"
        text += where_clause([f"{rows.day} >= {since}"])
    text += clause("GROUP BY", groups) + clause("ORDER BY", order)
    return text + (f"LIMIT\n  {limit}\n" if limit else "")


def _days(rows: MeasureRows) -> int:
    """How many days to ask for: tables without clients are small, and some have a row a week or a month."""
    if look_days(rows.day) > 1:
        return DAYS_OF_MONTHS
    return DAYS if rows.client_id else DAYS_OF_AGGREGATES


def _day_name(rows: MeasureRows) -> str:
    return rows.day if _NAME.fullmatch(rows.day) else "day"


def _day_columns(rows: MeasureRows) -> list[str]:
    return [_named(rows.day, _day_name(rows))] if rows.day else []


def _named(expression: str, name: str) -> str:
    """An expression of upstream under a name: a comment at its end must not swallow the name."""
    if expression == name:
        return name
    text = expression.replace("\n", "\n  ")
    return f"{text}\n  AS {name}" if "--" in expression or "#" in expression else f"{text} AS {name}"


def _output(name: str) -> str:
    """A measure's name as the name of a column."""
    safe = re.sub(r"\W", "_", name, flags=re.ASCII)
    return safe if _NAME.fullmatch(safe) else f"measure_{safe}"


def _ordinals(count: int) -> tuple[str, ...]:
    # A name in GROUP BY would mean a column of the rows, where one has it.
    return tuple(str(number) for number in range(1, count + 1))


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


def _query(base: SqlQuery, variant: str, text: str) -> SqlQuery:
    title = f"{base.title}, {variant}"
    return replace(base, title=title, variant=variant, sql=head(title, base.notes) + text.rstrip("\n"))
