"""The columns of tables: shared by digest, merged for views, looked up by path.

A view that has no schema.yaml shows the columns of what it references (rule 6).
A user-facing view names url, text, jwe and labeled_rate what its stable table
names url2, text2, jwe2 and labeled_rate2 (rule 4), since the first attempt at these
types went into the stable schemas as key/value arrays that never fill. Most views
keep the second name beside the first.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from indexer.model.table_records import Column, TableSchema

RENAMED_TYPES = {"url2": "url", "text2": "text", "jwe2": "jwe", "labeled_rate2": "labeled_rate"}


class Schemas:
    """All column lists by digest. Merged lists are made when first asked for, and then shared."""

    def __init__(self, records: Iterable[TableSchema]) -> None:
        self.columns: dict[str, tuple[Column, ...]] = {row.digest: row.columns for row in records}
        self._by_path: dict[str, dict[str, Column]] = {}
        self._made: dict[tuple[str, ...], str] = {}

    def by_path(self, digest: str) -> Mapping[str, Column]:
        """Column path -> column of one schema; of a duplicate path the first stands."""
        found = self._by_path.get(digest)
        if found is None:
            found = {}
            for column in self.columns.get(digest, ()):
                found.setdefault(column.path, column)
            self._by_path[digest] = found
        return found

    def of_view(self, digest: str) -> str:
        """The digest of what the user-facing view of a stable table with this schema shows."""
        key = ("view", digest)
        if key not in self._made:
            columns = self.columns.get(digest, ())
            renamed = _as_view(columns)
            self._made[key] = digest if renamed == columns else self._add(renamed, key)
        return self._made[key]

    def union(self, digests: Sequence[str]) -> str:
        """The digest of all columns of these schemas, in their order, each path once."""
        distinct = tuple(dict.fromkeys(digests))
        if len(distinct) == 1:
            return distinct[0]
        key = ("union", *distinct)
        if key not in self._made:
            merged: dict[str, Column] = {}
            for digest in distinct:
                for column in self.columns.get(digest, ()):
                    merged.setdefault(column.path, column)
            self._made[key] = self._add(tuple(merged.values()), key)
        return self._made[key]

    def of_columns(self, columns: Sequence[tuple[str, str, str, str]]) -> str:
        """The digest of these columns (path, type, mode, description), equal for equal ones; "" of none."""
        if not columns:
            return ""
        text = "\1".join(map("\0".join, columns))
        digest = hashlib.sha256(f"{text}\1".encode()).hexdigest()[:32]
        if digest not in self.columns:
            self.columns[digest] = tuple(itertools.starmap(Column, columns))
        return digest

    def used(self, digests: Iterable[str], problems: Counter[str]) -> dict[str, tuple[Column, ...]]:
        """The schemas that some table has; the rest of what came in belongs to nothing."""
        wanted = {digest for digest in digests if digest}
        problems["table whose schema did not come"] += len(wanted - self.columns.keys())
        return {digest: self.columns[digest] for digest in sorted(wanted & self.columns.keys())}

    def _add(self, columns: tuple[Column, ...], key: tuple[str, ...]) -> str:
        digest = hashlib.sha256("\0".join(key).encode()).hexdigest()[:32]
        self.columns[digest] = columns
        return digest


def _as_view(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Without the arrays of the first attempt, and with each second attempt also under the first's name."""
    arrays = {c.path for c in columns if c.path in _FIRST_ATTEMPTS and c.mode == "REPEATED"}
    seconds = [column for column in columns if _group(column.path) in _SECOND_ATTEMPTS]
    if not arrays and not seconds:
        return columns
    kept = [column for column in columns if _group(column.path) not in arrays]
    present = {column.path for column in kept}
    for column in seconds:
        group = _group(column.path)
        path = _SECOND_ATTEMPTS[group] + column.path[len(group) :]
        if path not in present:
            kept.append(Column(path, column.type, column.mode, column.description))
    return tuple(kept)


def _group(path: str) -> str:
    """The first two parts: "metrics.url2.a" -> "metrics.url2"."""
    return ".".join(path.split(".", 2)[:2])


_SECOND_ATTEMPTS = {f"metrics.{second}": f"metrics.{first}" for second, first in RENAMED_TYPES.items()}
_FIRST_ATTEMPTS = frozenset(_SECOND_ATTEMPTS.values())
