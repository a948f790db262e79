"""A slow and obvious engine: plain Python over the documents, one document after another.

It says by definition what search_app/ must answer: scores by indexer/index/weights.py, collapsing and facet
counts by docs/contracts.md. It shares with the engine how a query is understood and worded
(search_app/understanding, engine/planner.py), which needs no postings, and nothing of how it is answered.
"""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from rapidfuzz.distance import OSA

from indexer.index import weights as ranking
from indexer.index.columns import NAME_WORD
from indexer.index.completion import spellchecker as spelling
from indexer.index.completion.completions import SEEN
from indexer.index.completion.spellchecker import Correction, NearName
from indexer.index.documents.document import GROUPS, Document, column_term, day_number, sql_words
from indexer.index.weights import DAMPING, ENOUGH, SEVERAL, WEIGHTS
from indexer.model.card import Card
from indexer.model.liveness import LIFE
from indexer.model.table_records import Column
from indexer.text.analysis import identifier_words, spelling_key, stem, words
from search_app.engine import scorer as scoring
from search_app.engine.engine import shipped_vocabulary
from search_app.engine.planner import Clause, Disjunct, Plan, are_neighbours, plan
from search_app.engine.searcher import near_names
from search_app.query.model import Query, Range
from search_app.query.ranges import day
from search_app.understanding.model import AppName, Lexicon, NameGuess, Understanding

CLOSE = 2e-5  # scores whose ratio differs by less are equal: the engine counts in single precision


@dataclass(frozen=True)
class Group:
    """One hit: its members that match with what each is sorted by, the best first."""

    members: tuple[tuple[float, int], ...]  # (value, document)
    representatives: frozenset[int]  # those that may stand for it: one, or several of about one score
    scores: Mapping[int, float]  # by member, as relevance has it
    worth: float  # what the group is sorted by
    lowest: float  # the same if every namesake of about its score stood before it
    highest: float  # and if none did


@dataclass(frozen=True)
class Answer:
    """What a query must give."""

    groups: tuple[Group, ...]  # in order
    relaxed: bool
    facets: Mapping[str, Mapping[str, int]]  # facet -> value -> groups
    doubtful: bool  # a document stands so near a threshold that rounding decides

    @property
    def total(self) -> int:
        return len(self.groups)


