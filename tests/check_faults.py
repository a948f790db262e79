"""`python -m tests.check_faults [DATA_DIR] [--mirror MIRROR]`: kinds of wrong statements, each counted.

Upstream's own files are read again, without the code that makes the catalogue, and compared with the
generation as its readers get it. Each count must be 0; where upstream itself lacks what would be
needed, its own count and what it lacks stand beside it. Exit code 1 for a wrong statement.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.faults import links, states, texts
from tests.faults.sides import Fault, Made, Upstream

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "mirror"
EXAMPLES = 5
CHECKS: tuple[Callable[[Upstream, Made], Iterator[Fault]], ...] = (
    states.disabled_pings,
    states.living_represent,
    links.legacy_glam,
    texts.angle_brackets,
    states.borrowed_descriptions,
    states.legacy_pings,
    states.former_pings,
    states.numbers_agree,
    states.judged_versions,
    states.table_marks,
    links.event_monitoring_and_looker,
    links.replacements,
    texts.published_docs,
    texts.new_fields,
    texts.feed_dates,
)


def faults_of(data_dir: Path, mirror: Path) -> Iterator[Fault]:
    """Every kind of fault, in the order of their letters."""
    upstream, made = Upstream(mirror), Made(data_dir)
    for check in CHECKS:
        yield from check(upstream, made)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", type=Path, default=Path("data"), help="a data folder")
    default = Path(os.environ.get("STARCHART_TEST_MIRROR") or BESIDE)
    parser.add_argument("--mirror", type=Path, default=default, help="upstream's files, laid out by URL")
    given = parser.parse_args()
    wrong = 0
    for fault in faults_of(given.data, given.mirror):
        wrong += len(fault.wrong)
        lacking = f"; upstream lacks {fault.lacking}: {fault.why}" if fault.lacking else ""
        why = f"; {fault.why}" if fault.why and not fault.lacking else ""
        print(f"{len(fault.wrong):5} of {fault.looked_at:6}  {fault.name}{lacking}{why}", flush=True)
        for example in fault.wrong[:EXAMPLES]:
            print(f"{'':16}{example}")
    print(f"{wrong} wrong statements")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
