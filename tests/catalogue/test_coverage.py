"""Everything that the mirror holds is found by its exact name (coverage_mirror), asked of a real server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "coverage_mirror.py"


@pytest.mark.mirror
@pytest.mark.slow
def test_all_that_the_sources_publish_is_found_by_its_name(mirror: Path, mirror_server: str) -> None:
    asked = subprocess.run(
        [sys.executable, str(SCRIPT), mirror_server, "--mirror", str(mirror)],
        capture_output=True, text=True, timeout=1_200, check=False,
    )  # fmt: skip
    assert asked.returncode == 0, asked.stdout[-6_000:] + asked.stderr[-2_000:]
