"""What the records of a source look like in numbers, and what of a new lot is taken for broken, not for news.

A profile counts by type and by group (repository, platform, kind of probe), and looks at each field: how
many records say something in it, how many say the same, how many say only digits. Upstream changes
little from crawl to crawl; what suddenly lacks, doubles, empties or says the same everywhere has been
broken on its way, and the records that we have stay until somebody accepts just that.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from indexer.model.turnover import is_loss

MANY = 20  # from which on shares say something

# What comes and goes by its nature: experiments begin and end, tools stand in the owner's own settings.
TURNOVER = frozenset({"SampledMetric", "DataTool"})
# A type's records fall into groups, each of which is looked at by itself.
GROUPS: dict[str, Callable[[Any], str]] = {
    "LegacyProbe": lambda record: str(record.type),
    "Measure": lambda record: str(record.platform),
    "DerivedTable": lambda record: str(record.project),
    "PingSchema": lambda record: str(record.namespace),
    "FirefoxVersion": lambda record: "channel" if record.channel else "release",
}
STRICT = frozenset({("FirefoxVersion", "channel")})  # of which none may go: all statuses hang on them


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Shares past which a change is taken for a fault (config.yaml, guard)."""

    loss: float
    growth: float
    change: float  # of the records that have a field, or say the same in it; of what is skipped
    other_program: bool = False  # the records before are those of an older version of the parser

    def for_other_program(self) -> Thresholds:
        """What holds in the one crawl after an upgrade: its new records differ for good reasons."""
        return Thresholds(max(0.5, self.loss), math.inf, 1.0, other_program=True)


@dataclass(frozen=True, slots=True)
class FieldProfile:
    """Of a field: in how many records it says something, the same thing most often, digits only."""

    filled: int = 0
    same: int = 0
    digits: int = 0


@dataclass(frozen=True, slots=True)
class TypeProfile:
    """Of a record type."""

    count: int = 0
    groups: dict[str, int] = field(default_factory=dict)
    fields: dict[str, FieldProfile] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """Of a source's records. `made_by`: the parsers; fields of others cannot be compared."""

    types: dict[str, TypeProfile] = field(default_factory=dict)
    skipped: int = 0
    made_by: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is not believed: `key` names it for `starchart crawl --accept`, `why` says what and how much."""

    key: str
    why: str

    def __str__(self) -> str:
        return f"{self.why} (starchart crawl --accept {self.key} takes it)"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What somebody takes as true, in this crawl alone: everything, or what is named."""

    keys: frozenset[str] = frozenset()
    everything: bool = False

    def covers(self, refusal: Refusal) -> bool:
        """Who takes the loss of a type takes it of its groups."""
        return self.everything or bool({refusal.key, refusal.key.partition("/")[0]} & self.keys)


def without_accepted(refusals: Iterable[Refusal], accepted: Accepted) -> list[Refusal]:
    """Those that nobody has accepted."""
    return [refusal for refusal in refusals if not accepted.covers(refusal)]


def profile_of(records: Sequence[Any], skipped: Mapping[str, int], made_by: str) -> Profile:
    """The profile of a source's records."""
    by_type: dict[str, list[Any]] = {}
    for record in records:
        by_type.setdefault(type(record).__name__, []).append(record)
    types = {name: _type_profile(name, rows) for name, rows in sorted(by_type.items())}
    return Profile(types, sum(skipped.values()), made_by)


def judge(
    source: str, before: Profile, after: Profile, allowed: Thresholds, *, losses: bool = True
) -> Iterator[Refusal]:
    """What is not believed of a source's new records, against those that it had.

    Without `losses` where each part was judged by itself: what is delisted takes all that is its own along.
    A type that the program itself has given up is no loss.
    """
    for name, old in before.types.items():
        new = after.types.get(name, TypeProfile())
        given_up = not new.count and after.types and allowed.other_program
        if name in TURNOVER or given_up:
            continue
        whole: list[Refusal] = []
        if losses or new.count > old.count:
            whole = list(judge_counts(f"{source}:{name}", name, old.count, new.count, allowed))
            yield from whole
        if losses and new.count and not whole:
            yield from _judge_groups(source, name, old, new, allowed)
        if before.made_by == after.made_by:
            yield from _judge_fields(source, name, old, new, allowed)
    if before.made_by == after.made_by:
        yield from _judge_skipped(source, before, after, allowed)


