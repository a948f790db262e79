"""How much a process has mapped of its generation's files, bounded.

The kernel keeps the files' pages for all processes. Those that one has touched count as its
memory until it lets go of them; touched again they are mapped again, which costs little.
"""

from __future__ import annotations

import itertools
import mmap
import resource
from collections.abc import Iterator, Mapping
from pathlib import Path

from indexer.index.arrays import Array

MOST = 100_000_000  # bytes: above what all files of the real catalogue take, so nothing is let go there
EACH = 10  # searches after which it is looked again: a look takes 15 us
_STATM = Path("/proc/self/statm")


class Mapped:
    """The maps of a generation's arrays; safe for threads."""

    def __init__(self, arrays: Mapping[str, Array], most: int = MOST) -> None:
        self._maps = list(_maps(arrays))
        self._most = most
        self._asked = itertools.count(1)

    def bound(self) -> None:
        """To be called after each search: lets go of all pages where this process has mapped too many."""
        if next(self._asked) % EACH == 0 and mapped_bytes() > self._most:
            for each in self._maps:
                each.madvise(mmap.MADV_DONTNEED)


def mapped_bytes() -> int:
    """What this process has in memory of files, 0 where the system does not tell (it bounds that itself)."""
    try:
        return int(_STATM.read_bytes().split()[2]) * resource.getpagesize()
    except OSError:
        return 0


def _maps(arrays: Mapping[str, Array]) -> Iterator[mmap.mmap]:
    for array in arrays.values():
        base: object = array
        while base is not None and not isinstance(base, mmap.mmap):
            base = getattr(base, "base", None)
        if base is not None:
            yield base
