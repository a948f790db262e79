"""Which Glean metric probably replaces a legacy probe, where upstream declares no mirror.

Said only where name or words are all but equal, and one metric alone fits: a wrong successor is
worse than none. Each has its reason, and pages say "probably".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from indexer.model.items import MetricItem, ProbeItem
from indexer.model.replace import replace

ORIGINS = frozenset({"gecko", "firefox_desktop"})  # what Firefox on the desktop defines itself
LEAST_TEXT = 5  # words: fewer are alike by chance
LEAST_NAME = 8  # letters of a name without its units and numbers
SAME_TEXT = 0.85  # of the words in their order
SAME_NAME_TEXT = 0.3  # what the words must have in common where the names are all but equal
SAME_TEXT_NAME = 0.5  # what the names must have in common where the words are all but equal
UNITS = frozenset(
    {"ms", "us", "ns", "s", "sec", "secs", "seconds", "milliseconds", "minutes", "kb", "mb", "gb", "bytes"}
)
TEXTUAL = frozenset({"string", "string_list", "text", "url", "uuid", "object"})
_NUMBER = re.compile(r"v?\d+")
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")  # a word of camelCase, A_B, a.b_c
_WORD = re.compile(r"[a-z0-9]+")
# What FOG's definitions say of themselves beside what they measure.
_BESIDE = re.compile(
    r"this metric was generated to correspond to.*|migrated from .*|compare against .*|\(.{0,60}\)",
    re.IGNORECASE,
)
_USE_COUNTER = "USE_COUNTER2_"
SAME_WORDS = "the same words describe both"


@dataclass(frozen=True, slots=True)
class Replacement:
    """A metric that probably replaces a probe."""

    probe: str  # id
    metric: str  # id
    reason: str


@dataclass(frozen=True, slots=True)
class _Named:
    """What of a thing is compared."""

    name: tuple[str, ...]  # its words, without units and numbers at the end
    text: tuple[str, ...]  # the words of its description


def replacements(
    probes: Iterable[ProbeItem], metrics: Iterable[MetricItem], mirrors: Mapping[str, str]
) -> list[Replacement]:
    """The probable successor of each probe that has no mirror; `mirrors`: metric id -> probe id."""
    chosen = [m for m in metrics if m.origin in ORIGINS and m.definition is not None and m.in_source]
    probes = list(probes)
    names = {probe.id: core(probe.name.partition("/")[2]) for probe in probes}
    mirrored_as = {metric: (names.get(probe, ()), version_of(probe)) for metric, probe in mirrors.items()}
    index = _Index(chosen, mirrored_as)
    mirrored = set(mirrors.values())
    found = []
    for probe in probes:
        if probe.id not in mirrored and (best := _best(probe, names[probe.id], index)):
            found.append(best)
    return found


class _Index:
    """Metrics by the words of their names and by what they say."""

    def __init__(
        self, metrics: Sequence[MetricItem], mirrors: Mapping[str, tuple[tuple[str, ...], int]]
    ) -> None:
        self.named = {m.id: _Named(core(m.name), words_of(m.description)) for m in metrics}
        self.types = {m.id: m.type for m in metrics}
        self.mirrors = mirrors
        self.by_word: dict[str, list[str]] = {}
        self.by_text: dict[tuple[str, ...], list[str]] = {}
        for key, named in self.named.items():
            for word in dict.fromkeys(named.name):
                self.by_word.setdefault(word, []).append(key)
            if len(named.text) >= LEAST_TEXT:
                self.by_text.setdefault(named.text, []).append(key)

    def near(self, name: Sequence[str]) -> Iterator[str]:
        """Metrics whose names have at least half of these words."""
        shared: dict[str, int] = {}
        for word in dict.fromkeys(name):
            for key in self.by_word.get(word, ()):
                shared[key] = shared.get(key, 0) + 1
        return (key for key, count in shared.items() if count * 2 >= len(set(name)))

    def free(self, metric: str, name: tuple[str, ...], version: int) -> bool:
        """Whether a metric mirrors no other probe, unless a newer version of this one: what mirrors an older
        one is not what came after it.
        """
        mirrored, its_version = self.mirrors.get(metric, (name, version + 1))
        return mirrored == name and its_version > version


def version_of(name: str) -> int:
    """The number behind a probe's name: 2 of GC_MAX_PAUSE_MS_2, else 0."""
    found = re.search(r"_V?(\d{1,3})$", name, re.IGNORECASE)
    return int(found[1]) if found else 0


