"""What is shown: the hits of one page with variants, marked snippets, why each stands where it does and what
of it holds what was typed; and what a pasted snippet named.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from indexer.index.reader import IndexReader
from indexer.text.analysis import spelling_key
from search_app.engine.collapse import VARIANTS, page
from search_app.engine.highlighter import columns_snippet, names_and_snippets, pattern
from search_app.engine.name_match import Holder, called
from search_app.engine.results import Hit, Match, Part, Recognised, RecognisedName
from search_app.engine.scorer import FULL
from search_app.engine.searcher import Found
from search_app.query.mention import Mention, Snippet
from search_app.query.model import Filters, Query
from search_app.understanding.mentions import guesses_of

MOST_NAMES = 8  # of a snippet that an answer says
SHOWN_FILTERS = ("column", "extra", "label", "sql", "bug")
MARKED_FROM = 0.3  # weight of a typed word: marking every "the" of a question hides what was found


def hits(reader: IndexReader, found: Found, query: Query) -> tuple[Hit, ...]:
    """The hits of the page that the query asks for."""
    pages = page(reader, found.collapsed, found.values, (query.page - 1) * query.size, query.size)
    marked = pattern(_marked_terms(found))
    places = found.places.take([members[0] for members in pages])
    groups = found.collapsed.starts.searchsorted([members[0] for members in pages], "right") - 1
    scores = found.scored.scores.take(places).astype(np.float64)
    if found.learned is not None:
        scores *= found.learned.factors_of(groups)
    documents = found.collapsed.ids
    representatives = documents.take([members[0] for members in pages]).tolist()
    cards = [reader.card(document) for document in representatives]
    snippets = names_and_snippets(marked, [(card.name, card.description) for card in cards])
    told = bool(found.held) or any(name in query.filters for name in SHOWN_FILTERS)
    told_words = words_told(found, places) if query.explain else ()
    cover, made = found.scored.cover, []
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
                explanation(found, int(places[number]), int(groups[number]), told_words[number])
                if query.explain
                else (),
                match_of(reader, representatives[number], found.held, query.filters) if told else None,
                bool((cover.take(found.places.take(members)) >= FULL).any()),
            )
        )
    return tuple(made)


def _marked_terms(found: Found) -> tuple[str, ...]:
    """The terms that are marked: of whatever weighs something, the typed words and what stood for them."""
    marked = [clause for clause in found.plan.wanted if clause.weight >= MARKED_FROM]
    typed: dict[int, list[str]] = {}  # the pieces of each typed word
    for clause in marked:
        typed.setdefault(clause.term, []).extend(clause.disjuncts[0].terms if clause.disjuncts else ())
    words: list[Sequence[str]] = [pieces for pieces in typed.values() if pieces]
    words += [disjunct.terms for clause in marked for disjunct in clause.disjuncts[1:8]]
    return tuple(dict.fromkeys(term for word in words for term in _as_one(word)))


def _as_one(pieces: Sequence[str]) -> Sequence[str]:
    """Pieces with a letter by itself as they are written: "a11y" is marked, and not each "a"."""
    return ("".join(pieces),) if any(len(x) == 1 and x.isalpha() for x in pieces) else pieces


def words_told(found: Found, places: npt.NDArray[np.intp]) -> Sequence[Sequence[tuple[str, float]]]:
    """For each candidate at `places` the words that it holds, with what each adds to its score.

    All at once for each word: a pasted line may have two hundred words, and a page a hundred hits.
    """
    documents = found.scored.ids.take(places)
    told: list[list[tuple[str, float]]] = [[] for _ in documents]
    for label, ids, scores in found.scored.parts:
        at = ids.searchsorted(documents)
        within = (at < len(ids)).nonzero()[0]
        holding = within[ids[at[within]] == documents[within]]
        for number, score in zip(holding.tolist(), scores[at[holding]].tolist(), strict=True):
            told[number].append((label, score))
    return told


def explanation(found: Found, place: int, group: int, words: Sequence[tuple[str, float]]) -> tuple[Part, ...]:
    """The parts of the score of the candidate at `place`: its words, what multiplied them, an exact name, and
    what the learned order made of its group.
    """
    scored = found.scored
    document = int(scored.ids[place])
    parts = [Part(f"word “{label}”", round(value, 3)) for label, value in words]
    total = sum(value for _, value in words)
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
    learned = found.learned
    if learned is not None and (factor := float(learned.factors_of(np.array([group]))[0])) != 1.0:
        reasons = "".join(f"; {reason}" for reason in learned.reasons(group))
        label = f"learned order (times {factor:.2f}{reasons})"
        parts.append(Part(label, round(float(scored.scores[place]) * (factor - 1.0), 3)))
    return tuple(parts)


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
    """The path of a table's column by its spelling key, whole or by its last name; "" if it was cut off.

    Of the thousands of paths of a wide table only those are read that end like the key.
    """
    leaf, last = "", (key[-1:], key[-1:].upper(), "_")
    for path in reader.column_paths(document).split("\n"):
        if path.isascii() and not path.endswith(last):
            continue
        if spelling_key(path) == key:
            return path
        if not leaf and spelling_key(path.rpartition(".")[2]) == key:
            leaf = path
    return leaf
