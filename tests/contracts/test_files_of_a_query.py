"""Who follows a typed query through the code opens few files."""

from __future__ import annotations

from pathlib import Path

from tests.check_files_of_a_query import ADDRESS, GOAL, client_of, files_of


def test_a_typed_query_passes_few_files(sample_data: Path) -> None:
    files = files_of(client_of(sample_data), ADDRESS)
    assert "search_app/engine/scorer.py" in files
    assert "templates/search/results.html" in files
    assert len(files) < GOAL, sorted(files)
