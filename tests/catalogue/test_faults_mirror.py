"""No kind of wrong statement is left over the whole mirror: see tests/check_faults.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.check_faults import CHECKS, faults_of


@pytest.mark.mirror
@pytest.mark.slow
def test_no_kind_of_wrong_statement_is_left(mirror_data: Path, mirror: Path) -> None:
    faults = list(faults_of(mirror_data, mirror))
    assert {fault.name: fault.wrong[:5] for fault in faults if fault.wrong} == {}
    assert len(faults) >= len(CHECKS)
    assert sum(fault.looked_at for fault in faults) > 30_000
    assert {fault.name for fault in faults if not fault.looked_at} == {
        fault.name for fault in faults if fault.name.startswith("C7")
    }
