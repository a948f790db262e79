"""What a process has mapped of its files is bounded, and what it reads stays the same."""

from pathlib import Path

import numpy as np
import pytest

from indexer.index.arrays import open_arrays, write_arrays
from indexer.index.reader import LOOKED_EACH, Mapped, mapped_bytes

SIZE = 64_000_000


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not tell what is mapped")
def test_pages_above_the_bound_are_let_go_and_read_again_unchanged(tmp_path: Path) -> None:
    write_arrays(tmp_path, {"numbers": np.arange(SIZE // 8, dtype=np.int64)})
    arrays = open_arrays(tmp_path)
    before = mapped_bytes()
    total = int(arrays["numbers"].sum())
    assert mapped_bytes() > before + SIZE // 2
    bounded = Mapped(arrays, most=before + SIZE // 4)
    for _ in range(LOOKED_EACH - 1):
        bounded.bound()
    assert mapped_bytes() > before + SIZE // 2
    bounded.bound()
    assert mapped_bytes() < before + SIZE // 4
    assert int(arrays["numbers"].sum()) == total
    wide = Mapped(arrays, most=mapped_bytes() + SIZE)
    for _ in range(LOOKED_EACH):
        wide.bound()
    assert mapped_bytes() > before + SIZE // 2
