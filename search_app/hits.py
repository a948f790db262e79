"""Hits of one page: cards, variants, marked snippets."""

from __future__ import annotations

from search_app.corpus import Corpus
from search_app.explaining import explanation
from search_app.folding import VARIANTS, page
from search_app.matching import Found
from search_app.query import Query
from search_app.results import Hit
from search_app.snippets import Pattern, Snippet, columns_snippet, pattern, snippet, spans


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
    card = corpus.card(int(found.scored.ids[place]))
    shown = _snippet(corpus, int(found.scored.ids[place]), card.kind, card.description, marked)
    listed = members[1 : VARIANTS + 1]
    return Hit(
        card=card,
        score=round(float(found.scored.scores[place]), 3),
        variants=tuple(corpus.variant(int(found.folded.ids[member])) for member in listed),
        variant_count=len(members) - 1,
        snippet=shown.text,
        marks=shown.marks,
        name_marks=spans(marked, card.name),
        explanation=explanation(found, place) if explain else (),
    )


def _snippet(corpus: Corpus, document: int, kind: str, description: str, marked: Pattern | None) -> Snippet:
    """The description around the words; a table's columns where only these hold them."""
    shown = snippet(marked, description)
    if kind == "table" and not shown.marks and marked is not None:
        columns = columns_snippet(marked, corpus.column_paths(document))
        if columns is not None:
            return columns
    return shown


def _marked_terms(found: Found) -> tuple[str, ...]:
    """The terms that are marked: of whatever weighs something, the typed words and what stood for them."""
    terms: dict[str, None] = {}
    for clause in found.clauses.wanted:
        if clause.weight >= MARKED_FROM:
            for wording in clause.wordings[:8]:
                terms.update(dict.fromkeys(wording.terms))
    return tuple(terms)


MARKED_FROM = 0.3  # weight of a typed word: marking every "the" of a question hides what was found
