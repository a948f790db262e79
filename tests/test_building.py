"""A generation is what its inputs make it: the same from the same records, by whatever way it was built."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from indexer.documents import GROUPS
from indexer.generation import FOLDER, current_name, file_digests
from indexer.postings import IndexReader

Postings = dict[tuple[str, bytes], tuple[bytes, bytes]]


def current_folder(data: Path) -> Path:
    return data / FOLDER / current_name(data)


def files(generation: Path) -> dict[str, str]:
    """The digests of all files that hold nothing of when they were made: Whoosh names its by chance."""
    digests = file_digests(generation)
    return {name: digests[name] for name in digests if name.startswith(("arrays/", "catalogue"))}


def index(generation: Path) -> tuple[list[str], Postings]:
    """All that the Whoosh index holds."""
    reader = IndexReader(generation / "whoosh")
    found = {(group, term): reader.postings(group, term) for group in GROUPS for term in reader.terms(group)}
    ids = reader.ids()
    reader.close()
    return ids, {key: (p.ids.tobytes(), p.weights.tobytes()) for key, p in found.items()}


def build_with_seed(data: Path, seed: str) -> Path:
    """One more generation of the same records, sets and dicts of strings hashed by another seed."""
    command = [sys.executable, "-m", "search_app.cli", "--quiet", "build", "--force"]
    environment = {**os.environ, "STARCHART_DATA_DIR": str(data), "PYTHONHASHSEED": seed}
    subprocess.run(command, env=environment, check=True, timeout=300)
    return current_folder(data)


def test_the_same_records_give_the_same_files_whatever_the_order_of_sets(
    sample_data: Path, tmp_path: Path
) -> None:
    os.symlink(sample_data / "snapshots", tmp_path / "snapshots")
    first, second = (build_with_seed(tmp_path, seed) for seed in ("1", "2"))
    assert first != second
    assert files(first) == files(second)
    assert index(first) == index(second)
