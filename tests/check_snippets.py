"""`python -m tests.check_snippets [DATA_DIR]`: does pasted code, SQL, or an address find what it is about?

Each template of tests/support/snippet_lines.py writes lines of things chosen by chance (fixed seed).
The thing must be the first hit or among that hit's variants. Prints the shares by template and in all;
exit code 1 where the whole is below its bound.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.config import load_config
from search_app.engine.engine import SearchEngine
from search_app.query.parser import parse_query
from tests.support.snippet_lines import TEMPLATES, Template, Written, lines

BOUND = 0.95
EACH, SEED = 12, 20261128
KINDS = ("metric", "probe", "ping", "table")


@dataclass
class Shares:
    """What was asked and what was missed."""

    asked: int = 0
    missed: list[tuple[Written, str]] = field(default_factory=list)

    @property
    def share(self) -> float:
        return 1.0 - len(self.missed) / self.asked if self.asked else 1.0


def check(
    engine: SearchEngine, templates: Sequence[Template] = TEMPLATES, each: int = EACH, seed: int = SEED
) -> dict[int, Shares]:
    """The outcome by the number of each template."""
    items = [item for kind in KINDS for item in engine.items(kind)]
    outcome: dict[int, Shares] = {number: Shares() for number in range(len(templates))}
    numbers = {id(template): number for number, template in enumerate(templates)}
    for written in lines(items, templates, each, seed):
        shares = outcome[numbers[id(written.template)]]
        hits = engine.search(parse_query(written.text, {"facets": "", "size": "1"})).hits
        shares.asked += 1
        found = [i for hit in hits for i in (hit.card.id, *(v.id for v in hit.variants))]
        if not any(_is_meant(written, item_id) for item_id in found):
            shares.missed.append((written, found[0] if found else "nothing"))
    return outcome


def _is_meant(written: Written, item_id: str) -> bool:
    """Is this what the line is about? Thirty apps have a ping of one name, and code does not say whose."""
    item = written.item
    if item.kind != "ping" or item.id.split("/")[1] in written.text:
        return item.id == item_id
    return item_id.startswith("ping/") and item_id.endswith(f"/{item.name}")


def whole(outcome: dict[int, Shares]) -> float:
    """The share of all lines together."""
    asked = sum(shares.asked for shares in outcome.values())
    return 1.0 - sum(len(shares.missed) for shares in outcome.values()) / asked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", type=Path, help="data folder; else that of the settings")
    parser.add_argument("--each", type=int, default=EACH, help="lines a template")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--part", choices=("all", "developed", "kept"), default="all")
    parser.add_argument("--misses", type=int, default=3, help="shown of each template")
    given = parser.parse_args()
    engine = SearchEngine(given.data or load_config(None).data_dir, results_kept=0)
    chosen = [t for t in TEMPLATES if given.part == "all" or t.developed == (given.part == "developed")]
    outcome = check(engine, chosen, given.each, given.seed)
    for number, shares in outcome.items():
        print(f"{chosen[number].language:<18} {chosen[number].kind:<8} {shares.share:.2f} of {shares.asked}")
        for written, first in shares.missed[: given.misses]:
            print(f"    {written.item.id}: {written.text!r}, found {first}")
    print(f"all {whole(outcome):.3f} (at least {BOUND})")
    sys.exit(0 if whole(outcome) >= BOUND else 1)


if __name__ == "__main__":
    main()
