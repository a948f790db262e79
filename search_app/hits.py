"""Hits of one page: cards, variants, marked snippets."""

from __future__ import annotations

from search_app.corpus import Corpus
from search_app.explaining import explanation
from search_app.folding import VARIANTS, page
from search_app.matching import Found
from search_app.query import Query
from search_app.results import Hit
from search_app.snippets import Pattern, columns_snippet, name_and_snippet, pattern


def hits(corpus: Corpus, found: Found, query: Query) -> tuple[Hit, ...]:
    """The hits of the page that the query asks for."""
    pages = page(found.folded, found.values, (query.page - 1) * query.size, query.size)
    marked = pattern(_marked_terms(found))
    faces = found.places[[members[0] for members in pages]].tolist() if pages else []
    return tuple(
        _hit(corpus, found, members, place, marked, query.explain)
        for members, place in zip(pages, faces, strict=True)
    )


def _hit(
    corpus: Corpus, found: Found, members: list[int], place: int, marked: Pattern | None, explain: bool
) -> Hit:
    """A hit of the members of a family; `place`: of the best one among the candidates."""
    document = int(found.scored.ids[place])
    card = corpus.card(document)
    name_marks, shown = name_and_snippet(marked, card.name, card.description)
    if card.kind == "table" and not shown.marks:  # its columns, where only these hold the words
        shown = columns_snippet(marked, corpus.column_paths(document)) or shown
    listed = members[1 : VARIANTS + 1]
    return Hit(
        card=card,
        score=round(float(found.scored.scores[place]), 3),
        variants=tuple(corpus.variant(int(found.folded.ids[member])) for member in listed),
        variant_count=len(members) - 1,
        snippet=shown.text,
        marks=shown.marks,
        name_marks=name_marks,
        explanation=explanation(found, place) if explain else (),
    )


def _marked_terms(found: Found) -> tuple[str, ...]:
    """The terms that are marked: of whatever weighs something, the typed words and what stood for them."""
    terms: dict[str, None] = {}
    for clause in found.clauses.wanted:
        if clause.weight >= MARKED_FROM:
            for wording in clause.wordings[:8]:
                terms.update(dict.fromkeys(wording.terms))
    return tuple(terms)


MARKED_FROM = 0.3  # weight of a typed word: marking every "the" of a question hides what was found
