"""What the SQL builder offers of real things: every option, and pairs of options, in the real schemas."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.index.generation import open_current
from tests.check_sql import Outcome, check_builder

pytestmark = [pytest.mark.mirror, pytest.mark.slow]


def _checked(mirror_data: Path, things: int, pairs: int) -> Outcome:
    opened = open_current(mirror_data)
    assert opened is not None
    return check_builder(opened.path / "catalogue.sqlite", things, processes=2, pairs=pairs)


def test_every_option_of_a_thing_of_each_type_names_only_what_exists(mirror_data: Path) -> None:
    outcome = _checked(mirror_data, things=90, pairs=100)
    assert outcome.refused == []
    assert outcome.counts["builder: things with a query"] > 80
    assert outcome.counts["builder: combinations"] > 4_000


@pytest.mark.full
def test_every_option_and_every_pair_of_options_of_320_things_names_only_what_exists(
    mirror_data: Path,
) -> None:
    outcome = _checked(mirror_data, things=320, pairs=1)
    assert outcome.refused == []
    assert outcome.counts["builder: things with a query"] > 300
    assert outcome.counts["builder: combinations"] > 100_000
