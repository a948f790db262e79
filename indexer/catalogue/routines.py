"""SQL functions that queries call: mozfun for everybody, udf and udf_js inside of the warehouse.

Upstream's metadata gives a name, a description and often a README; parameters and result stand in the
udf.sql alone. Which table calls which is read in the SQL that makes the tables.
"""

from __future__ import annotations

import posixpath
import re
import string
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from indexer.catalogue.model import Link, humanise
from indexer.catalogue.tables import Tables
from indexer.model.items import SHARED_PROJECT, RoutineItem
from indexer.model.liveness import said_deprecated
from indexer.model.table_records import DerivedTable, Routine
from indexer.sqlread.statements import without_tests

PUBLIC_PROJECT = "mozfun"
SOURCES = "https://github.com/mozilla/bigquery-etl/blob/generated-sql"
MOST_SIGNATURE = 2_000  # characters
_EXAMPLE = re.compile(r"@sql\(([\w./-]{1,200}\.sql)\)")
_HEAD = re.compile(r"\bFUNCTION\s+(?:IF\s+NOT\s+EXISTS\s+)?[`\w.-]+\s*\(", re.IGNORECASE)
_RETURNS = re.compile(r"\s*RETURNS\s+", re.IGNORECASE)
_BODY = re.compile(r"\s*(?:\bAS\b|\bLANGUAGE\b|\bDETERMINISTIC\b|\bNOT\b|\bOPTIONS\b|$)", re.IGNORECASE)
_LANGUAGE = re.compile(r"\bLANGUAGE\s+(\w+)", re.IGNORECASE)
_NOISE = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_CALLED = re.compile(r"\.`?(\w+)`?\s*\(")
_BEFORE = re.compile(r"(?:([a-z][\w-]*)`?\.`?)?(\w+)`?$")
_OF_NAMES = f"{string.ascii_letters}{string.digits}_-.`"
_LONGEST_BEFORE = 300  # characters of project and dataset


def routine_items(
    records: Sequence[Routine], derived: Iterable[DerivedTable], tables: Tables, problems: Counter[str]
) -> tuple[list[RoutineItem], list[Link]]:
    """One item a routine, and which tables call it."""
    by_name: dict[str, RoutineItem] = {}
    for record in records:
        item = _item(record)
        key = _key(record.project, record.dataset, record.name)
        problems["routine described twice"] += key in by_name
        by_name[key] = item
    names = frozenset(item.routine for item in by_name.values())
    links: list[Link] = []
    for table in derived:
        key = tables.id_of(f"{table.project}.{table.dataset}.{table.table}")
        if key:
            for called in dict.fromkeys(_called(table.sql, by_name, names)):
                links.append(Link(key, called, "routine", "table", True))
    for item in by_name.values():
        for called in dict.fromkeys(_called(without_tests(item.sql), by_name, names)):
            if called != item.id:
                links.append(Link(item.id, called, "calls", "called_by", True))
    return list(by_name.values()), links


def _key(project: str, dataset: str, name: str) -> str:
    """How a query spells it: the functions of the shared project are called without it."""
    return f"{dataset}.{name}" if project == SHARED_PROJECT else f"{project}.{dataset}.{name}"


def _item(record: Routine) -> RoutineItem:
    name = f"{record.project}.{record.dataset}.{record.name}"
    signature, result = signature_of(record.sql)
    old = record.deprecated or said_deprecated(record.description)
    language = _LANGUAGE.search(_NOISE.sub(" ", record.sql))
    called = _key(record.project, record.dataset, record.name)
    return RoutineItem(
        id=f"routine/{name}",
        kind="routine",
        name=called,
        title=record.title or humanise(record.name),
        description=record.description,
        type="public" if record.project == PUBLIC_PROJECT else "internal",
        datasets=(record.dataset,),
        status="deprecated" if old else "active",
        status_reason="deprecated, as its description says" if old else "",
        owners=record.owners,
        aliases=tuple(dict.fromkeys((name, f"{record.dataset}.{record.name}"))),
        project=record.project,
        dataset=record.dataset,
        routine=record.name,
        signature=f"{called}{signature}" if signature else "",
        returns=result,
        language=(language[1].lower() if language else "sql") if record.sql else "",
        readme=_with_examples(record),
        sql=record.sql,
        source_path=record.source_path,
    )


def _with_examples(record: Routine) -> str:
    """A README with links to the example queries that upstream's site puts where `@sql(path)` stands."""

    def link(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(record.source_path, match[1]))
        return f"[{path.rpartition('/')[2]}]({SOURCES}/{path})" if not path.startswith("../") else ""

    return _EXAMPLE.sub(link, record.readme)


def signature_of(sql: str) -> tuple[str, str]:
    """The parameters of the first function that a udf.sql creates, in brackets, and the type it returns.

    Both empty where none is found; the type is empty where it is left to its body.

    >>> signature_of("CREATE FUNCTION norm.os(os STRING, strict BOOL) RETURNS STRING AS (1)")
    ('(os STRING, strict BOOL)', 'STRING')
    """
    text = _NOISE.sub(" ", sql)
    head = _HEAD.search(text)
    end = _closing(text, head.end() - 1) if head else -1
    if head is None or end < 0:
        return "", ""
    parameters = " ".join(text[head.end() : end].split())
    returns = _RETURNS.match(text, end + 1)
    result = _type_at(text, returns.end()) if returns else ""
    return f"({parameters})"[:MOST_SIGNATURE], result[:MOST_SIGNATURE]


def _closing(text: str, opening: int) -> int:
    """Where the bracket that opens at a place is closed; -1 where it is not."""
    depth = 0
    for place in range(opening, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if not depth:
            return place
    return -1


def _type_at(text: str, start: int) -> str:
    """A type with all that stands in its angle brackets: STRUCT<sum INT64, `values` ARRAY<INT64>>."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] == "<") - (text[place] == ">")
        if not depth and _BODY.match(text, place + 1):
            return " ".join(text[start : place + 1].split())
    return ""


def _called(sql: str, known: Mapping[str, RoutineItem], names: Set[str]) -> Iterator[str]:
    """The ids of the routines that a text of SQL calls; `names`: the last parts of those that are known."""
    text = _NOISE.sub(" ", sql)
    for call in _CALLED.finditer(text):
        name = call[1]
        if name not in names:
            continue
        place = text[max(0, call.start() - _LONGEST_BEFORE) : call.start()]
        before = _BEFORE.search(place[len(place.rstrip(_OF_NAMES)) :])
        if before is None:
            continue
        project, dataset = before.groups("")
        # `norm.os(` inside of mozfun names its own project only by where it stands
        for key in (f"{project}.{dataset}.{name}", f"{dataset}.{name}", f"{PUBLIC_PROJECT}.{dataset}.{name}"):
            if key in known:
                yield known[key].id
                break
