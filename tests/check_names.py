"""`python -m tests.check_names [DATA_DIR]`: is everything found by its name, in every spelling, and mistyped?

Every metric, probe, ping, table and measure of the catalogue is asked for in each spelling of
rule 9 (with `kind=`, and `app=` or `dataset=` where several share the name): it must be the first hit or
among that hit's variants. Then each metric's name of more than eight letters with one slip (insert,
delete, swap, replace; fixed seed) must be among the first three. Prints the shares by spelling; exit
code 1 where one is below its bound.
"""

from __future__ import annotations

import argparse
import random
import re
import string
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from indexer.config import load_config
from indexer.model.items import AnyItem, MetricItem, ProbeItem, TableItem
from indexer.text.analysis import identifier_words, spelling_key
from search_app.engine.engine import SearchEngine
from search_app.query.parser import parse_query

KINDS = ("metric", "probe", "ping", "table", "measure")
SPELLED_BOUND, TYPO_BOUND = 0.995, 0.95
SHORTEST_MISTYPED = 9  # letters
SEED = 20201126
SHOWN = 12


@dataclass
class Outcome:
    """What was asked and what was missed, by spelling."""

    asked: Counter[str] = field(default_factory=Counter)
    missed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, other: Outcome) -> None:
        self.asked.update(other.asked)
        for label, lines in other.missed.items():
            self.missed[label] += lines

    def share(self, labels: Sequence[str]) -> float:
        asked = sum(self.asked[label] for label in labels)
        return 1.0 - sum(len(self.missed[label]) for label in labels) / asked if asked else 1.0


def spellings(item: AnyItem) -> Iterator[tuple[str, str]]:
    """(spelling, text) of an item's name in each way that people write it."""
    bare = item.name.partition("/")[2] if isinstance(item, ProbeItem) else item.name
    yield "as it is", item.name
    if isinstance(item, TableItem):
        path = f"{item.project}.{item.dataset}.{item.table}"
        yield from (("with project", path), ("in backticks", f"`{path}`"))
        return
    words = identifier_words(bare)
    yield from (("snake", "_".join(words)), ("dashed", "-".join(words)))
    yield "camel", _camel(bare)
    yield "shouted", "_".join(words).upper()
    if isinstance(item, MetricItem | ProbeItem):
        column = next((c for c in item.columns if c.exists and c.column), None)
        if column:
            yield "column path", column.column
            yield "backticked path", f"`{column.table}.{column.column}`"


def _camel(name: str) -> str:
    """The name as code writes it: browserEngagement.activeTicks."""
    parts = re.split(r"[._\-#/]+", name)
    return parts[0].lower() + "".join(part[:1].upper() + part[1:] for part in parts[1:])


def mistyped(name: str, chance: random.Random) -> str:
    """The name with one slip of the finger."""
    at = chance.randrange(1, len(name) - 1)
    letter = chance.choice(string.ascii_lowercase)
    match chance.choice(("insert", "delete", "swap", "replace")):
        case "insert":
            return name[:at] + letter + name[at:]
        case "delete":
            return name[:at] + name[at + 1 :]
        case "swap":
            return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        case _:
            return name[:at] + letter + name[at + 1 :]


@dataclass(frozen=True)
class Shared:
    """How many items of a kind share a spelling key, and how many metrics a name."""

    keys: Counter[tuple[str, str]]


def _filters(item: AnyItem, shared: Shared) -> dict[str, str]:
    filters = {"kind": item.kind}
    if shared.keys[item.kind, spelling_key(item.name)] > 1:
        if isinstance(item, TableItem):
            filters["dataset"] = item.dataset
        elif item.apps:
            filters["app"] = item.apps[0]
    return filters


def check(data: Path, ids: Sequence[str], shared: Shared) -> Outcome:
    """All spellings of these items; runs in a process of its own."""
    engine, outcome = SearchEngine(data, results_kept=0), Outcome()
    for item_id in ids:
        item = engine.get(item_id)
        assert item is not None
        filters = {**_filters(item, shared), "facets": "", "size": "3"}
        for label, text in spellings(item):
            hits = engine.search(parse_query(text, filters)).hits[:1]
            _note(outcome, f"{item.kind} {label}", item, text, hits)
        if isinstance(item, MetricItem) and len(item.name) >= SHORTEST_MISTYPED:
            text = mistyped(item.name, random.Random(f"{SEED} {item.id}"))
            _note(outcome, "metric mistyped", item, text, engine.search(parse_query(text, filters)).hits)
    return outcome


def _note(outcome: Outcome, label: str, item: AnyItem, text: str, hits: Sequence[object]) -> None:
    outcome.asked[label] += 1
    found = {member for hit in hits for member in _members(hit)}
    if item.id not in found:
        first = hits[0].card.id if hits else "nothing"  # type: ignore[attr-defined]
        outcome.missed[label].append(f"{item.id}: asked for {text!r}, found {first}")


def _members(hit: object) -> Iterator[str]:
    yield hit.card.id  # type: ignore[attr-defined]
    yield from (variant.id for variant in hit.variants)  # type: ignore[attr-defined]


def run(data: Path, kinds: Sequence[str], every: int = 1) -> Outcome:
    """Everything of the kinds (or each `every`-th thing), on two processes."""
    engine = SearchEngine(data)
    store = engine._on.store
    ids = [item_id for kind in kinds for item_id in store.ids(kind)]
    keys = Counter((kind, spelling_key(_name(item_id))) for kind in kinds for item_id in store.ids(kind))
    chosen = ids[::every]
    parts = [chosen[start::8] for start in range(8)]
    outcome = Outcome()
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        for part in pool.map(check, [data] * 8, parts, [Shared(keys)] * 8):
            outcome.add(part)
    return outcome


def _name(item_id: str) -> str:
    """The name in an id: what stands behind the kind and, where there is one, the scope."""
    kind, _, rest = item_id.partition("/")
    return rest if kind in ("probe", "table") else rest.rpartition("/")[2]


def report(outcome: Outcome) -> bool:
    """Print the shares; True where all bounds hold."""
    spelled = [label for label in sorted(outcome.asked) if label != "metric mistyped"]
    for label in [*spelled, "metric mistyped"]:
        missed = outcome.missed[label]
        print(f"{label:<24} {outcome.asked[label] - len(missed):>7} of {outcome.asked[label]:>7}")
        for line in missed[:SHOWN]:
            print(f"    {line}")
    in_spellings, in_typos = outcome.share(spelled), outcome.share(["metric mistyped"])
    print(f"in every spelling {in_spellings:.4f} (at least {SPELLED_BOUND})")
    print(f"mistyped {in_typos:.4f} (at least {TYPO_BOUND})")
    return in_spellings >= SPELLED_BOUND and in_typos >= TYPO_BOUND


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", type=Path, help="data folder; else that of the settings")
    parser.add_argument("--kind", nargs="*", choices=KINDS, default=KINDS)
    parser.add_argument("--every", type=int, default=1, help="only each n-th thing")
    given = parser.parse_args()
    began = time.monotonic()
    fine = report(run(given.data or load_config(None).data_dir, given.kind, given.every))
    print(f"{time.monotonic() - began:.0f} s")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
