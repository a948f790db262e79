"""`python -m tests.check_measures [DATA_DIR]`: every measure of the whole catalogue, counted.

Each has a query or says why not; each query is one SELECT that sqlglot parses, and where the
columns of all its tables are surely known, sqlglot's own qualifier finds every name of it: it
shares nothing with the reading in indexer/sqlread. Prints how many metrics, probes, pings,
tables and explores lead to measures; exit code 1 where something is refused.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from indexer.catalogue.measures import SURE_SCHEMAS
from indexer.config import load_config
from indexer.index.generation import open_current
from indexer.model.items import SHARED_PROJECT, USER_PROJECT, MeasureItem, TableItem
from indexer.model.table_records import Column
from indexer.store.reader import Store
from search_app.sql import queries_for
from search_app.tools import Context
from tests.support.builder_walk import combinations_of

PLAIN = {"RECORD": "JSON", "FLOAT": "FLOAT64", "INTEGER": "INT64", "BOOLEAN": "BOOL"}
# What the qualifier cannot look up: fields of what a function gives, and a routine of a project
# before IGNORE NULLS, which sqlglot takes for a column without a name.
BEYOND = ("due to missing source schemas", "Column '' could not be resolved")
JOINED = ("metric", "probe", "ping", "table", "explore", "app")


@dataclass
class Outcome:
    """What was counted, and what is wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)


class Qualifier:
    """Looks every name of a query up, with sqlglot's optimizer and the columns of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tables: dict[str, Sequence[Column] | None] = {}

    def columns(self, name: str) -> Sequence[Column] | None:
        """The columns of a table; None where they are not surely known."""
        if name not in self._tables:
            item = self._store.item(f"table/{name.replace(f'{USER_PROJECT}.', f'{SHARED_PROJECT}.', 1)}")
            sure = isinstance(item, TableItem) and item.schema_digest and item.schema_source in SURE_SCHEMAS
            self._tables[name] = self._store.columns(item.schema_digest) if sure else None  # type: ignore[union-attr]
        return self._tables[name]

    def short_columns(self, name: str) -> Sequence[Column]:
        """The columns of dataset.table in the shared project, empty where they are not surely known."""
        return self.columns(f"{SHARED_PROJECT}.{name}") or ()

    def problem(self, sql: str) -> str | None:
        """Why a name is not found, "" where all are; None where a table's columns are not known."""
        parsed = sqlglot.parse_one(sql, dialect="bigquery")
        schema = MappingSchema(dialect="bigquery")
        words = frozenset(re.findall(r"\w+", sql.lower()))
        hidden = False  # upstream's own sub-query reads a table under the name of one of its columns
        ctes = {cte.alias for cte in parsed.find_all(exp.CTE)}
        for table in parsed.find_all(exp.Table):
            name = ".".join(part.name for part in table.parts)
            if name in ctes:
                continue
            if name.count(".") == 1:
                table.set("catalog", exp.to_identifier(SHARED_PROJECT))
                name = f"{SHARED_PROJECT}.{name}"
            columns = self.columns(name)
            if columns is None:
                return None
            types = _types(columns, words)
            hidden |= table.alias_or_name in types
            schema.add_table(table, types)
        try:
            qualify(parsed, schema=schema, dialect="bigquery", validate_qualify_columns=True)
        except SqlglotError as error:
            return None if hidden or any(each in str(error) for each in BEYOND) else str(error)
        return ""


def _types(columns: Sequence[Column], words: Collection[str]) -> dict[str, str]:
    """Top-level columns with their types, structs written out as far as a query's words name them."""
    beneath: dict[str, list[Column]] = {}
    for column in columns:
        above, _, name = column.path.rpartition(".")
        if name.lower() in words or not above:
            beneath.setdefault(above, []).append(column)

    def written(column: Column) -> str:
        fields = beneath.get(column.path, ())
        inner = ", ".join(f"`{each.path.rpartition('.')[2]}` {written(each)}" for each in fields)
        kind = f"STRUCT<{inner}>" if inner else PLAIN.get(column.type, column.type or "STRING")
        return f"ARRAY<{kind}>" if column.mode == "REPEATED" else kind

    return {column.path: written(column) for column in beneath.get("", ())}


def check(store: Store) -> Outcome:
    """Every measure of a store."""
    outcome = Outcome()
    qualifier = Qualifier(store)
    measures = [item for item in store.items(store.ids("measure")) if isinstance(item, MeasureItem)]
    led: dict[str, set[str]] = {kind: set() for kind in JOINED}
    sources: set[str] = set()
    for item in measures:
        # what rows can be split by is their source's: pairs of choices are walked once for each
        pairs = 0 if item.rows is None or item.rows.source in sources else 3
        sources.add(item.rows.source if item.rows else "")
        queries = queries_for(item, Context(), lambda name: ())
        outcome.counts[f"{item.type}s"] += 1
        outcome.counts[f"{item.type}s with a query"] += bool(queries)
        if bool(queries) == bool(item.no_query):
            outcome.refused.append(f"{item.id}: {len(queries)} queries, {item.no_query!r}")
        if item.no_query:
            outcome.reasons[item.no_query.partition(":")[0]] += 1
        chosen = [
            built.query for _, built in combinations_of(item, Context(), qualifier.short_columns, pairs)
        ]
        outcome.counts["queries by choice"] += len(chosen)
        texts = {query.sql: query for query in (*queries, *chosen)}
        for query in texts.values():
            outcome.counts["queries"] += 1
            try:
                parsed = sqlglot.parse(query.sql, dialect="bigquery")
                if len(parsed) != 1 or not isinstance(parsed[0], exp.Select):
                    raise SqlglotError("no single SELECT")
                problem = qualifier.problem(query.sql)
            except SqlglotError as error:
                problem = f"does not parse: {error}"
            outcome.counts["queries whose every name was looked up"] += problem is not None
            if problem:
                outcome.refused.append(f"{item.id}, {query.variant}: {problem}")
        for kind in JOINED:
            led[kind].update(item.related.get(kind, ()))
    for kind, found in led.items():
        outcome.counts[f"{kind}s that a measure leads to"] = len(found)
    return outcome


def main() -> int:
    """Print the counts of a generation, and each refusal once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data_dir", nargs="?", type=Path)
    data_dir = parser.parse_args().data_dir or load_config(None).data_dir
    opened = open_current(data_dir)
    store = Store(opened.path / "catalogue.sqlite")
    outcome = check(store)
    for name, count in outcome.counts.items():
        print(f"{count:7,} {name}")
    for reason, count in outcome.reasons.most_common():
        print(f"{count:7,} without: {reason}")
    print(f"{len(outcome.refused):7,} refused")
    for line in outcome.refused[:40]:
        print(f"        {line[:300]}")
    return 1 if outcome.refused else 0


if __name__ == "__main__":
    sys.exit(main())
