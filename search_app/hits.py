"""Hits of one page: cards, variants, marked snippets."""

from __future__ import annotations

import numpy as np

from search_app.corpus import Corpus
from search_app.explaining import explanation
from search_app.folding import VARIANTS, page
from search_app.matching import Found
from search_app.query import Query
from search_app.results import Hit
from search_app.snippets import columns_snippet, name_and_snippet, pattern


def hits(corpus: Corpus, found: Found, query: Query) -> tuple[Hit, ...]:
    """The hits of the page that the query asks for."""
    pages = page(found.folded, found.values, (query.page - 1) * query.size, query.size)
    marked = pattern(_marked_terms(found))
    best = [members[0] for members in pages]
    places = found.places[np.array(best, np.int64)]
    documents = found.folded.ids[np.array(best, np.int64)].tolist()
    scores = np.round(found.scored.scores[places].astype(np.float64), 3).tolist()
    made = []
    for members, document, score, place in zip(pages, documents, scores, places.tolist(), strict=True):
        card = corpus.card(document)
        name_marks, shown = name_and_snippet(marked, card.name, card.description)
        if card.kind == "table" and not shown.marks:  # its columns, where only these hold the words
            shown = columns_snippet(marked, corpus.column_paths(document)) or shown
        others = found.folded.ids[members[1 : VARIANTS + 1]].tolist() if len(members) > 1 else ()
        made.append(
            Hit(
                card=card,
                score=score,
                variants=tuple([corpus.variant(other) for other in others]),
                variant_count=len(members) - 1,
                snippet=shown.text,
                marks=shown.marks,
                name_marks=name_marks,
                explanation=explanation(found, place) if query.explain else (),
            )
        )
    return tuple(made)


def _marked_terms(found: Found) -> tuple[str, ...]:
    """The terms that are marked: of whatever weighs something, the typed words and what stood for them."""
    terms: dict[str, None] = {}
    for clause in found.clauses.wanted:
        if clause.weight >= MARKED_FROM:
            for wording in clause.wordings[:8]:
                terms.update(dict.fromkeys(wording.terms))
    return tuple(terms)


MARKED_FROM = 0.3  # weight of a typed word: marking every "the" of a question hides what was found