class Reference:
    """Answers over documents in the engine's order."""

    def __init__(
        self, documents: Sequence[Document], columns: Mapping[str, Sequence[Column]], today: str
    ) -> None:
        self.documents = documents
        self.weights = WEIGHTS
        self.today = date.fromisoformat(today)
        self.vocabulary = shipped_vocabulary()
        self.cards = [dict(zip(Card._fields, d.card, strict=True)) for d in documents]
        self.column_paths = sorted({column.path for found in columns.values() for column in found})
        self.paths = {digest: {spelling_key(c.path) for c in found} for digest, found in columns.items()}
        self.counts = cache(self._counts)
        self.matching = cache(self._holding)
        self.by_name = sorted(
            range(len(documents)), key=lambda d: (str(self.cards[d]["name"]).lower(), documents[d].id)
        )
        self.name_rank = {document: rank for rank, document in enumerate(self.by_name)}
        first: dict[str, int] = {}
        for number, document in enumerate(documents):
            first.setdefault(document.family, number)
        self.canonical = set(first.values())

    # ---------------------------------------------------------------- words

    def _counts(self, term: str) -> dict[int, tuple[float, ...]]:
        """What a term weighs in each group of each document that holds it."""
        found = {}
        for number, document in enumerate(self.documents):
            weights = tuple(_damped(document, group, term) for group in GROUPS)
            if any(term in document.groups[group] for group in GROUPS):
                found[number] = weights
        return found

    def frequency(self, term: str) -> int:
        return len(self.counts(term))

    def in_names(self, term: str) -> bool:
        return any(weights[GROUPS.index("name")] > 0 for weights in self.counts(term).values())

    def rarity(self, term: str) -> float:
        matching = self.frequency(term)
        return math.log(1.0 + (len(self.documents) - matching + 0.5) / (matching + 0.5))

    def term_score(self, term: str, document: int) -> float:
        weights = self.weights
        count = sum(c * g for c, g in zip(self.counts(term)[document], weights.fields, strict=True))
        return self.rarity(term) * (weights.saturation + 1.0) * count / (count + weights.saturation)

    @cached_property
    def surface(self) -> dict[str, tuple[int, bool]]:
        """Words as they are written -> how much they are used, and whether a name holds them."""
        counts: Counter[str] = Counter()
        named: set[str] = set()
        for document, card in zip(self.documents, self.cards, strict=True):
            own = set(document.surface)
            other = set(identifier_words(str(card["description"]))) - own
            named |= own
            for word in own | other:
                counts[word] += NAME_WORD if word in own else 1
        kept = sorted((word for word in counts if not word.isdigit()), key=str.encode)
        return {word: (counts[word], word in named) for word in kept}

    def completed(self, prefix: str, limit: int, named: bool = False) -> list[str]:
        fitting = [w for w, (_, own) in self.surface.items() if w.startswith(prefix) and (own or not named)]
        if len(fitting) > limit:
            fitting = sorted(fitting, key=lambda w: -self.surface[w][0])[:limit]
        return list(dict.fromkeys(stem(word) for word in fitting))

    # ---------------------------------------------------------------- slips

    @cached_property
    def known_words(self) -> dict[str, tuple[int, bool]]:
        return {w: found for w, found in self.surface.items() if found[1] or found[0] >= SEEN}

    def knows(self, word: str) -> bool:
        return word in self.known_words

    def correct(self, word: str, limit: int = 5) -> list[Correction]:
        word = word.lower()
        bound = spelling.SHORTEST_WORD <= len(word) <= spelling.LONGEST_WORD
        if not bound or not word.isalpha() or word in self.known_words:
            return []
        listed = [
            w for w in self.known_words if spelling.SHORTEST_WORD - 1 <= len(w) <= spelling.LONGEST_WORD
        ]
        near = {w: 1 for w in listed if OSA.distance(word, w) == 1}
        if not near and len(word) >= spelling.TWO_SLIPS_FROM:
            near = {w: OSA.distance(word, w) for w in self.known_words if w[0] == word[0]}
            near = {w: distance for w, distance in near.items() if distance <= 2}
        worth = {w: self.known_words[w][0] * spelling.likelihood(word, w) for w in near}
        order = sorted(near, key=lambda w: (near[w], w[0] != word[0], -worth[w], w))
        return [Correction(w, near[w], self.known_words[w][0]) for w in order[:limit]]

    def _name_count(self, word: str) -> int:
        count, named = self.known_words.get(word, (0, False))
        return count if named else 0

    def split(self, word: str) -> tuple[str, ...]:
        least = spelling.SHORTEST_PART
        cuts = [(word[:at], word[at:]) for at in range(least, len(word) - least + 1)]
        ways = [(min(map(self._name_count, cut)), cut) for cut in cuts]
        best = max(ways, default=(0, ()))
        return best[1] if best[0] and not self.knows(word) else ()

    def join(self, left: str, right: str) -> str:
        return left + right if self._name_count(left + right) else ""

    def near_names(self, key: str, limit: int = 10) -> list[NearName]:
        if len(key) < spelling.SHORTEST_NAME:
            return []
        slips = 2 if len(key) >= spelling.TWO_SLIPS_IN_NAME_FROM else 1
        half = max(3, len(key) // 2 - 1)
        names = sorted({d.name_key for d in self.documents if len(d.name_key) >= spelling.SHORTEST_NAME - 1})
        near = {
            name: OSA.distance(key, name)
            for name in names
            if (name.startswith(key[:half]) or name.endswith(key[-half:]))
            and OSA.distance(key, name) <= slips
        }
        order = sorted(near, key=lambda name: (near[name], name[0] != key[0], name))
        return [
            NearName(number, near[name])
            for name in order[:limit]
            for number, document in enumerate(self.documents)
            if document.name_key == name
        ]

    def named(self, key: str) -> tuple[list[int], list[float]]:
        found = {n: d.keys[key] for n, d in enumerate(self.documents) if key in d.keys}
        return list(found), list(found.values())

    # ---------------------------------------------------------------- meaning

    @cached_property
    def lexicon(self) -> Lexicon:
        cards = {card["name"]: card for card in self.cards if card["kind"] == "app"}
        sizes = Counter(app for d in self.documents for app in d.facets.get("app", ()))
        apps = []
        for app in self.values("app"):
            card: dict[str, Any] = cards.get(app, {"title": app, "dataset": ()})
            apps.append(AppName(app, str(card["title"]), tuple(card["dataset"]), sizes[app]))
        return Lexicon(
            apps=tuple(apps),
            pings=self.values("ping"),
            types=self.values("type"),
            tools=tuple((str(c["name"]), str(c["title"])) for c in self.cards if c["kind"] == "tool"),
            datasets=self.values("dataset"),
            tags=self.values("tag"),
            kinds=self.values("kind"),
            statuses=self.values("status"),
        )

    def values(self, facet: str) -> tuple[str, ...]:
        return tuple(sorted({v for d in self.documents for v in d.facets.get(facet, ())}, key=str.encode))

    # ---------------------------------------------------------------- scores

    def _holding(self, clause: Clause) -> dict[int, float]:
        """The documents of a clause with the score of its best disjunct in each."""
        best: dict[int, float] = {}
        for disjunct in clause.disjuncts:
            for document, score in self._disjunct(disjunct).items():
                best[document] = max(best.get(document, 0.0), score)
        return {document: score * clause.weight for document, score in best.items()}

    def _disjunct(self, disjunct: Disjunct) -> dict[int, float]:
        terms = tuple(dict.fromkeys(disjunct.terms))
        return {
            document: disjunct.flat
            or disjunct.weight * sum(self.term_score(term, document) for term in terms)
            for document in self.counts(terms[0])
            if all(document in self.counts(term) for term in terms)
            and (not disjunct.phrase or self._side_by_side(document, disjunct.terms))
        }

    def _side_by_side(self, document: int, terms: Sequence[str]) -> bool:
        stream, length = self.documents[document].stream, len(terms)
        return any(stream[at : at + length] == tuple(terms) for at in range(len(stream) - length + 1))

    def _worth(self, clause: Clause, by_facet: bool) -> float:
        """What a clause counts towards "every word"."""
        if not clause.disjuncts or not (clause.required or by_facet):
            return 0.0
        matching = min(self.frequency(term) or ranking.UNKNOWN for term in clause.disjuncts[0].terms)
        rarity = math.log(1.0 + len(self.documents) / (1.0 + matching)) / 2
        return clause.weight * (1.0 + min(ranking.RAREST, rarity))

    def _facet_holders(self, meaning: Understanding) -> dict[int, set[int]]:
        """Typed term -> the documents with a facet value that it stands for."""
        held: dict[int, set[int]] = {}
        for boost in meaning.boosts:
            if boost.weight < ranking.FACET_FROM:
                continue
            for place in boost.terms:
                if meaning.terms[place].role != "stop":
                    held.setdefault(place, set()).update(self._with_value(boost.field, boost.value))
        return held

    def _with_value(self, facet: str, value: str) -> set[int]:
        return {n for n, d in enumerate(self.documents) if value in d.facets.get(facet, ())}

    def prior(self, document: int) -> float:
        """What a document is worth by itself."""
        weights, facets = self.weights, self.documents[document].facets
        worth = 1.0 + weights.usage * min(
            math.log2(1.0 + self.documents[document].usage), weights.usage_limit
        )
        for name, table in (("kind", weights.kinds), ("layer", weights.layers), ("status", weights.statuses)):
            for value in facets.get(name, ()):
                worth *= table.get(value, 1.0)
        return worth if document in self.canonical else worth * weights.beside

    def scored(
        self, meaning: Understanding, plan: Plan, near: Mapping[int, float]
    ) -> dict[int, tuple[float, float]]:
        """Candidate -> (score, share of the wanted words that it holds)."""
        everything = range(len(self.documents))
        unwanted = {document for clause in plan.unwanted for document in self._unwanted(clause)}
        unwanted |= {d for d in everything if self._of_apps_alone(d, plan.without_apps)}
        if not plan.wanted and not near and not meaning.names:
            listed = {document: (self.prior(document), 1.0) for document in everything}
            return self._preferred(listed, meaning, unwanted)
        holders = self._facet_holders(meaning)
        worth = [self._worth(clause, clause.term in holders) for clause in plan.wanted]
        text = {d: sum(self.matching(c).get(d, 0.0) for c in plan.wanted) for d in everything}
        cover = {}
        for document in everything:
            held = sum(
                w
                for clause, w in zip(plan.wanted, worth, strict=True)
                if document in self.matching(clause) or document in holders.get(clause.term, ())
            )
            cover[document] = held / sum(worth) if sum(worth) > 0 else float(text[document] > 0)
        added = self._names(meaning, near, cover)
        for document in added:
            if cover[document] > 0:
                text[document] = max(text[document], 0.01)
        asked = self._listing(meaning)
        for document in asked:
            text[document] += 1.0
            cover[document] = 1.0
        must = [set(self.matching(clause)) for clause in plan.wanted if clause.hard]
        found = [d for d in everything if text[d] > 0 and d not in unwanted and all(d in m for m in must)]
        near_enough = [d for d in found if cover[d] >= plan.near] or found
        beside = self._neighbours(plan.wanted, near_enough, text)
        scores = {}
        for document in found:
            share = min(cover[document], 1.0)
            score = text[document] * share**self.weights.coordination * self.prior(document)
            score *= beside.get(document, 1.0) * (self.weights.listed if document in asked else 1.0)
            scores[document] = (score, share)
        preferred = self._preferred(scores, meaning, unwanted)
        return {d: (s + self._name_bonus(d, added), share) for d, (s, share) in preferred.items()}

    def _unwanted(self, clause: Clause) -> set[int]:
        """What an exclusion leaves out: what holds its words, or what is called so."""
        if not clause.in_names:
            return set(self.matching(clause))
        return {
            number
            for number, document in enumerate(self.documents)
            for disjunct in clause.disjuncts
            if all(term in document.groups["name"] for term in disjunct.terms)
        }

    def _of_apps_alone(self, document: int, apps: Sequence[str]) -> bool:
        own = set(self.documents[document].facets.get("app", ()))
        return bool(own) and own <= set(apps)

    def _name_bonus(self, document: int, added: Mapping[int, float]) -> float:
        bonus = added.get(document, 0.0)
        return bonus * (1.0 + ranking.TIES * math.log(self.prior(document)))

    def _preferred(
        self, scores: Mapping[int, tuple[float, float]], meaning: Understanding, unwanted: set[int]
    ) -> dict[int, tuple[float, float]]:
        """Lifted where a document has the facet values that were asked for."""
        lifted = {}
        for document, (score, share) in scores.items():
            for boost in meaning.boosts:
                facets = self.documents[document].facets
                if boost.value in facets.get(boost.field, ()):
                    of_many = boost.field == "app" and len(facets.get("app", ())) > ranking.SHARED_FROM
                    lift = self.weights.preference * boost.weight
                    if boost.field == "kind" and share >= ranking.WHOLE:
                        lift *= self.weights.wanted_kinds.get(boost.value, 1.0)
                    score *= 1.0 + lift * (self.weights.shared if of_many else 1.0)
            if document not in unwanted:
                lifted[document] = (score, share)
        return lifted

    def _names(
        self, meaning: Understanding, near: Mapping[int, float], cover: dict[int, float]
    ) -> dict[int, float]:
        """Document -> what its name adds; a whole name holds every word."""
        weights = self.weights
        added: dict[int, float] = {}

        def name(document: int, bonus: float, whole: bool) -> None:
            added[document] = max(added.get(document, 0.0), bonus)
            if whole:
                cover[document] = 1.0

        for guess in meaning.names:
            worth = weights.exact_whole if guess.whole else weights.exact_part
            for document, sure in self._called(guess) if not guess.column else ():
                other = guess.other_kind if self.cards[document]["kind"] != guess.kind else 1.0
                name(document, worth * guess.weight * sure * other, guess.whole)
        if 1 < len(added) <= ranking.MOST_LITERAL:
            typed = meaning.query.text.strip("` ")
            for document in added:
                if typed in self._written(document):
                    added[document] += weights.literal
        for documents, share, whole, field in self._held_by(meaning):
            worth = weights.exact_whole if whole else weights.exact_part
            best = max(self.prior(document) for document in documents)
            for document in (*documents, *(self._views_of(documents) if field == "column" else ())):
                name(document, worth * share * (self.prior(document) / best) ** ranking.HOLDERS, whole)
        for document, bonus in self._inflected(meaning):
            name(document, bonus, True)
        for number, nearness in near.items():
            name(number, weights.near_name * nearness, True)
        return added

    def _called(self, guess: NameGuess) -> list[tuple[int, float]]:
        if guess.kind == "id":
            return [(n, 1.0) for n, document in enumerate(self.documents) if document.id == guess.key]
        return list(zip(*self.named(guess.key), strict=True))

    def _views_of(self, tables: Iterable[int]) -> list[int]:
        """The views of some tables of which no columns are known."""
        families = {self.documents[number].family for number in tables}
        return [
            number
            for number, document in enumerate(self.documents)
            if document.family in families and "view" in document.facets["layer"] and not document.schema
        ]

    def _held_by(self, meaning: Understanding) -> Iterator[tuple[list[int], float, bool, str]]:
        """Who holds a column, an extra key, a label or a bug that was typed as a name; what that is worth."""
        best: dict[tuple[str, str], tuple[list[int], float, bool]] = {}
        for guess in meaning.names if any(guess.held for guess in meaning.names) else ():
            for field, value, documents, sure, most in self._holders(guess) if guess.held else ():
                share = ranking.SURE[sure] * guess.weight
                known = best.get((field, value))
                if 0 < len(documents) <= most and (known is None or known[1] < share):
                    best[field, value] = (documents, share, guess.whole)
        for (field, _), found in best.items():
            yield (*found, field)

    def _holders(self, guess: NameGuess) -> Iterator[tuple[str, str, list[int], str, int]]:
        key, tables = guess.key, ranking.MOST_TABLES
        if guess.column:
            yield "column", guess.column, self._with_own_column(guess), "own column", tables
            return
        if guess.kind == "bug":
            yield "bug", key, sorted(self._with_value("bug", key)), "bug", tables
            return
        whole = [n for n, d in enumerate(self.documents) if key in self.paths.get(d.schema, ())]
        leaf = [
            n for n, d in enumerate(self.documents) if d.schema and column_term(key) in d.groups["column"]
        ]
        yield ("column", key, whole, "column", tables) if whole else ("column", key, leaf, "leaf", tables)
        for field in ("extra", "label"):
            value = self._spelled(field, key)
            yield field, value, sorted(self._with_value(field, value)), field, ranking.MOST_OTHERS

    def _with_own_column(self, guess: NameGuess) -> list[int]:
        """The tables of a name that have a column, else those of their layers that do."""
        named = {n for n, _ in self._called(guess) if self.documents[n].kind == "table"}
        path, families = spelling_key(guess.column), {self.documents[n].family for n in named}
        having = [n for n, d in enumerate(self.documents) if path in self.paths.get(d.schema, ())]
        own = [n for n in having if n in named]
        return own or [n for n in having if self.documents[n].family in families]

    def _spelled(self, field: str, value: str) -> str:
        """A value as it is spelt among those of a facet."""
        known = self.values(field)
        return (
            value if value in known else {spelling_key(v): v for v in known}.get(spelling_key(value), value)
        )

    def _written(self, document: int) -> tuple[str, ...]:
        """A thing's name as people write it, with and without what its kind puts before it."""
        card = self.cards[document]
        if card["kind"] in ("measure", "explore"):
            return ()
        name = str(card["name"])
        return (name, name.partition("." if card["kind"] == "table" else "/")[2])

    def _inflected(self, meaning: Understanding) -> Iterator[tuple[int, float]]:
        """Names that are what was typed but for inflection, or go on from it, with what that adds."""
        telling_terms = [term for term in meaning.terms if not term.exclude and term.role != "stop"]
        if any(term.kind != "word" or term.group for term in telling_terms):
            return
        plain = [term for term in telling_terms if term.role in ("word", "identifier")]
        share = 0.8 * len(plain) / max(1, len(telling_terms))
        alone = len(meaning.terms) == 1 and any(term.role == "identifier" for term in telling_terms)
        whole = ranking.UNFINISHED_NAME if alone else 1.0
        for terms, sure in ((telling_terms, whole), (plain, share)):
            typed = "_".join(word for term in terms for word in words(term.text))
            if len(typed) < ranking.SHORTEST_UNFINISHED:
                continue
            known = {stems for d in self.documents for stems in d.stems if stems.startswith(typed)}
            nearest = sorted(known, key=lambda stems: (len(stems.encode()), stems.encode()))
            for stems in nearest[: ranking.MOST_UNFINISHED]:
                share = len(typed.encode()) / len(stems.encode())
                unfinished = self.weights.unfinished * math.sqrt(share)
                bonus = sure * (self.weights.inflected if stems == typed else unfinished)
                yield from ((n, bonus) for n, d in enumerate(self.documents) if stems in d.stems)

    def _listing(self, meaning: Understanding) -> set[int]:
        if not meaning.listing:
            return set()
        asked = [
            set().union(*(self._with_value(name, value) for value in values))
            for name, values in meaning.listing.items()
        ]
        return set.intersection(*asked)

    def _neighbours(
        self, clauses: Sequence[Clause], found: Sequence[int], text: Mapping[int, float]
    ) -> dict[int, float]:
        """The best candidates that hold two typed words side by side -> what that multiplies."""
        pairs = [
            (*a.disjuncts[0].terms, *b.disjuncts[0].terms)
            for a, b in pairwise(clauses)
            if are_neighbours(a, b) and a.disjuncts and b.disjuncts and min(a.weight, b.weight) >= 0.5
        ]
        ordered = sorted((text[document] for document in found), reverse=True)
        least = ordered[ranking.PROXIMITY_FOR - 1] if len(ordered) > ranking.PROXIMITY_FOR else 0.0
        bonus = self.weights.neighbours / max(1, len(pairs))
        return {
            document: 1.0 + bonus * sum(self._side_by_side(document, pair) for pair in pairs)
            for document in found
            if text[document] >= least * (1.0 - CLOSE)
        }

    # ---------------------------------------------------------------- filters

    def _passes(self, document: int, name: str, values: Iterable[str]) -> bool:
        return any(self._has(document, name, value) for value in values)

    def _has(self, number: int, name: str, value: str) -> bool:
        document = self.documents[number]
        if name == "column":
            key = spelling_key(value)
            return key in document.keys or key in self.paths.get(document.schema, ())
        if name == "owner":
            return any(value.lower() in owner for owner in document.facets.get("owner", ()))
        if name == "bug":
            value = "".join(c for c in value.rpartition("=")[2] if c.isdigit())
        if name == "sql":
            return bool(sql_words(value)) and set(sql_words(value)) <= set(document.facets.get("sql", ()))
        if name in ("extra", "label"):
            value = self._spelled(name, value)
        if name == "table":
            value = ".".join(value.strip("`").split(".")[-2:])
        return value in document.facets.get(name, ())

    def _within(self, number: int, span: Range) -> bool:
        document = self.documents[number]
        low, high = day(span.low, self.today), day(span.high, self.today)
        if span.field in ("added", "changed", "removed"):
            return _between(getattr(document, span.field), day_number(low), day_number(high))
        if low == "never":
            return document.expires_version == -1
        if low == "expired":
            return "expired" in document.facets["status"]
        if "-" in low + high:
            return _between(document.expires_day, day_number(low), day_number(high))
        return _between(document.expires_version, int(low or 0), int(high or 0))

    def _allowed(self, document: int, query: Query, but: str = "") -> bool:
        return (
            all(self._passes(document, n, v) for n, v in query.filters.items() if v and n != but)
            and (but in ("app", "ping") or self._is_carried(document, query))
            and not any(self._passes(document, n, v) for n, v in query.exclude_filters.items())
            and all(self._within(document, span) is not span.exclude for span in query.ranges)
        )

    def _is_carried(self, document: int, query: Query) -> bool:
        """Whether an app that is asked for sends it in a ping that is, where the document says which do."""
        apps, pings = query.filters.get("app"), query.filters.get("ping")
        pairs = self.documents[document].facets.get("carried", ())
        return not (apps and pings and pairs) or any(f"{a}/{p}" in pairs for a in apps for p in pings)

    # ---------------------------------------------------------------- answers

    def answer(self, typed: Query) -> Answer:
        """Hits, total and facet counts of a query."""
        meaning, planned = plan(typed, self.lexicon, self.vocabulary, self, self)  # type: ignore[arg-type]
        query = meaning.query
        near = near_names(SimpleNamespace(reader=self, speller=self), query)  # type: ignore[arg-type]
        scored = self.scored(meaning, planned, near)
        whole = {d for d, (_, share) in scored.items() if share >= scoring.FULL}
        if query.snippet is not None and whole:
            usual, relaxed, close = whole, False, False
        else:
            usual, relaxed, close = self._usual(scored, planned)
        loose = {d for d, (_, share) in scored.items() if share >= planned.near}
        matching = {d for d in usual if self._allowed(d, query)}
        filtered = bool(query.filters or query.exclude_filters or query.ranges)
        loosened = filtered and not matching
        if loosened:
            matching = {d for d in loose if self._allowed(d, query)}
            relaxed = bool(matching)
        doubtful = close or any(abs(share - planned.near) < CLOSE for _, share in scored.values())
        return Answer(
            groups=self._groups(matching, query, {d: score for d, (score, _) in scored.items()}),
            relaxed=relaxed,
            facets={
                name: self._facet(name, query, matching, usual, loose if loosened else set())
                for name in query.facets
            },
            doubtful=doubtful,
        )

    def _usual(self, scored: Mapping[int, tuple[float, float]], planned: Plan) -> tuple[set[int], bool, bool]:
        """What is near enough to be a hit, whatever the filters; if nothing is whole; if rounding decides."""
        complete = {d for d, (_, share) in scored.items() if share >= scoring.FULL}
        groups = {self.documents[d].family for d in complete}
        near = {d for d, (_, share) in scored.items() if share >= planned.near}
        if len(groups) >= ENOUGH and planned.telling < SEVERAL:
            least = sorted((scored[d][0] for d in complete), reverse=True)[ENOUGH - 1]
            close = any(abs(scored[d][0] - least) < near_to(least) for d in near - complete)
            return complete | {d for d in near if scored[d][0] >= least}, False, close
        near = near or set(scored)
        return near, not complete and bool(scored), False

    def _groups(
        self, matching: Iterable[int], query: Query, scores: Mapping[int, float]
    ) -> tuple[Group, ...]:
        value = {
            "relevance": lambda d: scores[d],
            "name": lambda d: -float(self.name_rank[d]),
            "newest": lambda d: self.documents[d].added - self.name_rank[d] / (len(self.documents) + 1.0),
        }[query.sort]
        members: dict[str, list[tuple[float, int]]] = {}
        for document in sorted(matching):
            members.setdefault(self.documents[document].family, []).append((value(document), document))
        found = [sorted(each, key=lambda m: -m[0]) for each in members.values()]
        found.sort(key=lambda each: (-each[0][0], each[0][1]))
        by_name: dict[str, list[float]] = {}
        groups = []
        for each in found:
            best, representative = each[0]
            before = by_name.setdefault(self._namesake(representative), [])
            scores_of = {document: scores[document] for _, document in each}
            if query.sort == "relevance":
                worth, low, high = self._behind(best, before, found, representative)
                representatives = self._living(each)
            else:
                representative = min((document for _, document in each), key=lambda d: (self._life(d), d))
                worth = low = high = value(representative)
                representatives = frozenset({representative})
            before.append(best)
            groups.append(Group(tuple(each), representatives, scores_of, worth, low, high))
        return tuple(sorted(groups, key=lambda f: -f.worth))

    def _living(self, members: list[tuple[float, int]]) -> frozenset[int]:
        """The best member or, of those with its name, the most alive one."""
        best = members[0][0]
        representatives = set()
        for value, document in members:
            if value < best - near_to(best):
                continue
            same = [m for m in members if self._namesake(m[1]) == self._namesake(document)]
            least = min(self._life(d) for _, d in same)
            living = [m for m in same if self._life(m[1]) == least]
            representatives |= {d for v, d in living if v >= living[0][0] - near_to(living[0][0])}
        return frozenset(representatives)

    def _life(self, document: int) -> int:
        return LIFE.index(self.documents[document].facets["status"][0])

    def _behind(
        self, best: float, before: list[float], found: list[list[tuple[float, int]]], representative: int
    ) -> tuple[float, float, float]:
        """What a group is worth behind its namesakes; least and most if equal ones changed places."""
        name = self._namesake(representative)
        same = [f[0][0] for f in found if f[0][1] != representative and self._namesake(f[0][1]) == name]
        counts = (
            len(before),
            sum(other >= best - near_to(best) for other in same),
            sum(other > best + near_to(best) for other in same),
        )
        worth, low, high = (
            best * self.weights.namesake ** min(ranking.MOST_DEMOTED, count) for count in counts
        )
        return worth, low, high

    def _namesake(self, document: int) -> str:
        return f"{self.documents[document].kind}/{self.documents[document].name_key}"

    def _facet(
        self, name: str, query: Query, matching: set[int], usual: set[int], loose: set[int]
    ) -> dict[str, int]:
        """Groups by value, as choosing the value would give them."""
        others = query.filters.get({"app": "ping", "ping": "app"}.get(name, ""), ())
        if name not in query.filters:
            return self._counted(name, matching, others)
        free = {d for d in usual if self._allowed(d, query, but=name)}
        loosely = {d for d in loose if self._allowed(d, query, but=name)}
        return self._counted(name, loosely, others) | self._counted(name, free, others)

    def _counted(self, name: str, documents: Iterable[int], others: Sequence[str]) -> dict[str, int]:
        groups: dict[str, set[str]] = {}
        for number in documents:
            for value in self._values_beside(number, name, others):
                groups.setdefault(value, set()).add(self.documents[number].family)
        return {value: len(found) for value, found in groups.items()}

    def _values_beside(self, number: int, name: str, others: Sequence[str]) -> Sequence[str]:
        """The values of a document; of apps beside pings, or pings beside apps, those that it says it has."""
        values, pairs = (self.documents[number].facets.get(n, ()) for n in (name, "carried"))
        if not others or not pairs:
            return values
        pair = "{other}/{value}" if name == "ping" else "{value}/{other}"
        return [v for v in values if any(pair.format(value=v, other=o) in pairs for o in others)]


def near_to(score: float) -> float:
    """By how much a score may be off."""
    return abs(score) * CLOSE + 1e-9


def _damped(document: Document, group: str, term: str) -> float:
    """A term's weight in one group, as precise as the arrays hold it (half precision)."""
    terms, rule = document.groups[group], DAMPING[group]
    if term not in terms:
        return 0.0
    length = sum(terms.values())
    weight = terms[term] / (1.0 - rule.share + rule.share * length / rule.usual)
    single = struct.unpack("f", struct.pack("f", weight))[0]
    return float(struct.unpack("e", struct.pack("e", single))[0])


def _between(number: int, low: int, high: int) -> bool:
    """0 among the numbers is unknown and in no range; 0 as a bound is open."""
    return number > 0 and (not low or number >= low) and (not high or number <= high)
