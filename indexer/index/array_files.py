"""The arrays of a generation as files: each one a .npy, which any program with numpy reads.

numpy's own reader parses the description in each file as Python; a generation has some 170 files of few
sorts of arrays, and is opened by each server whenever a new one is made.
"""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from math import prod
from pathlib import Path
from typing import Any, Literal

import numpy as np

from indexer.index.arrays import Array, Arrays

_PREAMBLE = 10  # bytes before the description: what the file is, its version, how long the description is
_SMALL = 128  # bytes of an array that is read: a map would hold a file open


def write_arrays(folder: Path, arrays: Mapping[str, Array]) -> None:
    """Each array as one .npy file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)


def open_arrays(folder: Path) -> Arrays:
    """All arrays of a folder, mapped into memory read-only: workers share the pages.

    Raises ValueError for a file that is cut short or that write_arrays() would not write.
    """
    return {path.stem: _map(path) for path in sorted(folder.glob("*.npy"))}


def _map(path: Path) -> Array:
    """A plain array over the map: memmap's own __getitem__ is many times slower."""
    with path.open("rb") as file:
        start = file.read(_PREAMBLE)
        head = start + file.read(int.from_bytes(start[8:], "little"))
        dtype, shape, order = _described(head)
        size = prod(shape) * dtype.itemsize
        if size <= _SMALL:
            numbers: bytes | mmap.mmap = head + file.read()
        else:
            numbers = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if len(numbers) < len(head) + size:
        raise ValueError(f"{path.name} is cut short")
    return np.ndarray(shape, dtype, numbers, len(head), order=order)


@lru_cache(maxsize=1024)
def _described(head: bytes) -> tuple[np.dtype[Any], tuple[int, ...], Literal["C", "F"]]:
    """The sort of an array, by the head of its file. Raises ValueError where it is no such head."""
    file = BytesIO(head)
    if (version := np.lib.format.read_magic(file)) != (1, 0):
        raise ValueError(f"an array of .npy's version {version}, which we do not write")
    shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.hasobject:
        raise ValueError("an array of Python's objects, which we do not write")
    return dtype, shape, "F" if is_fortran else "C"
