"""Records and items survive a round trip through JSON: what snapshots and the store rely on."""

from __future__ import annotations

from typing import get_args

import pytest
from pydantic import TypeAdapter

from indexer.model import items, records
from indexer.model.definitions import ProbeDefinition
from indexer.model.records import LegacyProbe


def test_a_record_comes_back_from_json_equal() -> None:
    probe = LegacyProbe(
        type="histogram",
        name="GC_MS",
        history=(ProbeDefinition("release", "30", "140", "Time in GC", "never", True, labels=("a", "b")),),
        first_added={"release": "2024-08-26"},
    )
    adapter = TypeAdapter(LegacyProbe)
    assert adapter.validate_json(adapter.dump_json(probe)) == probe


@pytest.mark.parametrize("kind", get_args(records.Record) + get_args(items.AnyItem))
def test_every_record_and_item_type_can_be_kept_as_json(kind: type) -> None:
    assert TypeAdapter(kind).json_schema()["title"] == kind.__name__
