"""What a row of a table is: a thing, a client on one of its days, or a group; and what is counted of it."""

from __future__ import annotations

import re

from indexer.model.items import MeasureItem, TableItem
from search_app.sql.metrics import INTEGERS
from search_app.sql.source import Source, quoted
from search_app.tools import Context

NUMBERS = (*INTEGERS, "FLOAT", "FLOAT64", "NUMERIC", "BIGNUMERIC")
MOST_SUMS = 12  # in one query
OF_MEASURES = "It sums what metric-hub's measures sum."
GROUPS = "Its rows are groups: how many there are says nothing."
SUMMED = "Its rows are groups: what they count is summed, and not how many there are."
NOT_COUNTED = f"{GROUPS} What they hold cannot be added up, or that is not known: choose a column."
FIRST_DAYS = "A client has a row of its first day only: the clients of a day are those that were new on it."
OF_A_SHARE = "Its table holds a sample of {share} %: what is counted and summed is of that."
OF_A_SAMPLE = (
    "It is made from a sample of the clients ({condition}), wholly or in part: "
    "its SQL says whether counts are scaled up."
)

_SHARE = re.compile(r"_(\d{1,2})pct(?:_v\d+)?\b")
_SUM = re.compile(r"\bSUM\(\s*(?:COALESCE\(\s*)?(\w+)\s*(?:,\s*0\s*\))?\s*\)", re.IGNORECASE)
_FIRST_SEEN = re.compile(r"clients_first_seen|attribution_clients")


def said_of_rows(item: TableItem, source: Source) -> tuple[str, ...]:
    """What a query says of whom a row is, where that is not a client on its day."""
    of_first_day = "" if item.grouped else _of_first_days(source)
    return (_not_of_the_day(source), of_first_day, said_of_sample(item.sample, source.table))


def _of_first_days(source: Source) -> str:
    """Of a table in which each client has one row, as its name or what it is partitioned by tells."""
    named = _FIRST_SEEN.search(source.table)
    of_first_day = source.partition == "first_seen_date" and source.clients()
    return FIRST_DAYS if (named or of_first_day) and source.date() else ""


def _not_of_the_day(source: Source) -> str:
    """Of a table that keeps a row for whoever was seen in a window of days: that not all were on the day."""
    if source.date() is None:
        return ""
    if "days_since_seen" in source.columns:
        there = f"{source.path('days_since_seen')} = 0"
    elif "days_seen_bits" in source.columns:
        there = f"{source.path('days_seen_bits')} & 1 = 1"
    else:
        return ""
    if source.clients():
        return f"Not every client of a row was seen on its day: those have {there}."
    return f"Not everyone of a row was seen on its day: those who were have {there}."


def _sampled_share(*tables: str) -> int:
    """Per cent of the data that tables hold by their names (`main_1pct_v1`); 0 where they do not say."""
    found = (_SHARE.search(table) for table in tables)
    return next((int(each[1]) for each in found if each), 0)


def said_of_sample(condition: str, *tables: str) -> str:
    """What a query says of rows that are of a sample: by the names of their tables, else by the SQL."""
    if share := _sampled_share(*tables):
        return OF_A_SHARE.format(share=share)
    return OF_A_SAMPLE.format(condition=condition) if condition else ""


def summed_by_measures(item: TableItem, source: Source, context: Context) -> list[str]:
    """Of a table of aggregates, the columns that measures sum: the number of its rows says nothing (A14)."""
    if source.clients() or source.date() is None or "document_id" in source.columns:
        return []
    # of a view, also what it shows: measures may name the table beneath
    names = {item.name, source.table, *(name.partition(".")[2] for name in item.upstream)}
    found: dict[str, None] = {}
    for measure in map(context.lookup, item.related.get("measure", ())):
        if not isinstance(measure, MeasureItem):
            continue
        read = {each.column for each in measure.columns if each.table in names}
        for path in read.intersection(_SUM.findall(measure.select_expression)):
            found[path] = None
    return _sums(sorted(found), source)


def summed_of_groups(item: TableItem, source: Source) -> list[str]:
    """Of a table of groups with a day, what adds up over those of a day (catalogue/groups.py)."""
    return _sums(item.sums, source) if item.grouped and source.date() is not None else []


def _sums(paths: tuple[str, ...] | list[str], source: Source) -> list[str]:
    columns = (source.columns.get(path) for path in paths)
    numbers = [each.path for each in columns if each and each.type in NUMBERS and each.mode != "REPEATED"]
    return [f"SUM({source.path(path)}) AS {quoted(path)}" for path in numbers[:MOST_SUMS]]
