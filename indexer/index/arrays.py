"""Arrays that readers map into memory: tables of strings, and lists of numbers by row.

A generation is written once and read by many processes, so everything derived from
the index is laid down as plain .npy files. Nothing here is changed after it is built.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Arrays = dict[str, Array]
Ints = npt.NDArray[np.int32]


FOUND_KEPT = 5_000  # look-ups that a table remembers
SAMPLES = 64  # texts of which a dictionary is made
LONGEST_DICTIONARY = 32_768  # bytes: as far as deflate looks back
HEADS = 8  # of so many neighbours in a sorted table one is whole
MOST_SHARED = 255  # bytes with which all of these may begin
_RAW = -zlib.MAX_WBITS  # no header, no checksum: files have digests


class StringTable(Sequence[str]):
    """Strings one after another in one array of bytes; searched by bisection where they are sorted."""

    __slots__ = ("_bytes", "_found", "_sample", "_starts", "_step")

    def __init__(self, data: Array, starts: Array) -> None:
        self._bytes = np.ascontiguousarray(data).data.cast("B")
        self._starts = np.ascontiguousarray(starts).data
        self._step = max(16, len(self) // 4096)
        self._found: dict[str, int] = {}  # places of strings that were looked for
        self._sample: list[bytes] = []  # every _step-th string, made when first needed

    @staticmethod
    def build(name: str, strings: Iterable[str]) -> Arrays:
        """The two arrays of a table, `<name>_bytes` and `<name>_starts`."""
        return _one_after_another(name, [text.encode("utf-8", "surrogatepass") for text in strings])

    @staticmethod
    def build_sorted(name: str, strings: Iterable[str]) -> Arrays:
        """The arrays of a table of sorted strings, which begin alike: see HeadedTable."""
        encoded = [text.encode("utf-8", "surrogatepass") for text in strings]
        rests: list[bytes] = []
        shared = bytearray()
        for start in range(0, len(encoded), HEADS):
            head, *others = few = encoded[start : start + HEADS]
            same = min(MOST_SHARED, _alike(head, few[-1]))  # sorted: those between share it too
            rests.append(head)
            rests += [other[same:] for other in others]
            shared.append(same)
        arrays = _one_after_another(name, rests)
        arrays[f"{name}_rests"] = arrays.pop(f"{name}_bytes")
        return arrays | {f"{name}_shared": np.frombuffer(bytes(shared), np.uint8)}

    @staticmethod
    def open(arrays: Mapping[str, Array], name: str) -> StringTable:
        """The table that build() or build_sorted() made."""
        starts = arrays[f"{name}_starts"]
        if f"{name}_rests" in arrays:
            return HeadedTable(arrays[f"{name}_rests"], starts, arrays[f"{name}_shared"])
        return StringTable(arrays[f"{name}_bytes"], starts)

    def raw(self, index: int) -> bytes:
        """The bytes of one string."""
        return self._bytes[self._starts[index] : self._starts[index + 1]].tobytes()

    def __getitem__(self, index: Any) -> Any:  # one int, never a slice
        return str(self._bytes[self._starts[index] : self._starts[index + 1]], "utf-8", "surrogatepass")

    def __len__(self) -> int:
        return len(self._starts) - 1

    def lengths(self, places: range) -> Ints:
        """How many bytes each of some neighbouring strings has."""
        return np.diff(np.asarray(self._starts[places.start : places.stop + 1])).astype(np.int32)

    def find(self, text: str) -> int:
        """The place of a string in a sorted table, -1 where it is not there."""
        found = self._found.get(text)
        if found is None:
            key = text.encode("utf-8", "surrogatepass")
            place = self._place(key)
            found = place if place < len(self) and self.raw(place) == key else -1
            if len(self._found) >= FOUND_KEPT:
                self._found.clear()
            self._found[text] = found
        return found

    def _place(self, key: bytes) -> int:
        """Where a string stands or would stand; most steps are taken in a small list, which is fast."""
        if not self._sample:
            self._sample = [self.raw(place) for place in range(0, len(self), self._step)]
        near = bisect_left(self._sample, key)
        low, high = max(0, (near - 1) * self._step), min(len(self), near * self._step)
        return bisect_left(range(len(self)), key, lo=low, hi=high, key=self.raw)

    def prefixed(self, prefix: str) -> range:
        """The places of all strings of a sorted table that begin with `prefix`."""
        key = prefix.encode("utf-8", "surrogatepass")
        behind = key.rstrip(b"\xff")  # the smallest key above all that begin so: its last byte plus one
        if not behind:
            return range(self._place(key), len(self))
        return range(self._place(key), self._place(behind[:-1] + bytes([behind[-1] + 1])))


class HeadedTable(StringTable):
    """Sorted strings, eight by eight: the first one whole, of the others what follows the start of all."""

    __slots__ = ("_shared",)

    def __init__(self, data: Array, starts: Array, shared: Array) -> None:
        super().__init__(data, starts)
        self._shared = np.ascontiguousarray(shared).data

    def raw(self, index: int) -> bytes:
        """The bytes of one string."""
        starts, few = self._starts, index // HEADS
        rest = self._bytes[starts[index] : starts[index + 1]].tobytes()
        head = few * HEADS
        if head == index:
            return rest
        start = starts[head]
        return self._bytes[start : start + self._shared[few]].tobytes() + rest

    def __getitem__(self, index: Any) -> Any:
        return str(self.raw(index), "utf-8", "surrogatepass")

    def lengths(self, places: range) -> Ints:
        """How many bytes each of some neighbouring strings has."""
        every = np.arange(places.start, places.stop)
        shared = np.asarray(self._shared)[every // HEADS].astype(np.int32)
        return super().lengths(places) + np.where(every % HEADS == 0, 0, shared)


class PackedTable:
    """Texts that are alike, each by itself compressed against a dictionary made of some of them.

    A list of columns takes a fifth of its length so, and is read in a few millionths of a second.
    """

    __slots__ = ("_dictionary", "_packed")

    def __init__(self, packed: StringTable, dictionary: bytes) -> None:
        self._packed = packed
        self._dictionary = dictionary

    @staticmethod
    def build(name: str, strings: Iterable[str]) -> Arrays:
        """The arrays of a table, `<name>_bytes`, `<name>_starts` and `<name>_dictionary`."""
        encoded = [text.encode("utf-8", "surrogatepass") for text in strings]
        some = encoded[:: max(1, len(encoded) // SAMPLES)]
        dictionary = b"".join(some)[-LONGEST_DICTIONARY:]
        fresh = zlib.compressobj(wbits=_RAW, zdict=dictionary)  # copied: to read a dictionary takes longest
        packed = []
        for text in encoded:
            one = fresh.copy()
            packed.append(one.compress(text) + one.flush())
        return {
            **_one_after_another(name, packed),
            f"{name}_dictionary": np.frombuffer(dictionary, np.uint8),
        }

    @classmethod
    def open(cls, arrays: Mapping[str, Array], name: str) -> PackedTable:
        """The table that build() laid down under this name. Raises KeyError where an array is missing."""
        return cls(StringTable.open(arrays, name), arrays[f"{name}_dictionary"].tobytes())

    def __len__(self) -> int:
        return len(self._packed)

    def raw(self, index: int) -> bytes:
        """The bytes of one text."""
        return zlib.decompressobj(_RAW, zdict=self._dictionary).decompress(self._packed.raw(index))

    def __getitem__(self, index: int) -> str:
        return self.raw(index).decode("utf-8", "surrogatepass")


class Rows:
    """Lists of numbers by row, one after another (the CSR form of a sparse matrix).

    `values` may be narrow(); what is read by row is not.
    """

    __slots__ = ("starts", "values")

    def __init__(self, starts: Array, values: Array) -> None:
        self.starts = starts
        self.values = values

    @staticmethod
    def build(name: str, rows: Iterable[Sequence[int]]) -> Arrays:
        """The two arrays of a table, `<name>_rows` and `<name>_values`."""
        kept = list(rows)
        starts = starts_of([len(row) for row in kept])
        values = np.fromiter(chain.from_iterable(kept), np.int32, count=int(starts[-1]))
        return {f"{name}_rows": starts, f"{name}_values": narrow(values)}

    @classmethod
    def open(cls, arrays: Mapping[str, Array], name: str) -> Rows:
        """The rows that build() laid down under this name. Raises KeyError where an array is missing."""
        return cls(arrays[f"{name}_rows"], arrays[f"{name}_values"])

    def __len__(self) -> int:
        return len(self.starts) - 1

    def row(self, index: int) -> Ints:
        """The numbers of one row."""
        return wide(self.values[self.starts[index] : self.starts[index + 1]])

    def gather(self, rows: Ints) -> tuple[Ints, npt.NDArray[np.int64]]:
        """The numbers of many rows, one row after another, and how many each row has."""
        first = self.starts.take(rows)
        lengths = (self.starts.take(rows + 1) - first).astype(np.int64)
        ends = lengths.cumsum()
        places = (first - (ends - lengths)).repeat(lengths)
        places += np.arange(len(places))
        return wide(self.values.take(places)), lengths

    def turned(self, name: str, columns: int) -> Arrays:
        """The arrays of the table turned over: by each value below `columns`, the rows that hold it."""
        owner = np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.starts))
        order = np.argsort(self.values, kind="stable")
        starts = starts_of(np.bincount(self.values, minlength=columns))
        return {f"{name}_rows": starts, f"{name}_values": narrow(owner[order])}


def narrow(numbers: Array) -> Array:
    """Numbers from 0 on in two bytes where they fit, as those of documents do in a real catalogue."""
    fit = not len(numbers) or (numbers.min() >= 0 and numbers.max() <= np.iinfo(np.uint16).max)
    return numbers.astype(np.uint16) if fit else numbers


def wide(numbers: Array) -> Ints:
    """The same numbers as they are reckoned with."""
    return numbers.astype(np.int32, copy=False)


def _alike(first: bytes, last: bytes) -> int:
    """With how many bytes both begin."""
    pairs = enumerate(zip(first, last, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(first), len(last)))


def _one_after_another(name: str, pieces: Sequence[bytes]) -> Arrays:
    joined = np.frombuffer(b"".join(pieces), np.uint8)
    return {f"{name}_bytes": joined, f"{name}_starts": starts_of([len(piece) for piece in pieces])}


def run_starts(numbers: Array) -> npt.NDArray[np.int64]:
    """Where each run of equal numbers begins."""
    behind = (numbers[1:] != numbers[:-1]).nonzero()[0] + 1
    return np.concatenate(([0], behind)) if len(numbers) else behind


def starts_of(lengths: npt.ArrayLike) -> Array:
    """Where each of several pieces begins that stand one after another, and where the last one ends."""
    starts = np.zeros(np.size(lengths) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    return smallest(starts)


def smallest(numbers: Array) -> Array:
    """Numbers from 0 on in the few bytes that hold the largest one; never as uint64, which mixes badly."""
    largest = int(numbers.max(initial=0))
    return numbers.astype(np.uint16 if largest < 1 << 16 else np.uint32 if largest < 1 << 32 else np.int64)


def strings(table: StringTable) -> Iterator[str]:
    """All strings of a table, in order."""
    return (table[i] for i in range(len(table)))
