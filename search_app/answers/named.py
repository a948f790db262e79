"""An amount of a thing that is asked for by the words of its name, where no concept and no title says it.

"How often is the panel of cookie banners visited on Fenix" is the metric `cookie_banners.visited_panel`: all
that was typed is in its name, and what it is called within its group was typed. Where several fit as well,
it is not sure: no card.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.model.card import Card
from search_app.answers.catalogue import UNTOLD, divided_by, is_divided
from search_app.answers.reading import Subject, Told, tell
from search_app.answers.rules import Rules, words_of
from search_app.engine.results import Hit

LOOKED_AT = 10  # hits, the best first
KINDS = ("measure", "metric", "table")
ENOUGH = 2  # words that say what is meant
MOST_UNSAID = 1  # words of the group that may be left out; none of a table that is of no product
# how a table is made, not what is in it
MADE = frozenset(
    words_of("daily aggregates clients events stream unnested pings historical view live table", ())
)
# ends of datasets on which the views of users stand
BENEATH = ("_derived", "_stable", "_live", "_bi", "_external", "_syndicate")
_PARTS = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class _Named:
    """The words of a thing: all of them, and those without which it is not named."""

    own: frozenset[str]
    needed: frozenset[str]
    per: frozenset[str] = frozenset()  # of what it is a share


@dataclass(frozen=True, slots=True)
class _Fit:
    """A hit that is all that was typed, and how many words of its name were not."""

    card: Card
    told: Told
    taken: frozenset[str]
    unsaid: int
    otherwise: int  # words that say a word of the name in another one
    kind: int  # in KINDS

    @property
    def rank(self) -> tuple[int, int, int]:
        return (self.unsaid, self.otherwise, self.kind)


def read_named(text: str, app: str, hits: Sequence[Hit], rules: Rules) -> list[Subject]:
    """The one hit whose name is what was typed of an amount; none where no or more than one is.

    `text`: without the product `app`; without a product only a table that is of none.
    """
    words = words_of(text, rules.spellings)
    if set(words) & rules.never or any(words[: len(begin)] == begin for begin in rules.advice):
        return []
    fits = [
        fit
        for hit in hits[:LOOKED_AT]
        if hit.card.kind in KINDS and _is_of(hit.card, app) and (fit := _fit(words, hit.card, rules))
    ]
    if not fits:
        return []
    best = min(fits, key=lambda fit: fit.rank)
    rivals = [fit for fit in fits if fit.rank == best.rank]
    return [Subject(best.told, best.taken, named=(best.card.id,))] if len(rivals) == 1 else []


def _is_of(card: Card, app: str) -> bool:
    if card.kind == "table" and card.name.partition(".")[0].endswith(BENEATH):
        return False
    return app in card.app if app else card.kind == "table" and not card.app


def _fit(words: Sequence[str], card: Card, rules: Rules) -> _Fit | None:
    """How a thing is what was typed; None where a word of either is left, or nothing is asked of it."""
    typed = frozenset(words)
    for named in _wordings(card, rules):
        if named.per and not is_divided(named.per, words):
            continue
        taken = frozenset(word for word in typed if not named.own.isdisjoint(rules.alike(word)))
        said = frozenset(each for word in taken for each in rules.alike(word))
        joined = [pair for pair in pairwise(words) if "".join(pair) in named.own]  # "tab groups": tabgroup
        taken = taken.union(*joined)
        said = said.union(*joined, map("".join, joined))
        if len(taken - rules.fillers) < ENOUGH or named.needed - said - rules.fillers:
            continue
        told = tell(words, taken, rules)
        if told is not None and (told.intent or told.trend or told.is_split):
            unsaid = len(named.own - said - UNTOLD - rules.fillers)
            if unsaid > (MOST_UNSAID if card.app else 0):
                return None
            otherwise = (
                taken - named.own - rules.fillers - frozenset(word for pair in joined for word in pair)
            )
            return _Fit(card, told, taken, unsaid, len(otherwise), KINDS.index(card.kind))
    return None


def _wordings(card: Card, rules: Rules) -> Iterator[_Named]:
    """A thing by its name, in which the last part must be said; a measure by its title too."""
    whole = card.name.rpartition("/")[2]
    before, _, last = whole.rpartition(".")
    needed = _words(last, rules) - UNTOLD - (MADE if card.kind == "table" else frozenset())
    listed = words_of(_PARTS.sub(" ", last), rules.spellings)
    yield _Named(_words(f"{before} {last}", rules), needed or _words(before, rules), divided_by(listed))
    if card.kind == "measure":
        listed = words_of(card.title, rules.spellings)
        yield _Named(frozenset(listed), frozenset(listed) - UNTOLD, divided_by(listed))


def _words(name: str, rules: Rules) -> frozenset[str]:
    return frozenset(words_of(_PARTS.sub(" ", name), rules.spellings))
