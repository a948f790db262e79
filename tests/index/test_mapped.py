"""What a process has mapped of its files is bounded, and what it reads stays the same."""

from pathlib import Path

import numpy as np
import pytest

from indexer.index.array_files import open_arrays, write_arrays
from indexer.index.arrays import Array
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


@pytest.mark.parametrize(
    "array",
    [
        np.arange(5, dtype=np.uint16),
        np.arange(24_000, dtype=np.float32).reshape(4, 3, 2_000),
        np.asfortranarray(np.arange(24_000).reshape(8, 3_000)),
        np.empty((0, 3), np.int32),
        np.array(["a", "longer"]),
        np.zeros(300, [("id", np.int64), ("share", np.float32)]),
    ],
    ids=["small", "of three dimensions", "by columns", "empty", "of texts", "of records"],
)
def test_an_array_is_read_as_numpy_reads_it_and_cannot_be_changed(tmp_path: Path, array: Array) -> None:
    write_arrays(tmp_path, {"numbers": array})
    (read,) = open_arrays(tmp_path).values()
    expected = np.load(tmp_path / "numbers.npy")
    assert (read.dtype, read.shape, read.flags.f_contiguous) == (
        expected.dtype,
        expected.shape,
        expected.flags.f_contiguous,
    )
    assert read.tolist() == expected.tolist()
    assert not read.flags.writeable


@pytest.mark.parametrize("size", [10, 100_000])
@pytest.mark.parametrize("left", [0, 5, 50, -1])
def test_an_array_that_is_cut_short_is_refused(tmp_path: Path, size: int, left: int) -> None:
    write_arrays(tmp_path, {"numbers": np.arange(size)})
    file = tmp_path / "numbers.npy"
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(ValueError, match=r"."):
        open_arrays(tmp_path)


def test_an_array_of_objects_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "numbers.npy", np.array([{}]), allow_pickle=True)
    with pytest.raises(ValueError, match="objects"):
        open_arrays(tmp_path)
