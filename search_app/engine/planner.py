"""The plan of a query, clauses over terms: what may stand for each typed word, and what it weighs.

Between understanding (words and their roles) and scoring (postings). Looks words up in
the index, because only there is it known whether a word is unfinished or mistyped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import OSA

from indexer.index.completion.completions import SEEN
from indexer.index.completion.spellchecker import Speller
from indexer.index.documents.document import column_term
from indexer.index.reader import IndexReader
from indexer.index.weights import (
    COMMONER,
    COMPLETIONS,
    NEAR,
    NEAR_FALLS,
    NEAR_LEAST,
    PREFIX_TERMS,
    SAYING,
    SEVERAL,
    SHORTEST_COMPLETION,
    SOUGHT,
)
from indexer.text.analysis import compounds, identifier_words, spelling_key, stem
from search_app.query.model import Query
from search_app.understanding.analyze import Understanding, UnderstoodTerm, understand
from search_app.understanding.model import Lexicon, Synonym
from search_app.understanding.vocabulary import Vocabulary
from search_app.understanding.weights import CHIP_FROM


class Disjunct(NamedTuple):
    """Terms that together may stand for a clause."""

    terms: tuple[str, ...]  # all wanted in one document
    weight: float = 1.0
    phrase: bool = False  # and side by side
    flat: float = 0.0  # where not 0, the score of whatever holds the terms, however often it does


class Clause(NamedTuple):
    """One typed word (or piece of an identifier) with all that may stand for it; the best disjunct counts."""

    text: str
    disjuncts: tuple[Disjunct, ...]
    weight: float = 1.0
    required: bool = True
    hard: bool = False  # a phrase: without it a document is no hit at all
    term: int = 0  # place of the typed term among those of the query
    in_names: bool = False  # of an unwanted clause: only what is called so is left out


def are_neighbours(left: Clause, right: Clause) -> bool:
    """Were two clauses typed side by side, as words that may stand so in a text?"""
    return not (left.hard or right.hard) and right.term - left.term <= 1


class Plan(NamedTuple):
    """A whole query in terms."""

    wanted: tuple[Clause, ...]
    unwanted: tuple[Clause, ...]
    corrected: dict[str, str]  # typed word -> the known word it may have meant
    without_apps: tuple[str, ...] = ()  # what is of these apps alone is no hit

    @property
    def telling(self) -> int:
        """How many of the wanted words say something."""
        return sum(clause.weight >= SAYING for clause in self.wanted)

    @property
    def near(self) -> float:
        """The least share of the wanted words that a near miss holds."""
        return max(NEAR_LEAST, NEAR - NEAR_FALLS * max(0, self.telling - SEVERAL))


def plan(
    query: Query, lexicon: Lexicon, vocabulary: Vocabulary, reader: IndexReader, speller: Speller
) -> tuple[Understanding, Plan]:
    """What a query means, and its clauses. Words with one slip are read as what they likely are, so that
    "garbage colection" is gc too and "androd" an app.
    """
    meaning = understand(query, lexicon, vocabulary)
    made = plan_of(meaning, reader, speller)
    sure = {typed: meant for typed, meant in made.corrected.items() if OSA.distance(typed, meant) == 1}
    if not sure:
        return meaning, made
    meaning = understand(query, lexicon, vocabulary, sure)
    return meaning, plan_of(meaning, reader, speller)._replace(corrected=made.corrected)


def plan_of(meaning: Understanding, reader: IndexReader, speller: Speller) -> Plan:
    """The clauses of a query."""
    corrected: dict[str, str] = {}
    wanted: list[Clause] = []
    unwanted: list[Clause] = []
    last = len(meaning.terms) - 1
    for place, term in enumerate(meaning.terms):
        if term.exclude:
            unwanted += _literal(term, place, reader) if term.role != "filter" else ()
        elif term.kind != "word" or term.group:
            wanted += _literal(term, place, reader)
        else:
            wanted += _loose(term, place, place == last, reader, speller, corrected)
    wanted = _sought(wanted, meaning.terms) or wanted
    wanted = _with_columns(_with_joined(wanted, reader, speller), meaning, reader)
    wanted = _less_of_nameless(_grouped(wanted, meaning.terms), reader)
    return Plan(tuple(wanted), tuple(unwanted), corrected, meaning.without_apps)


def _less_of_nameless(clauses: list[Clause], reader: IndexReader) -> list[Clause]:
    """Of a question's words those that stand in no name weigh less: "colleague", "nobody" and "happened" are
    rare, and what is rare would tell most.
    """
    if sum(clause.weight >= SAYING for clause in clauses) <= SEVERAL:
        return clauses
    return [
        clause
        if clause.hard or any(reader.in_names(term) for each in clause.disjuncts for term in each.terms)
        else clause._replace(weight=clause.weight * reader.weights.nameless)
        for clause in clauses
    ]


def _sought(clauses: list[Clause], terms: Sequence[UnderstoodTerm]) -> list[Clause]:
    """The clauses without the smallest words: half the lists of a question, and the longest ones, for
    hundredths of a score that order nothing.
    """
    return [
        clause
        for clause in clauses
        if clause.hard or terms[clause.term].role != "stop" or clause.weight >= SOUGHT
    ]


def _literal(term: UnderstoodTerm, place: int, reader: IndexReader) -> list[Clause]:
    """A phrase, a prefix, an excluded word or one side of an OR: just what was typed, and its synonyms."""
    pieces = identifier_words(term.text.rstrip("*") if term.kind == "prefix" else term.text)
    if not pieces:
        return []
    stems = tuple(stem(piece) for piece in pieces)
    if term.kind == "prefix":
        found = reader.completed(pieces[-1], PREFIX_TERMS)
        disjuncts = tuple(Disjunct((*stems[:-1], each)) for each in found)
    else:
        together = term.kind == "phrase" or (term.exclude and not term.in_names)
        disjuncts = (Disjunct(stems, 1.0, together and len(stems) > 1),)
        others = _synonyms(term, stems, reader)
        disjuncts += tuple([each._replace(phrase=together and len(each.terms) > 1) for each in others])
    hard = term.kind == "phrase" and not term.exclude and not term.group
    weight = term.weight * len(stems)
    return [Clause(term.text, disjuncts, weight, term.required, hard, place, term.in_names)]


def _loose(
    term: UnderstoodTerm,
    place: int,
    last: bool,
    reader: IndexReader,
    speller: Speller,
    corrected: dict[str, str],
) -> list[Clause]:
    """A typed word: each of its pieces a clause of its own."""
    pieces = identifier_words(term.text)
    more = _synonyms(term, [stem(piece) for piece in pieces], reader)
    whole = [Disjunct((each,), 1.0 / len(pieces)) for each in compounds(term.text)] if len(pieces) > 1 else []
    column = column_term(term.text)
    if len(pieces) > 1 and reader.frequency(column):
        whole.append(Disjunct((column,), reader.weights.whole_column / len(pieces)))
    clauses = []
    for number, piece in enumerate(pieces):
        disjuncts = [Disjunct((stem(piece),)), *more, *whole]
        if not whole and _is_slip(piece, reader, speller):
            # a word that the vocabulary explains is no slip: TTFB is not "ttfr", an iPhone no phone
            explained = more or term.role not in ("word", "identifier", "stop")
            disjuncts += _near(piece, reader, speller, {} if explained else corrected)
        elif last and number == len(pieces) - 1 and len(piece) >= SHORTEST_COMPLETION:
            disjuncts += _endings(piece, reader)
        clauses.append(Clause(piece, _distinct(disjuncts), term.weight, term.required, False, place))
    return clauses


def _distinct(disjuncts: Iterable[Disjunct]) -> tuple[Disjunct, ...]:
    """The same without what weighs less than another of the same terms: it is never the best one."""
    best: dict[tuple[str, ...], Disjunct] = {}
    for disjunct in disjuncts:
        known = best.get(disjunct.terms)
        if known is None or known.weight < disjunct.weight:
            best[disjunct.terms] = disjunct
    return tuple(best.values())


def _endings(piece: str, reader: IndexReader) -> list[Disjunct]:
    """What the last word may go on to be; worth no more than the word itself, however rare."""
    base, known = reader.rarity(stem(piece)), stem(piece)
    return [
        Disjunct((each,), reader.weights.ending * min(1.0, base / reader.rarity(each)))
        for each in reader.completed(piece, COMPLETIONS, named=True)
        if each != known
    ]


def _is_slip(piece: str, reader: IndexReader, speller: Speller) -> bool:
    """Is this no word of the generation? One with a known stem is none where a much commoner word is near.

    An inflection that stands nowhere is no slip; "actve" and "extention" only look like one.
    """
    if speller.knows(piece):
        return False
    seen = reader.frequency(stem(piece))
    if seen < SEEN:
        return True
    nearest = next(iter(speller.correct(piece, 1)), None)
    return nearest is not None and nearest.distance == 1 and nearest.count >= COMMONER * seen


def _near(piece: str, reader: IndexReader, speller: Speller, corrected: dict[str, str]) -> list[Disjunct]:
    """What an unknown word may be: unfinished, two words in one, or mistyped."""
    weights = reader.weights
    if len(piece) >= SHORTEST_COMPLETION:
        found = reader.completed(piece, COMPLETIONS, named=True)
        if found:
            return [Disjunct((each,), weights.completion) for each in found]
    near: list[Disjunct] = []
    split = speller.split(piece)
    if split:
        near.append(Disjunct(tuple(stem(word) for word in split), weights.joined))
    corrections = speller.correct(piece)
    for correction in corrections:
        # A rare word ("srch") is worth no more than the likeliest one ("search"), though it tells more.
        likeliest, this = (reader.rarity(stem(c.text)) for c in (corrections[0], correction))
        sure = correction is corrections[0] and correction.distance == 1
        weight = weights.likeliest if sure else weights.correction / correction.distance
        weight *= min(1.0, likeliest / this)
        near.append(Disjunct((stem(correction.text),), weight))
        corrected.setdefault(piece, correction.text)
    return near


def _synonyms(term: UnderstoodTerm, typed: Sequence[str], reader: IndexReader) -> tuple[Disjunct, ...]:
    """What else may stand for a term; all together no more worth than what was typed, if that is known."""
    return tuple(
        [
            Disjunct(each.terms, each.weight * each.share * _limit(typed, each, reader) / max(1, len(typed)))
            for each in term.synonyms
            if each.terms
        ]
    )


def _limit(typed: Sequence[str], synonym: Synonym, reader: IndexReader) -> float:
    """Rare words tell more, and several more than one: a synonym is not to win by that."""
    if len(typed) != 1 or synonym.share < 1.0 or not reader.frequency(typed[0]):
        return 1.0
    told = sum(reader.rarity(term) for term in dict.fromkeys(synonym.terms))
    return min(1.0, reader.weights.synonym_limit * reader.rarity(typed[0]) / told)


def _with_joined(clauses: list[Clause], reader: IndexReader, speller: Speller) -> list[Clause]:
    """Neighbours that are one word somewhere: "pass word" finds password."""
    joined = list(clauses)
    for place, (left, right) in enumerate(pairwise(clauses)):
        if not are_neighbours(left, right):
            continue
        one = speller.join(spelling_key(left.text), spelling_key(right.text))
        if one and reader.frequency(stem(one)):
            typed_so = left.term == right.term  # "un-install": the hyphen says that it is one word
            extra = Disjunct((stem(one),), (1.0 if typed_so else reader.weights.joined) / 2)
            for at in (place, place + 1):
                joined[at] = joined[at]._replace(disjuncts=(*joined[at].disjuncts, extra))
    return joined


def _with_columns(clauses: list[Clause], meaning: Understanding, reader: IndexReader) -> list[Clause]:
    """Where a table is asked for ("which table has first_seen_date"), what was typed may be a column of it.

    Then having the column counts alike in a narrow table and in a wide one, where a word says little.
    """
    if not any(b.field == "kind" and b.value == "table" and b.weight >= CHIP_FROM for b in meaning.boosts):
        return clauses
    asked = list(clauses)
    plain = [c for c in clauses if meaning.terms[c.term].kind == "word" and not meaning.terms[c.term].group]
    named = [c for c in plain if meaning.terms[c.term].role in ("word", "identifier")]
    runs = [[c for c in plain if c.term == place] for place in {c.term for c in plain}]
    for run in (*runs, named):
        column = column_term("".join(clause.text for clause in run))
        if len(run) > 1 and reader.frequency(column):
            score = reader.weights.asked_column * reader.rarity(column) / len(run)
            extra = Disjunct((column,), flat=score)
            asked = [c._replace(disjuncts=(*c.disjuncts, extra)) if c in run else c for c in asked]
    return asked


def _grouped(clauses: list[Clause], terms: tuple[UnderstoodTerm, ...]) -> list[Clause]:
    """The sides of an OR made one clause."""
    grouped: list[Clause] = []
    at: dict[int, int] = {}
    for clause in clauses:
        group = terms[clause.term].group
        if not group or group not in at:
            if group:
                at[group] = len(grouped)
            grouped.append(clause)
            continue
        first = grouped[at[group]]
        grouped[at[group]] = first._replace(
            text=f"{first.text} OR {clause.text}", disjuncts=(*first.disjuncts, *clause.disjuncts)
        )
    return grouped
