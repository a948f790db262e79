"""What a pasted snippet named, as answers say it; and what of a hit holds what was typed."""

from __future__ import annotations

import numpy as np

from indexer.index.reader import IndexReader
from indexer.text.analysis import spelling_key
from search_app.engine.name_match import Holder, called
from search_app.engine.results import Match, Recognised, RecognisedName
from search_app.query.mention import Mention, Snippet
from search_app.query.model import Filters
from search_app.understanding.mentions import guesses_of

MOST_NAMES = 8  # of a snippet that an answer says
SHOWN_FILTERS = ("column", "extra", "label", "sql", "bug")


def recognised(reader: IndexReader, snippet: Snippet | None) -> Recognised | None:
    """The language of a snippet, and its names with the thing that each is; None where none was pasted.

    A name of nothing is told only where none is known: code is full of them.
    """
    if snippet is None:
        return None
    known: dict[int, RecognisedName] = {}
    for mention in snippet.mentions:
        document = _best(reader, mention)
        if document is not None and document not in known:
            card = reader.card(document)
            known[document] = RecognisedName(mention.text, mention.role, card.id, card.kind, card.name)
            if len(known) == MOST_NAMES:
                break
    unknown = [RecognisedName(m.text, m.role) for m in snippet.mentions if m.weight][:1]
    return Recognised(snippet.language, tuple(known.values()) or tuple(unknown))


def _best(reader: IndexReader, mention: Mention) -> int | None:
    """The thing that a mention names most surely, of equally sure ones the most important."""
    best, sure = None, 0.0
    for guess in guesses_of(mention):
        documents, worth = called(reader, guess)
        for document, each in zip(documents.tolist(), worth.tolist(), strict=True):
            alike = guess.other_kind == 1.0 or reader.card(document).kind == guess.kind
            each *= guess.weight * (1.0 if alike else guess.other_kind)
            each *= float(reader.prior[document]) ** 0.01
            if each > sure:
                best, sure = document, each
    return best


def match_of(reader: IndexReader, document: int, held: tuple[Holder, ...], filters: Filters) -> Match | None:
    """The column, extra key, label or bug for which a hit was found; None where its words were."""
    for holder in sorted(held, key=lambda each: -each.worth):
        at = int(np.searchsorted(holder.ids, document))
        if at < len(holder.ids) and holder.ids[at] == document:
            value = _column(reader, document, holder.value) if holder.field == "column" else holder.value
            return Match(holder.field, value) if value else None
    for name in SHOWN_FILTERS:
        if len(filters.get(name, ())) == 1:
            return Match(name, filters[name][0])
    return None


def _column(reader: IndexReader, document: int, key: str) -> str:
    """The path of a table's column by its spelling key, whole or by its last name; "" if it was cut off."""
    leaf = ""
    for path in reader.column_paths(document).split("\n"):
        if spelling_key(path) == key:
            return path
        if not leaf and spelling_key(path.rpartition(".")[2]) == key:
            leaf = path
    return leaf
