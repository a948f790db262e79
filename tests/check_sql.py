"""`python -m tests.check_sql [DATA_DIR]`: every query of the whole catalogue against the real schemas.

For each active metric in each ping of each app, each probe, ping and table, and of the
tables one column of each form: the queries are made, parsed in BigQuery's dialect, and
every path in them is walked to its leaf (sql_paths). Prints counts and each cause once;
exit code 1 where anything is refused.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from multiprocessing import get_context
from pathlib import Path

import sqlglot

from indexer.config import load_config
from indexer.index.generation import open_current
from indexer.model.items import SHARED_PROJECT, USER_PROJECT, AnyItem, MetricItem, ProbeItem, TableItem
from indexer.model.parts import ColumnRef
from indexer.model.table_records import Column
from indexer.store.reader import Store
from search_app.query.model import QueryProblem
from search_app.sql import SqlQuery, column_queries, queries_for, queries_for_column
from search_app.sql.builder.build import Built
from search_app.sql.builder.choices import Choices
from search_app.sql.events_stream import EVENTS_STREAM
from search_app.sql.metrics import structure_keys
from search_app.tools import Context, build_context
from tests.support.builder_walk import combinations_of
from tests.support.sql_paths import Checker, UnknownPath

KINDS = ("metric", "probe", "ping", "table")
EXAMPLES = 20
COLUMN_STEP = 150


@dataclass(frozen=True, slots=True)
class Refusal:
    """A query that names what is not there, or an item that should have one and has none."""

    where: str
    cause: str
    sql: str = ""


@dataclass
class Outcome:
    """What was checked."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        self.counts.update(other.counts)
        self.refused += other.refused


class Schemas:
    """Columns of tables by their names; those of the catalogue's events_stream views by hand where none are
    known. A name without a project is of the shared one."""

    def __init__(self, store: Store, digests: dict[str, str]) -> None:
        self._store = store
        self.digests = digests
        self.context = gather_context(store)
        self.by_hand = {name for name in table_names(store) if name.endswith(".events_stream")}
        self.seen_forms: set[str] = set()  # of columns

    def columns_of(self, table: str) -> Sequence[Column]:
        name = known_as(table)
        digest = self.digests.get(name, "")
        if digest:
            return self._store.columns(digest)
        return EVENTS_STREAM if name in self.by_hand else ()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data_dir", nargs="?", type=Path, help="default: the configured one")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--every", type=int, default=1, help="check each n-th item only")
    parser.add_argument("--kind", action="append", choices=KINDS)
    parser.add_argument(
        "--builder", type=int, default=0, help="also the builder's choices, of so many things"
    )
    parser.add_argument("--pairs", type=int, default=1, help="each n-th pair of choices, 0 for none")
    options = parser.parse_args()
    data_dir = options.data_dir or load_config(None).data_dir
    opened = open_current(data_dir)
    if opened is None:
        print(f"{data_dir} has no generation: run starchart crawl and starchart build first")
        return 2
    started = time.monotonic()
    outcome = check_all(
        opened.path / "catalogue.sqlite", options.kind or KINDS, options.processes, options.every
    )
    if options.builder:
        outcome.add(
            check_builder(opened.path / "catalogue.sqlite", options.builder, options.processes, options.pairs)
        )
    for name, count in sorted(outcome.counts.items()):
        print(f"{name:32} {count:9,}")
    by_cause: dict[str, list[Refusal]] = {}
    for refused in outcome.refused:
        by_cause.setdefault(refused.cause, []).append(refused)
    for cause, held in list(by_cause.items())[:EXAMPLES]:
        print(f"{len(held):,} x {cause}\nsuch as {held[0].where}\n{held[0].sql}")
    print(f"{len(outcome.refused):,} refused, {time.monotonic() - started:.0f} s")
    return 1 if outcome.refused else 0


