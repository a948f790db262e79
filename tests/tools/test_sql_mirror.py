"""All SQL of the whole real catalogue: it parses, and every path in it exists in the real schema."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.index.generation import open_current
from tests.check_sql import KINDS, check_all

pytestmark = [pytest.mark.mirror, pytest.mark.slow]


def test_every_query_of_the_catalogue_names_only_what_exists(mirror_data: Path) -> None:
    opened = open_current(mirror_data)
    assert opened is not None
    outcome = check_all(opened.path / "catalogue.sqlite", KINDS, processes=2)
    assert outcome.refused == []
    assert outcome.counts["metric places with SQL"] > 50_000
    assert outcome.counts["probes with SQL"] > 4_300  # those of legacy events have none: see below
    assert outcome.counts["pings with SQL"] > 600
    # views whose columns nobody publishes have none: the mirror has no SQL
    assert outcome.counts["tables with SQL"] > 3_700
    assert outcome.counts["columns of tables"] > 1_000
