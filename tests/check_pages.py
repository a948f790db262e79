"""`python -m tests.check_pages [DATA_DIR]`: the page of every item of the catalogue, judged and timed.

Each page must have status 200, be valid HTML without any upstream markup, and lead only to
pages and columns that exist. A text that looks like markup must give the same elements as
when it is written without. With --mirror, each column that a page names is looked up in
the .bq files themselves. Prints milliseconds and faults by kind; exit code 1 for a bad page.
"""

from __future__ import annotations

import argparse
import dataclasses
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from indexer.config import load_config
from indexer.index.completion.suggester import Suggestion
from indexer.index.generation import Generation, open_current
from indexer.model.card import Variant
from indexer.model.ids import item_path
from indexer.model.items import AnyItem, TableItem
from indexer.model.kinds import KINDS
from indexer.model.table_records import Column
from indexer.store.reader import Store
from search_app.engine.engine import SearchEngine
from search_app.engine.protocol import Standing
from search_app.engine.results import Results
from search_app.query.model import Filters, Query
from search_app.web.app import create_app
from tests.support.bq_columns import BqColumns, ColumnCount, count_columns
from tests.support.page_rules import read_page

SLOWEST = 10
EXAMPLES = 30
LIMIT_MS = 1_000.0
# all but addresses and the few real tags of upstream, and comments, that are taken out and break a line
TAG = re.compile(r"<(?=[A-Za-z/!?])(?!https?:|mailto:|!--|/?(?:br|p|ul|li)\b)", re.IGNORECASE)


@dataclass
class Outcome:
    """What was found in the pages of one share."""

    milliseconds: dict[str, list[tuple[float, str]]] = field(default_factory=dict)  # by the clock
    busy: dict[str, list[float]] = field(
        default_factory=dict
    )  # of this thread alone: other work does not count
    bytes_sent: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    columns: ColumnCount = field(default_factory=ColumnCount)

    def add(self, other: Outcome) -> None:
        for kind, rows in other.milliseconds.items():
            self.milliseconds.setdefault(kind, []).extend(rows)
        for kind, times in other.busy.items():
            self.busy.setdefault(kind, []).extend(times)
        self.bytes_sent.update(other.bytes_sent)
        self.counts.update(other.counts)
        self.faults += other.faults
        self.columns.add(other.columns)


class Retold:
    """An engine in which items have other words: for each `<` that could open a tag, a harmless sign."""

    def __init__(self, engine: SearchEngine) -> None:
        self.engine = engine
        self.on = False

    @property
    def generation(self) -> Generation:
        return self.engine.generation

    def search(self, query: Query) -> Results:
        return self.engine.search(query)

    def suggest(self, text: str, limit: int = 10) -> list[Suggestion]:
        return self.engine.suggest(text, limit)

    def get(self, item_id: str) -> AnyItem | None:
        item = self.engine.get(item_id)
        return retold(item) if self.on and item is not None else item

    def items(self, kind: str) -> Iterator[AnyItem]:
        return (retold(item) if self.on else item for item in self.engine.items(kind))

    def passing(self, filters: Filters) -> Iterator[Variant]:
        return self.engine.passing(filters)

    def known(self, ids: Iterable[str]) -> frozenset[str]:
        return self.engine.known(ids)

    def columns(self, schema_digest: str) -> Sequence[Column]:
        return self.engine.columns(schema_digest)

    def standing(self) -> Standing:
        return "current"

    def disconnect(self) -> None:
        self.engine.disconnect()


def retold(value: Any) -> Any:
    """The same value, each text in it without anything that looks like a tag."""
    if isinstance(value, str):
        return TAG.sub("\u2039", value)
    if isinstance(value, tuple):
        return tuple(retold(each) for each in value)
    if isinstance(value, dict):
        return {key: retold(each) for key, each in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: retold(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **changed)
    return value


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data_dir", nargs="?", type=Path, help="default: the configured one")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--every", type=int, default=1, help="check each n-th item of each kind only")
    parser.add_argument("--kind", action="append", choices=KINDS)
    parser.add_argument("--mirror", type=Path, help="compare columns with the .bq files of this mirror")
    options = parser.parse_args()
    data_dir = options.data_dir or load_config(None).data_dir
    if open_current(data_dir) is None:
        print(f"{data_dir} has no generation: run starchart crawl and starchart build first")
        return 2
    started = time.monotonic()
    outcome = check_all(data_dir, options.kind or KINDS, options.processes, options.every, options.mirror)
    report(outcome)
    print(f"{time.monotonic() - started:.0f} s")
    return 1 if outcome.faults or outcome.columns.wrong else 0