def judge_counts(
    key: str, what: str, before: int, after: int, allowed: Thresholds, *, growth: bool = True
) -> Iterator[Refusal]:
    """Whether so many may be left of so many, or have been added."""
    if is_loss(before, after, allowed.loss):
        yield Refusal(key, f"{what}: {after} of {before} left")
    elif growth and before >= MANY and after > before * (1 + allowed.growth):
        yield Refusal(key, f"{what}: {after} where {before} were")


def _judge_groups(
    source: str, name: str, old: TypeProfile, new: TypeProfile, allowed: Thresholds
) -> Iterator[Refusal]:
    for group, count in old.groups.items():
        left = new.groups.get(group, 0)
        key, what = f"{source}:{name}/{group}", f"{name} of {group}"
        if (name, group) in STRICT and left < count:
            yield Refusal(key, f"{what}: {left} of {count} left")
        elif count >= MANY:
            yield from judge_counts(key, what, count, left, allowed, growth=False)


def _judge_fields(
    source: str, name: str, old: TypeProfile, new: TypeProfile, allowed: Thresholds
) -> Iterator[Refusal]:
    if min(old.count, new.count) < MANY:
        return
    for place, was in old.fields.items():
        now = new.fields.get(place, FieldProfile())
        key, what = f"{source}:{name}.{place}", f"{name}.{place}"
        filled = (was.filled / old.count, now.filled / new.count)
        half_gone = was.filled >= MANY and filled[1] < filled[0] / 2
        if half_gone or filled[0] - filled[1] > allowed.change:
            yield Refusal(key, f"{what}: {now.filled} of {new.count} say something, {was.filled} did")
        elif now.same / new.count - was.same / old.count > allowed.change:
            yield Refusal(key, f"{what}: {now.same} of {new.count} say the same, {was.same} did")
        elif now.digits / new.count - was.digits / old.count > allowed.change:
            yield Refusal(key, f"{what}: {now.digits} of {new.count} are only digits, {was.digits} were")


def _judge_skipped(source: str, before: Profile, after: Profile, allowed: Thresholds) -> Iterator[Refusal]:
    """A file that is read, but of which much is passed over."""
    share = [
        profile.skipped / max(1, profile.skipped + sum(each.count for each in profile.types.values()))
        for profile in (before, after)
    ]
    if after.skipped - before.skipped >= MANY and share[1] - share[0] > allowed.change:
        yield Refusal(f"{source}:skipped", f"{after.skipped} things skipped, {before.skipped} were")


def _type_profile(name: str, rows: Sequence[Any]) -> TypeProfile:
    group_of = GROUPS.get(name)
    groups = Counter(group_of(row) for row in rows) if group_of else Counter[str]()
    values: dict[str, list[Any]] = {}
    for row in rows:
        for place, value in _values(row):
            values.setdefault(place, []).append(value)
    fields = {place: _field_profile(found) for place, found in values.items()}
    return TypeProfile(len(rows), dict(sorted(groups.items())), fields)


def _field_profile(found: Sequence[Any]) -> FieldProfile:
    """Values that cannot be hashed are never the same."""
    filled = sum(1 for value in found if value not in ("", None, (), False) and value != {})
    try:
        same = max(Counter(found).values())
    except TypeError:
        same = 0
    return FieldProfile(filled, same, sum(1 for value in found if isinstance(value, str) and value.isdigit()))


def _values(record: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The fields of a record by their places; of a list of definitions, the fields of the first one."""
    for name in _field_names(type(record)):  # type: ignore[arg-type]
        value = getattr(record, name)
        first = value[0] if isinstance(value, tuple) and value else value
        if not _field_names(type(first)):  # type: ignore[arg-type]
            yield prefix + name, value
        elif not prefix:
            yield name, True
            yield from _values(first, f"{name}.")


@functools.cache
def _field_names(kind: Any) -> tuple[str, ...]:
    """The fields of a definition; none of any other type."""
    return tuple(entry.name for entry in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()
