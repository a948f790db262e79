"""Hits of one page: cards, variants, marked snippets, and why each stands where it does."""

from __future__ import annotations

import numpy as np

from indexer.index.reader import IndexReader
from search_app.engine.collapse import VARIANTS, page
from search_app.engine.highlighter import columns_snippet, names_and_snippets, pattern
from search_app.engine.recognition import SHOWN_FILTERS, match_of
from search_app.engine.results import Hit, Part
from search_app.engine.searcher import Found
from search_app.query.model import Query

MARKED_FROM = 0.3  # weight of a typed word: marking every "the" of a question hides what was found


def hits(reader: IndexReader, found: Found, query: Query) -> tuple[Hit, ...]:
    """The hits of the page that the query asks for."""
    pages = page(reader, found.collapsed, found.values, (query.page - 1) * query.size, query.size)
    marked = pattern(_marked_terms(found))
    places = found.places.take([members[0] for members in pages])
    groups = found.collapsed.starts.searchsorted([members[0] for members in pages], "right") - 1
    scores = found.scored.scores.take(places)
    if found.learned is not None:
        scores = scores * np.array([found.learned.factor(group) for group in groups.tolist()])
    documents = found.collapsed.ids
    representatives = documents.take([members[0] for members in pages]).tolist()
    cards = [reader.card(document) for document in representatives]
    snippets = names_and_snippets(marked, [(card.name, card.description) for card in cards])
    told = bool(found.held) or any(name in query.filters for name in SHOWN_FILTERS)
    made = []
    for number, (members, card, (name_marks, shown)) in enumerate(zip(pages, cards, snippets, strict=True)):
        if card.kind == "table" and not shown.marks:  # its columns, where only these hold the words
            shown = columns_snippet(marked, reader.column_paths(representatives[number])) or shown
        others = documents.take(members[1 : VARIANTS + 1]).tolist() if len(members) > 1 else ()
        made.append(
            Hit(
                card,
                round(float(scores[number]), 3),
                tuple([reader.variant(other) for other in others]),
                len(members) - 1,
                shown.text,
                shown.marks,
                name_marks,
                explanation(found, int(places[number]), int(groups[number])) if query.explain else (),
                match_of(reader, representatives[number], found.held, query.filters) if told else None,
            )
        )
    return tuple(made)


def _marked_terms(found: Found) -> tuple[str, ...]:
    """The terms that are marked: of whatever weighs something, the typed words and what stood for them."""
    terms: dict[str, None] = {}
    for clause in found.plan.wanted:
        if clause.weight >= MARKED_FROM:
            for disjunct in clause.disjuncts[:8]:
                terms.update(dict.fromkeys(disjunct.terms))
    return tuple(terms)


def explanation(found: Found, place: int, group: int) -> tuple[Part, ...]:
    """The parts of the score of the candidate at `place`: words, what multiplied them, an exact name, and
    what the learned order made of its group.
    """
    scored = found.scored
    document = int(scored.ids[place])
    parts: list[Part] = []
    total = 0.0
    for label, ids, scores in scored.parts:
        at = int(np.searchsorted(ids, document))
        if at < len(ids) and ids[at] == document:
            value = float(scores[at])
            parts.append(Part(f"word “{label}”", round(value, 3)))
            total += value
    if not parts:
        total = float(scored.text[place])
        parts.append(Part("found without words", round(total, 3)))
    for label, values in scored.factors:
        factor = float(values[place])
        if factor != 1.0:
            parts.append(Part(f"{label} (times {factor:.2f})", round(total * (factor - 1.0), 3)))
            total *= factor
    rest = float(scored.scores[place]) - total
    if abs(rest) >= 0.01:
        named = scored.named is not None and document in scored.named.ids
        parts.append(Part("exact name" if named else "listed", round(rest, 3)))
    if found.learned is not None and (factor := found.learned.factor(group)) != 1.0:
        reasons = "".join(f"; {reason}" for reason in found.learned.reasons(group))
        label = f"learned order (times {factor:.2f}{reasons})"
        parts.append(Part(label, round(float(scored.scores[place]) * (factor - 1.0), 3)))
    return tuple(parts)
