"""indexer/index/format.py names what a generation's arrays/ holds: all of it, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.index.arrays import Arrays
from indexer.index.format import ARRAYS, FILES, missing_arrays
from indexer.index.generation import open_current


@pytest.fixture(scope="module")
def arrays(sample_data: Path) -> Arrays:
    """All arrays of the sample's generation. Not to be changed."""
    return open_current(sample_data).arrays


def test_the_arrays_of_a_generation_are_those_that_the_format_names(sample_data: Path) -> None:
    arrays = open_current(sample_data).arrays
    assert sorted(arrays) == sorted(FILES)
    assert missing_arrays(arrays) == []
    del arrays["terms_shared"]
    assert missing_arrays(arrays) == ["terms_shared"]


def test_no_two_names_share_a_file() -> None:
    assert sum(len(each.files) for each in ARRAYS) == len(FILES)


@pytest.mark.parametrize("held", ARRAYS, ids=lambda held: held.name)
def test_what_a_name_reads_is_what_lies_under_it(held: object, arrays: Arrays) -> None:
    alone = {name: arrays[name] for name in held.files}  # type: ignore[attr-defined]
    assert held.read(alone) is not None  # type: ignore[attr-defined]
