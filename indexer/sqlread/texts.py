"""Texts of SQL and their readings, by the text's digest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping

from indexer.sqlread.model import Reading, from_json, to_json
from indexer.sqlread.statements import read_sql

ReadAll = Callable[[Iterable[str]], Mapping[str, str]]  # texts -> digest_of(text) -> reading as JSON


def digest_of(text: str) -> str:
    """The name under which a text's reading is kept."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def read_here(texts: Iterable[str]) -> dict[str, str]:
    """The readings of these texts, in this process and without limits: for tests and few texts."""
    return {digest_of(text): to_json(_read(text)) for text in texts}


def _read(text: str) -> Reading:
    try:
        return read_sql(text)
    except RecursionError:
        return Reading(problems=("it nests too deeply",))


def reading_of(text: str) -> Reading:
    """A kept reading; one that is damaged counts as none."""
    try:
        return from_json(text)
    except ValueError:
        return Reading(problems=("what was read of it is damaged",))
