"""`python -m tests.check_answers DATA_DIR QUERIES.jsonl…`: how often judged queries of each class get a card.

Identifiers, fragments, tables and lines of code are no questions: of the classes in QUIET at most 2 % may get
a card; exit code 1 where more do. The files are read from where they are; nothing of them is kept.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from flask.testing import FlaskClient

from tests.check_files_of_a_query import client_of

QUIET = (1, 2, 7, 10)
BOUND = 0.98


def answer(client: FlaskClient, text: str, filters: dict[str, str] | None = None) -> dict[str, object] | None:
    """The `answer` of a search."""
    asked = {"q": text, "size": "1", "facets": "", **(filters or {})}
    found: dict[str, object] | None = client.get("/api/v1/search", query_string=asked).json["answer"]  # type: ignore[index]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("queries", type=Path, nargs="+")
    parser.add_argument("--show", action="store_true", help="each query of a quiet class with a card")
    arguments = parser.parse_args()
    client = client_of(arguments.data)
    asked: Counter[int] = Counter()
    carded: Counter[int] = Counter()
    for path in arguments.queries:
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            asked[row["class"]] += 1
            if found := answer(client, row["q"], row.get("filters")):
                carded[row["class"]] += 1
                if arguments.show:
                    print(row["class"], row["q"], "->", found["intent"], found["recommended"][0]["id"])  # type: ignore[index]
    for number in sorted(asked):
        print(f"class {number:2}: {carded[number]:3} cards on {asked[number]:3} queries")
    quiet = 1 - sum(carded[number] for number in QUIET) / max(1, sum(asked[number] for number in QUIET))
    print(f"without a card in classes {QUIET}: {quiet:.4f} (at least {BOUND})")
    return 0 if quiet >= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