def report(outcome: Outcome) -> None:
    """Prints times, counts and faults."""
    print(f"{'':9}{'':8}  milliseconds by the clock  of the processor")
    print(
        f"{'kind':9}{'pages':>8}{'median':>9}{'p95':>8}{'max':>8}{'median':>9}{'p95':>8}{'max':>8}{'KB':>6}"
    )
    everything: list[tuple[float, str]] = []
    for kind, rows in outcome.milliseconds.items():
        everything += rows
        kilobytes = outcome.bytes_sent[kind] / len(rows) / 1000
        clock, processor = _spread([ms for ms, _ in rows]), _spread(outcome.busy[kind])
        print(f"{kind:9}{len(rows):8,}{clock}{processor}{kilobytes:6.0f}")
    every = [ms for ms, _ in everything]
    busy = [ms for times in outcome.busy.values() for ms in times]
    print(f"{'all':9}{len(every):8,}{_spread(every)}{_spread(busy)}")
    for ms, item_id in sorted(everything, reverse=True)[:SLOWEST]:
        print(f"slow: {ms:6.0f} {item_id}")
    slow = sum(ms > LIMIT_MS for ms in every)
    print(f"{slow} pages above {LIMIT_MS:.0f} ms")
    for name, count in sorted(outcome.counts.items()):
        print(f"{name:42} {count:9,}")
    for line in outcome.columns.lines():
        print(line)
    for fault in outcome.faults[:EXAMPLES]:
        print(fault)
    print(f"{len(outcome.faults):,} faults")


def _spread(times: Sequence[float]) -> str:
    ordered = sorted(times)
    return f"{median(ordered):9.1f}{ordered[-1 - len(ordered) // 20]:8.1f}{ordered[-1]:8.0f}"


def check_all(
    data_dir: Path, kinds: Sequence[str], processes: int, every: int = 1, mirror: Path | None = None
) -> Outcome:
    """The pages of the given kinds, shared out over processes."""
    opened = open_current(data_dir)
    if opened is None:
        raise FileNotFoundError(data_dir)
    store = Store(opened.store_path)
    ids = [item_id for kind in kinds for item_id in store.ids(kind)[::every]]
    shares = [(data_dir, ids[start::processes], mirror) for start in range(processes)]
    outcome = Outcome()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for share in pool.map(_share, shares):
            outcome.add(share)
    return outcome


class Checker:
    """The application over one data folder, and all that its pages may lead to."""

    def __init__(self, data_dir: Path) -> None:
        config = load_config(None).model_copy(update={"data_dir": data_dir})
        self.engine = Retold(SearchEngine(data_dir))
        app = create_app(config, self.engine)
        app.logger.disabled = True  # a page that breaks is a fault of its own line, without its trace
        self.client: FlaskClient = app.test_client()
        self._routes = app.url_map.bind("localhost")
        opened = open_current(data_dir)
        self.store = Store(opened.store_path)
        self.ids = {item_id for kind in KINDS for item_id in self.store.ids(kind)}
        self._paths: dict[str, frozenset[str]] = {}
        self._digests: dict[str, str] = {}

    def check(self, item: AnyItem, outcome: Outcome) -> None:
        """Asks for one page and judges it."""
        began, busy = time.perf_counter(), time.thread_time()
        response = self.client.get(item_path(item.id))
        taken = (time.perf_counter() - began) * 1000
        outcome.busy.setdefault(item.kind, []).append((time.thread_time() - busy) * 1000)
        outcome.milliseconds.setdefault(item.kind, []).append((taken, item.id))
        outcome.bytes_sent[item.kind] += len(response.data)
        if response.status_code != 200:
            outcome.faults.append(f"{item.id}: status {response.status_code}")
            return
        page = read_page(response.text, item.id)
        faults = list(dict.fromkeys(page.faults))
        faults += [f"links to {target}, which is not there" for target in sorted(page.items - self.ids)]
        faults += [
            f"links to column {path} of {key}" for key, path in page.columns if not self._has(key, path)
        ]
        faults += [
            f"links to {path}, which nothing answers" for path in page.places if not self._answers(path)
        ]
        outcome.counts["links to pages"] += len(page.items)
        outcome.counts["links to columns"] += len(page.columns)
        if retold(item) != item:
            outcome.counts["pages with text that looks like markup"] += 1
            self.engine.on = True
            other = read_page(self.client.get(item_path(item.id)).text, item.id)
            self.engine.on = False
            # colours of code are spans: another sign gives others
            differing = {t for t in page.elements | other.elements if page.elements[t] != other.elements[t]}
            if unwanted := differing - {"span"}:
                faults.append(f"its text makes elements: {sorted(unwanted)}")
        outcome.faults += [f"{item.id}: {fault}" for fault in faults]

    def _answers(self, path: str) -> bool:
        try:
            self._routes.match(path, method="GET")
        except HTTPException:
            return False
        return True

    def _has(self, table_id: str, path: str) -> bool:
        if table_id not in self._digests:
            table = self.store.item(table_id)
            self._digests[table_id] = table.schema_digest if isinstance(table, TableItem) else ""
        digest = self._digests[table_id]
        if digest not in self._paths:
            self._paths[digest] = frozenset(column.path for column in self.store.columns(digest))
        return path in self._paths[digest]


def _share(work: tuple[Path, list[str], Path | None]) -> Outcome:
    data_dir, ids, mirror = work
    checker, outcome = Checker(data_dir), Outcome()
    real = BqColumns(mirror) if mirror is not None else None
    checker.client.get("/tool/glam")  # opens what all pages share
    for start in range(0, len(ids), 200):
        for item in checker.store.items(ids[start : start + 200]):
            checker.check(item, outcome)
            if real is not None:
                count_columns(item, real, outcome.columns)
    return outcome


if __name__ == "__main__":
    sys.exit(main())