def _best(probe: ProbeItem, name: tuple[str, ...], index: _Index) -> Replacement | None:
    text = words_of(probe.description)
    if probe.name.partition("/")[2].startswith(_USE_COUNTER):
        # thousands of names made by one rule, whose words say exactly what is counted
        fitting = index.by_text.get(text, []) if len(text) >= LEAST_TEXT - 1 else []
        return (
            Replacement(probe.id, fitting[0], "the same words describe both") if len(fitting) == 1 else None
        )
    found: dict[str, tuple[float, str]] = {}
    for metric in index.near(name):
        if not _fits(probe, index.types[metric]) or not index.free(metric, name, version_of(probe.name)):
            continue
        like = _likeness(_Named(name, text), index.named[metric])
        if like is not None:
            found[metric] = like
    ranked = sorted(found.items(), key=lambda pair: -pair[1][0])
    if not ranked or (len(ranked) > 1 and ranked[1][1][0] > ranked[0][1][0] - 0.1):
        return None  # several fit as well: none is said
    return Replacement(probe.id, ranked[0][0], ranked[0][1][1])


def _likeness(probe: _Named, metric: _Named) -> tuple[float, str] | None:
    """How like two things are, and why; None where that is too little."""
    long_enough = min(len(probe.text), len(metric.text)) >= LEAST_TEXT
    # a few words say something beside an equal name only, and only where they are the very same
    text = _ratio(probe.text, metric.text) if long_enough else float(probe.text == metric.text != ())
    shared = len(set(probe.name) & set(metric.name)) / max(1, len(set(probe.name)))
    same_name = metric.name[-len(probe.name) :] == probe.name and len("".join(probe.name)) >= LEAST_NAME
    if same_name and text >= SAME_TEXT:
        return 2.0 + text, "name and description are all but equal"
    if same_name and len(probe.name) > 1 and text >= SAME_NAME_TEXT:
        return 1.0 + text, "the names are all but equal, and the descriptions are alike"
    if long_enough and text >= SAME_TEXT and shared >= SAME_TEXT_NAME:
        return shared + text, "the descriptions are all but equal, and the names are alike"
    return None


def _fits(probe: ProbeItem, metric_type: str) -> bool:
    """Whether values of a probe can be values of a metric of that type."""
    if probe.probe_type == "event" or metric_type == "event":
        return probe.probe_type == "event" and metric_type == "event"
    if metric_type == "labeled_string":  # a stage or reason: a number of an enumeration before, a word now
        return True
    kind = probe.definitions[0].kind if probe.definitions else ""
    return (probe.probe_type == "scalar" and kind == "string") == (metric_type in TEXTUAL)


def core(name: str) -> tuple[str, ...]:
    """The words of a name without the units and numbers at its end: GC_MAX_PAUSE_MS_2 -> gc, max, pause."""
    words = list(_words(name))
    while len(words) > 1 and (words[-1] in UNITS or _NUMBER.fullmatch(words[-1])):
        words.pop()
    return tuple(words)


@lru_cache(maxsize=20_000)
def _words(name: str) -> tuple[str, ...]:
    return tuple(piece.lower() for piece in _PIECE.findall(name))


def words_of(description: str) -> tuple[str, ...]:
    """What a description says, without what it says of the definition itself."""
    said = _BESIDE.sub(" ", " ".join(description.split())[:600])
    return tuple(_WORD.findall(said.lower()))


def _ratio(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def with_replacements(
    probes: Sequence[ProbeItem], metrics: Sequence[MetricItem], found: Iterable[Replacement]
) -> tuple[list[ProbeItem], list[MetricItem]]:
    """Probes with what probably replaces them and why, metrics with the probes that they probably replace."""
    by_probe = {each.probe: each for each in found}
    by_metric: dict[str, list[tuple[str, str]]] = {}
    for each in by_probe.values():
        by_metric.setdefault(each.metric, []).append((each.probe, each.reason))
    return (
        [
            replace(
                p,
                replaced_by=by_probe[p.id].metric,
                replaced_reason=by_probe[p.id].reason,
                related={**p.related, "replaced_by": (by_probe[p.id].metric,)},
            )
            if p.id in by_probe
            else p
            for p in probes
        ],
        [
            replace(
                m,
                replaces=tuple(by_metric[m.id]),
                related={**m.related, "replaces": tuple(probe for probe, _ in by_metric[m.id])},
            )
            if m.id in by_metric
            else m
            for m in metrics
        ],
    )
