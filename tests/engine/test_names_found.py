"""Everything is found by its name, in every spelling and mistyped: check_names on a part of the real data."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.check_names import KINDS, SPELLED_BOUND, TYPO_BOUND, run

EVERY = 12  # each twelfth thing here; all of them by `python -m tests.check_names`


@pytest.mark.mirror
@pytest.mark.slow
def test_everything_is_found_in_every_spelling_and_mistyped(mirror_data: Path) -> None:
    outcome = run(mirror_data, KINDS, EVERY)
    spelled = [label for label in outcome.asked if label != "metric mistyped"]
    assert sum(outcome.asked.values()) > 10_000
    assert outcome.share(spelled) >= SPELLED_BOUND, dict(outcome.missed)
    assert outcome.share(["metric mistyped"]) >= TYPO_BOUND, outcome.missed["metric mistyped"]
