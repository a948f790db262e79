"""The fields of the Whoosh index, such that any Whoosh program opens, searches, sorts and groups it.

Four groups of text, each a field whose postings carry a ready weight: how often the
term occurs, damped by how long the document's text of that group is. How much a group
counts is decided at query time (indexer/index/weights.py), so a change there needs no build. Facets are
fields of their own: kind, type and status with one value a document, the others with several. Only
Whoosh's own classes are pickled into an index; docs/whoosh.md says how to use one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from string import ascii_lowercase
from typing import Any

from whoosh import analysis, columns, fields, formats
from whoosh.codec.whoosh3 import W3Codec
from whoosh.lang.porter2 import stem as _porter2

from indexer.index.documents.document import FACETS, GROUPS
from indexer.text.analysis import LONGEST_WORD, OWN_STEMS, PIECE, UNSTEMMED, words

SINGLE = ("kind", "type", "status")  # facets of which a document has one value: sortable columns


# A run of what is no space: words() of a text are the words of its runs one after another.
_RUN = re.compile(r"\S+")


class OwnWords(analysis.Tokenizer):  # type: ignore[misc]
    """indexer/text/analysis.py as Whoosh calls it: what our documents' words are made by, to the letter."""

    def __call__(
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        start_pos: int = 0,
        start_char: int = 0,
        **options: Any,
    ) -> Iterator[analysis.Token]:
        token = analysis.Token(positions, chars, **options)
        for run in _RUN.finditer(value):
            for word in words(run[0]):
                token.text, token.boost, token.stopped = word, 1.0, False
                if positions:
                    token.pos = start_pos
                    start_pos += 1
                if chars:
                    token.startchar, token.endchar = start_char + run.start(), start_char + run.end()
                yield token


def _plain_words() -> analysis.Analyzer:
    """The same of Whoosh's own parts: differs for accents, apostrophes, percent, unspaced scripts, and a few
    forms that do not begin with their stem ("hung")."""
    return (
        analysis.RegexTokenizer(PIECE)
        | analysis.LowercaseFilter()
        | analysis.StopFilter(stoplist=None, minsize=1, maxsize=LONGEST_WORD)
        | analysis.SubstitutionFilter(
            _own_stems(), "".join(rf"\{n}" for n in range(1, len(_beginnings()) + 1))
        )
        | analysis.StemFilter(_porter2, ignore=(*_unstemmed(), *_beginnings()))
    )


@cache
def _beginnings() -> dict[str, list[str]]:
    """The stems that Whoosh's stemmer does not make, each with how its words go on."""
    found: dict[str, list[str]] = {}
    for word, own in OWN_STEMS.items():
        if word.startswith(own) and _porter2(word) != own:
            found.setdefault(own, []).append(word[len(own) :])
    return found


def _own_stems() -> str:
    """A pattern of all their words; the group that matches is the stem."""
    return "^(?:" + "|".join(f"({own})(?:{'|'.join(ends)})" for own, ends in _beginnings().items()) + ")$"


@cache  # 18,278 words through a stemmer: the same for every index of a process
def _unstemmed() -> tuple[str, ...]:
    """Every run of as few letters as stem() leaves alone that Whoosh's stemmer would change."""
    short = (
        "".join(letters)
        for length in range(1, UNSTEMMED + 1)
        for letters in product(ascii_lowercase, repeat=length)
    )
    return tuple(word for word in short if _porter2(word) != word)


def _text(analyzer: Any, **options: Any) -> fields.TEXT:
    """A group of text: its postings have a document and a weight, and lengths are in the weights already."""
    field = fields.TEXT(analyzer=analyzer, **options)
    field.format, field.scorable = formats.Existence(), False
    return field


def _keywords() -> fields.KEYWORD:
    """A facet with several values a document."""
    field = fields.KEYWORD(commas=True)
    field.format = formats.Existence()
    return field


def index_schema(analyzer: Any = None) -> fields.Schema:
    """The Whoosh schema with our own analyzer: to be given to whoosh's open_dir() as `schema=`."""
    own = analyzer or OwnWords()
    return fields.Schema(
        id=fields.ID(stored=True, unique=True),
        title=fields.STORED(),
        description=fields.STORED(),
        url=fields.STORED(),
        name=_text(own, stored=True, sortable=columns.VarBytesColumn()),
        **{group: _text(own) for group in GROUPS if group != "name"},
        **{name: fields.ID(sortable=columns.RefBytesColumn()) for name in SINGLE},
        **{name: _keywords() for name in FACETS if name not in SINGLE},
    )


def plain_schema() -> fields.Schema:
    """The same of Whoosh's own classes alone: what lies in a generation, and opens without this program."""
    return index_schema(_plain_words())


def codec() -> W3Codec:
    """Big blocks: a term is read whole or not at all. Harder packing saves 1 % and costs 3 % of a build."""
    made = W3Codec(blocklimit=4096, compression=3)
    made.length_stats = False  # our fields have none; Whoosh would look for the file once a posting
    return made