def check_all(catalogue: Path, kinds: Sequence[str], processes: int, every: int = 1) -> Outcome:
    """All queries of the given kinds, shared out over processes."""
    store = Store(catalogue)
    ids = [item_id for kind in kinds for item_id in store.ids(kind)[::every]]
    outcome = Outcome()
    shares = [(catalogue, ids[start::processes]) for start in range(processes)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for share in pool.map(_share, shares):
            outcome.add(share)
    return outcome


def check_builder(catalogue: Path, things: int, processes: int, pairs: int = 1) -> Outcome:
    """What the builder offers of so many things, sampled over types: every option, and pairs of options."""
    store = Store(catalogue)
    ids = sampled_over_types(store, things)
    outcome = Outcome()
    shares = [(catalogue, ids[start::processes], pairs) for start in range(processes)]
    if processes == 1:
        return _builder_share(shares[0])
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for share in pool.map(_builder_share, shares):
            outcome.add(share)
    return outcome


def sampled_over_types(store: Store, things: int) -> list[str]:
    """Ids of things, the types in turn, so that each has some."""
    by_type: dict[str, list[str]] = {}
    for kind in KINDS:
        ids = store.ids(kind)
        for item in store.items(ids[:: max(1, len(ids) // (things * 12))]):
            if not isinstance(item, MetricItem) or item.columns:
                by_type.setdefault(_form_of(item), []).append(item.id)
    found: list[str] = []
    for turn in range(max(map(len, by_type.values()))):
        found += [held[turn * 7919 % len(held)] for held in by_type.values() if turn < len(held)]
        if len(dict.fromkeys(found)) >= things:
            break
    return list(dict.fromkeys(found))[:things]


def _form_of(item: AnyItem) -> str:
    if isinstance(item, ProbeItem):
        keyed = any(row.mode == "REPEATED" for row in item.columns)
        return f"{item.kind} {item.probe_type} {item.definitions[0].kind if item.definitions else ''} {keyed}"
    if isinstance(item, TableItem):
        return f"{item.kind} {item.layer} {bool(item.related.get('measure'))} {bool(item.ping)}"
    where = "view" if isinstance(item, MetricItem) and not item.columns[0].app_id else ""
    return f"{item.kind} {item.type} {where}"


def _builder_share(work: tuple[Path, list[str], int]) -> Outcome:
    catalogue, ids, pairs = work
    store = Store(catalogue)
    schemas = Schemas(store, digests_of(store))
    checker = Checker(schemas.columns_of)
    outcome = Outcome()
    seen: set[str] = set()
    for item in store.items(ids):
        keys = json_keys(item)
        outcome.counts["builder: things"] += 1
        held: tuple[Choices, Built] | None = None
        try:
            for held in combinations_of(item, schemas.context, schemas.columns_of, pairs):
                built = held[1]
                outcome.counts["builder: combinations"] += 1
                if built.query.sql in seen:
                    continue
                seen.add(built.query.sql)
                outcome.counts["builder: paths walked"] += checker.check(built.query.sql, keys, built.about)
        except (UnknownPath, sqlglot.errors.SqlglotError, QueryProblem) as problem:
            asked, sql = (held[0], held[1].query.sql) if held else (None, "")
            outcome.refused.append(Refusal(f"{item.id} after {asked}", str(problem), sql))
        outcome.counts["builder: things with a query"] += held is not None
    return outcome


def _share(work: tuple[Path, list[str]]) -> Outcome:
    catalogue, ids = work
    store = Store(catalogue)
    schemas = Schemas(store, digests_of(store))
    checker = Checker(schemas.columns_of)
    seen: set[bytes] = set()  # digests: the texts themselves are hundreds of megabytes
    outcome = Outcome()
    for start in range(0, len(ids), 500):
        for item in store.items(ids[start : start + 500]):
            keys = json_keys(item)
            for query, about in _queries(item, schemas, outcome):
                outcome.counts[f"{item.kind} queries"] += 1
                short = query.table
                digest = schemas.digests.get(known_as(short), "") or short
                # the same text over the same schema needs one check only
                text = query.sql.replace(short, "", 1).replace(f".{short}`", "")
                same = blake2b(f"{digest} {text}".encode(), digest_size=16).digest()
                if same in seen:
                    outcome.counts["checked as the same"] += 1
                    continue
                seen.add(same)
                try:
                    outcome.counts["paths walked"] += checker.check(query.sql, keys, about)
                except (UnknownPath, sqlglot.errors.SqlglotError) as problem:
                    where = f"{item.id} {query.table} {query.variant}"
                    outcome.refused.append(Refusal(where, str(problem), query.sql))
    return outcome


def known_as(table: str) -> str:
    """Without its project where that is the shared one, or mozdata, which shows its views."""
    project, _, rest = table.partition(".")
    return rest if table.count(".") == 2 and project in (SHARED_PROJECT, USER_PROJECT) else table


def table_names(store: Store) -> set[str]:
    """dataset.table of every table, also of those whose columns nobody publishes."""
    return {item_id.partition(".")[2] for item_id in store.ids("table")}


def digests_of(store: Store) -> dict[str, str]:
    """What a table is known_as() -> its schema."""
    tables = (item for item in store.items(store.ids("table")) if isinstance(item, TableItem))
    return {
        known_as(f"{item.project}.{item.name}"): item.schema_digest for item in tables if item.schema_digest
    }


def _queries(item: AnyItem, schemas: Schemas, outcome: Outcome) -> Iterator[tuple[SqlQuery, str]]:
    """The queries of an item, each with the column that it is about, "" where it is about whole rows."""
    if isinstance(item, MetricItem):
        if item.status != "active":
            outcome.counts["metrics that are not active"] += 1
            return
        for row in pairs(item):
            made = queries_for_column(item, row, schemas.context, schemas.columns_of)
            outcome.counts["metric places"] += 1
            if made:
                outcome.counts["metric places with SQL"] += 1
            elif row.exists:
                outcome.refused.append(Refusal(f"{item.id} {row.table} {row.column}", "no query"))
            else:
                outcome.counts["metric places without a column"] += 1
            yield from ((query, row.column) for query in made)
        return
    made = queries_for(item, schemas.context, schemas.columns_of)
    outcome.counts[f"{item.kind}s {'with' if made else 'without'} SQL"] += 1
    # where nobody publishes the columns of the table (a view whose SQL is not had), no query can be made
    if isinstance(item, ProbeItem) and not made and any(readable(row, schemas) for row in item.columns):
        outcome.refused.append(Refusal(item.id, "no query"))
    yield from ((query, "") for query in made)
    if isinstance(item, TableItem):
        for path in columns_to_check(item, schemas):
            outcome.counts["columns of tables"] += 1
            made = column_queries(item, path, schemas.context, schemas.columns_of)
            if not made and not item.user_view:
                outcome.refused.append(Refusal(f"{item.id} {path}", "no query"))
            yield from ((query, path) for query in made)


def readable(row: ColumnRef, schemas: Schemas) -> bool:
    """Whether a row's column is there, in a table whose columns are known."""
    return bool(row.exists) and bool(schemas.columns_of(row.table))


def columns_to_check(item: TableItem, schemas: Schemas) -> Iterator[str]:
    """The columns whose form was not met before (its type, the arrays on its way), and each n-th other."""
    repeated: set[str] = set()
    for number, column in enumerate(schemas.columns_of(f"{item.project}.{item.name}")):
        if column.mode == "REPEATED":
            repeated.add(column.path)
        segments = column.path.split(".")
        ways = [".".join(segments[:end]) in repeated for end in range(1, len(segments) + 1)]
        form = f"{column.type} {ways} {item.layer}"
        if form not in schemas.seen_forms or number % COLUMN_STEP == COLUMN_STEP - 1:
            schemas.seen_forms.add(form)
            yield column.path


def gather_context(store: Store) -> Context:
    """What the pages give to the generator: apps, explores, and all things by id."""
    known = [item for kind in ("app", "explore") for item in store.items(store.ids(kind))]
    return build_context(known, lru_cache(maxsize=4096)(store.item))


def pairs(item: MetricItem) -> list[ColumnRef]:
    """One row for each app and ping: the view over all channels where there is one."""
    best: dict[tuple[str, str], ColumnRef] = {}
    for row in item.columns:
        held = best.get((row.app, row.ping))
        if held is None or (held.app_id and not row.app_id):
            best[row.app, row.ping] = row
    return list(best.values())


def json_keys(item: AnyItem) -> frozenset[str]:
    """The keys that upstream defines for the JSON of an item: extras, or an object's structure."""
    if isinstance(item, MetricItem) and item.definition:
        extras = {key.name for key in item.definition.extra_keys}
        return frozenset(extras | set(structure_keys(item.definition.structure)[1]))
    if isinstance(item, ProbeItem):
        return frozenset(key for definition in item.definitions for key in definition.extra_keys)
    return frozenset()


if __name__ == "__main__":
    sys.exit(main())
