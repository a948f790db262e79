"""The fields of the Whoosh index. Only who builds one needs them: a server does without Whoosh's index.

Four groups of text, each a field whose postings carry a ready weight: how often the
term occurs, damped by how long the document's text of that group is. How much a group
counts is decided at query time (indexer/index/weights.py), so a change there needs no build.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from whoosh import fields, formats
from whoosh.codec.whoosh3 import W3Codec

from indexer.index.documents import GROUPS


@dataclass(frozen=True, slots=True)
class Damping:
    """How a group's term counts shrink with its length: count / (1 - share + share * length / usual)."""

    share: float
    usual: float  # a usual number of words of this group in the real data


DAMPING: Mapping[str, Damping] = {
    "name": Damping(0.5, 5.0),  # a short name that holds the word is more about it
    "label": Damping(0.4, 12.0),
    "prose": Damping(0.6, 40.0),
    "column": Damping(0.5, 120.0),
}


class GroupField(fields.FieldType):  # type: ignore[misc]
    """A field whose postings have a document and a weight; see inverting.py."""

    def __init__(self) -> None:
        self.format = formats.Existence()
        self.analyzer = None
        self.scorable = False  # lengths are in the weights already
        self.stored = False
        self.unique = False
        self.spelling = False
        self.vector = None
        self.column_type = None
        self.indexed = True
        self.multitoken_query = "default"

    def index(self, value: object, **options: object) -> object:
        return value


class IdField(fields.COLUMN):  # type: ignore[misc]
    """The id of each document as a column: Whoosh pickles and packs each stored field by itself."""

    def to_bytes(self, value: str) -> bytes:
        return value.encode("utf-8", "surrogatepass")

    def from_bytes(self, value: bytes) -> str:
        return value.decode("utf-8", "surrogatepass")


def index_schema() -> fields.Schema:
    """The Whoosh schema: an id, and one field a group."""
    return fields.Schema(id=IdField(), **{group: GroupField() for group in GROUPS})


def codec() -> W3Codec:
    """Big blocks: a term is read whole or not at all. Harder packing saves 1 % and costs 3 % of a build."""
    made = W3Codec(blocklimit=4096, compression=3)
    made.length_stats = False  # our fields have none; Whoosh would look for the file once a posting
    return made


def damping(group: str, length: float) -> float:
    """What one occurrence of a term weighs in a text of a group that has so many."""
    rule = DAMPING[group]
    return 1.0 / (1.0 - rule.share + rule.share * length / rule.usual)
