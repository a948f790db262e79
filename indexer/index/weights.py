"""What decides the order of results: one table of weights, each with its reason.

A text's score is, over the typed words, idf * c / (c + SATURATION), where c is the
weighted sum of the word's damped counts in the groups of text. That is lowered where
wanted words are missing, multiplied by what the thing is worth by itself (prior) and by
soft preferences, and raised out of reach by an exact name. All pure numbers: a change
here needs no new index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """All numbers of the ranking."""

    # A word in a thing's name says more than in its labels, and these more than running text.
    # Columns count least: a table of 13,000 columns holds every word.
    fields: tuple[float, ...] = (6.0, 2.5, 1.8, 0.4)  # name, label, prose, column
    saturation: float = 5.0  # a second name hit adds little: two words matched beat one word twice
    coordination: float = 1.3  # power of the share of wanted words found: "gc pause" beats "gc gc"
    completion: float = 0.75  # an unfinished word: "wallpap" as wallpaper
    ending: float = 0.5  # a last word that is whole but may go on: "use_count" as use counter
    namesake: float = 0.6  # each further thing of one name: thirty apps have a ping of that name
    likeliest: float = 1.0  # a word with one slip, mended in the likeliest way; it must beat its own synonyms
    correction: float = 0.6  # mended in another way
    # What was typed beats what it may stand for: "gc" finds GC_MS before "garbage collection", whose two
    # words would count for more than the one typed.
    synonym_limit: float = 1.0  # times what the typed word tells
    nameless: float = 0.4  # a word of a question that stands in no name: what is meant is seldom called so
    joined: float = 0.9  # "pass word" as password, "clientsdaily" as its two words
    whole_column: float = 1.5  # days_seen_bits typed whole beats its three words apart
    asked_column: float = (
        5.0  # "which table has first_seen_date": tables with that column, whatever they are called
    )
    near_name: float = 14.0  # a whole name with one slip: "browser.engagment.active_ticks"
    unfinished: float = 10.0  # a name that goes on from what was typed, by the share that was: "clients_dai"
    inflected: float = 16.0  # a name that is what was typed but for inflection: "tab counts"
    exact_whole: float = 1000.0  # the query is this name and nothing else: out of reach of all else
    literal: float = 200.0  # written just so, "search.counts", not search_counts: beyond what text adds
    exact_part: float = 9.0  # one of the typed words is this thing's name
    preference: float = 1.2  # how far a soft preference of weight 1 lifts: x (1 + this)
    shared: float = 0.3  # of that lift for an app: what many apps share through a library is less its own
    # Times that lift for a kind, of what holds every word: "crash dashboard" asks for one that shows crashes,
    # and tables and pings are called so.
    wanted_kinds: dict[str, float] = field(default_factory=lambda: {"dashboard": 4.0})
    listed: float = 4.0  # "pings of fenix": what is listed stands before what mentions it
    neighbours: float = 0.35  # two query words side by side, share of the pair's score
    usage: float = 0.06  # for each doubling of how many other things name it
    usage_limit: float = 8.0  # doublings that count
    # A data question ends at a metric or a user-facing table; explores and measures repeat the names of
    # the tables that they are made of.
    kinds: dict[str, float] = field(
        default_factory=lambda: {
            "app": 1.15, "ping": 1.1, "metric": 1.05, "probe": 0.9, "table": 1.0, "measure": 0.75,
            "explore": 0.7, "dashboard": 0.9, "routine": 0.8, "doc": 1.0, "tool": 1.1,
        }
    )  # fmt: skip
    # User-facing views are the contract (rule 6).
    layers: dict[str, float] = field(
        default_factory=lambda: {
            "view": 1.0, "derived": 0.8, "stable": 0.75, "live": 0.6, "other": 0.7,
            # Most dashboards are made of one experiment or rollout each: curated ones come before them.
            "curated": 1.0, "monitoring": 0.5,
        }
    )  # fmt: skip
    # Of the members of a family the canonical one (fenix.metrics before org_mozilla_fenix.metrics) is meant
    # unless another is named.
    beside: float = 0.8
    # Inactive things are demoted, never hidden (rule 7).
    statuses: dict[str, float] = field(
        default_factory=lambda: {
            "active": 1.0, "unknown": 0.9, "disabled": 0.8, "expired": 0.75, "removed": 0.7,
            "deprecated": 0.6,
        }
    )  # fmt: skip


WEIGHTS = Weights()

# With so many families that hold every word, near misses are not looked for: one page. But from three
# words on that say something they always are: of a whole question what is meant seldom holds every word.
ENOUGH = 20
SEVERAL = 3
SAYING = 0.3  # weight from which a word says something
NEAR = 0.5  # least share of the wanted words, by their weight, that a near miss must hold
NEAR_FALLS = 0.06  # with every telling word beyond SEVERAL: of a long question fewer are held
NEAR_LEAST = 0.25
WHOLE = 0.999  # share of the wanted words from which all of them are held: shares are sums of fractions
PREFIX_TERMS = 300  # words that one prefix* may stand for; the most frequent ones
COMPLETIONS = 12  # words that one unfinished word may stand for
SHORTEST_COMPLETION = 3  # letters: two letters begin too many words

# Scores of candidates.
PROXIMITY_FOR = 150  # best candidates whose words are looked at for being neighbours: more than a page
TIES = 0.02  # what importance adds to an exact name: less than a step of how sure a name is
UNKNOWN = 1000  # documents that an unknown word is taken to stand in: it is likely a slip or filler
RAREST = 2.0  # a word in three documents must not outweigh all other words of a query
FACET_FROM = 0.15  # weight of a meaning from which what has the facet value holds the word
SHARED_FROM = 3  # apps from which a thing is of a library rather than of an app

# What names add, and what holds a typed column, extra key, label or bug.
MOST_TABLES = 600  # with a column
MOST_OTHERS = 60  # with an extra key or a label
SURE = {  # shares of an own name's worth; an own column is one that was typed behind its table
    "own column": 0.95, "column": 0.6, "leaf": 0.45, "bug": 0.9, "extra": 0.4, "label": 0.35,
}  # fmt: skip
MOST_LITERAL = 60  # things named alike whose names are looked at letter by letter
SHORTEST_UNFINISHED = 4  # letters from which the names that go on from them are looked at
MOST_UNFINISHED = 200  # of those names, the shortest
HOLDERS = 0.25  # power of the importance of what holds a typed column, against the most important one
UNFINISHED_NAME = 1.5  # "pwmgr_or" alone is a name that goes on, more surely than words are

# What may stand for a word.
COMMONER = 10  # times that a word is used for one of what may be its misspelling
SOUGHT = 0.1  # weight of a small word ("the", "of", "how") from which it is looked for, see _sought()

# Names a slip away.
NEAR_NAMES = 8  # names a slip away that are looked at
SHORTEST_NEAR_NAME = 6  # letters of a name in which a slip is looked for

# Things of one name.
NAMESAKES_AMONG = 200  # best groups that are looked at for sharing a name
MOST_DEMOTED = 4  # from here on a further namesake is demoted no more

# The learned order.
EXACT = 100.0  # what a name adds from which it is exact: nothing is learned about such
AMONG = 60  # best groups that are put in order: three pages


def inverse_frequency(documents: int, holding: int) -> float:
    """How much a word tells: the rarer the more (BM25's idf, never negative)."""
    return log(1.0 + (documents - holding + 0.5) / (holding + 0.5))


def saturated(counts: Floats, weights: Weights) -> Floats:
    """What weighted counts of a word are worth before its rarity: the more the better, but less and less."""
    return counts * np.float32(weights.saturation + 1.0) / (counts + np.float32(weights.saturation))


def usage_factor(usage: npt.NDArray[np.int32], weights: Weights) -> Floats:
    """What being named by other things is worth."""
    doublings = np.minimum(np.log2(1.0 + usage), weights.usage_limit)
    return np.asarray(1.0 + weights.usage * doublings, np.float32)


@dataclass(frozen=True, slots=True)
class Damping:
    """How a group's term counts shrink with its length: count / (1 - share + share * length / usual)."""

    share: float
    usual: float  # a usual number of words of this group in the real data


DAMPING: Mapping[str, Damping] = {
    "name": Damping(0.5, 5.0),  # a short name that holds the word is more about it
    "label": Damping(0.4, 12.0),
    "prose": Damping(0.6, 40.0),
    "column": Damping(0.5, 120.0),
}


def damping(group: str, length: float) -> float:
    """What one occurrence of a term weighs in a text of a group that has so many."""
    rule = DAMPING[group]
    return 1.0 / (1.0 - rule.share + rule.share * length / rule.usual)
