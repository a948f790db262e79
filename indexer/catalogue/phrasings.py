"""What people ask who do not know the field's word for a thing: phrasings written by us.

The files in phrasings/ hold them, an entry a thing: `thing` (kind:name, a trailing star for all whose names
begin so) and what is `asked`. They are of general use; no judged query is among them.
A phrase is searched like a label of its thing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from indexer.model.kinds import KINDS

FOLDER = Path(__file__).with_name("phrasings")
LONGEST = 10  # words of one phrase
MOST = 8  # phrases of one entry

Phrases = tuple[str, ...]


class PhrasingProblem(ValueError):
    """An entry of a file is not as it must be; the message names it."""


@dataclass(frozen=True, slots=True)
class Phrasings:
    """What is asked, by kind and name."""

    exact: Mapping[str, Mapping[str, Phrases]]
    families: Mapping[str, Mapping[str, Phrases]]  # by how the names begin
    lengths: Mapping[str, tuple[int, ...]]  # of these beginnings, the longest first

    def of(self, kind: str, name: str) -> Phrases:
        """What people ask who look for a thing: its own phrases, then those of its families."""
        found = list(self.exact.get(kind, {}).get(name, ()))
        families = self.families.get(kind, {})
        for length in self.lengths.get(kind, ()):
            found += families.get(name[:length], ())
        return tuple(dict.fromkeys(found))


@lru_cache(maxsize=1)
def shipped_phrasings() -> Phrasings:
    """The phrasings that ship with the program. Raises PhrasingProblem for a bad entry."""
    entries: list[Any] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        entries += yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader) or []
    return phrasings_of(entries)


def phrasings_of(entries: Iterable[Any]) -> Phrasings:
    """The entries of the files, checked. Raises PhrasingProblem for a bad or a doubled one."""
    exact: defaultdict[str, dict[str, Phrases]] = defaultdict(dict)
    families: defaultdict[str, dict[str, Phrases]] = defaultdict(dict)
    for entry in entries:
        kind, name, asked = _checked(entry)
        family = name.endswith("*")
        of_kind = (families if family else exact)[kind]
        name = name.removesuffix("*")
        if name in of_kind:
            raise PhrasingProblem(f"{kind}:{name} stands twice")
        of_kind[name] = asked
    lengths = {
        kind: tuple(sorted({len(x) for x in begins}, reverse=True)) for kind, begins in families.items()
    }
    return Phrasings(exact, families, lengths)


def _checked(entry: Any) -> tuple[str, str, Phrases]:
    match entry:
        case {"thing": str(thing), "asked": [*asked]} if len(entry) == 2:
            kind, _, name = thing.partition(":")
        case _:
            raise PhrasingProblem(f"not a thing and what is asked: {entry!r}")
    if kind not in KINDS or not name.removesuffix("*"):
        raise PhrasingProblem(f"{thing}: no kind and name")
    if not 1 <= len(asked) <= MOST or not all(
        isinstance(phrase, str) and 1 <= len(phrase.split()) <= LONGEST for phrase in asked
    ):
        raise PhrasingProblem(f"{thing}: 1 to {MOST} phrases of at most {LONGEST} words are asked")
    return kind, name, tuple(asked)
