"""Alive or not, and why, in plain words (docs/domain.md rule 7).

Pure: the day and the Firefox versions are passed in as a Clock, so that a page
built today can be rebuilt for any other day. Reasons are made for people; the
status is one of literals.STATUSES.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from indexer.model.literals import Status
from indexer.model.parts import ChannelStatus
from indexer.model.records import FirefoxVersion

# Most alive first. Unknown stands high, for it may well be alive; a deprecated app still sends
# for years; what is disabled can be enabled from afar; the rest needs a new release.
LIFE = ("active", "unknown", "deprecated", "disabled", "expired", "removed")

# Channels that ship Firefox, in the order in which a version reaches them.
FIREFOX_CHANNELS = ("nightly", "beta", "release")

_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
# What people write where upstream has no field for it. Not of a label or an extra that is deprecated
# ("Deprecated: `native_code_crash`"), nor of a name that holds the word.
_SAID_DEPRECATED = re.compile(
    r"\bth(?:is|e) (?:ping|metric|event|probe|table|view|query) "
    r"(?:is|was|has been|is being)(?: now)? deprecated\b"
    r"|\bthis is (?:a )?deprecated (?:ping|metric|event|probe|table|view)\b"
    r"|(?:^|[.!]\s|\n)[\s*_(]*deprecated\b[*_]*"
    r"(?:,? (?:please )?use\b| in favou?r of\b| in (?:fx|firefox ?)\d| per https?:| as of \d)",
    re.IGNORECASE,
)
_SAID_WITHIN = 2_000  # characters of a description that are looked at
_VERSION = re.compile(r"(0|[1-9]\d{0,3})(?:\.\d{1,2})*(?:[ab]\d+|esr)?$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Clock:
    """The day, and which major version each Firefox channel has reached."""

    today: date
    versions: Mapping[str, int] = field(default_factory=dict)  # channel -> major
    releases: Mapping[int, str] = field(default_factory=dict)  # major -> ISO date of its release


@dataclass(frozen=True, slots=True)
class Expiry:
    """An `expires` value as read: at most one of `on` and `version` is set."""

    kind: str  # never, expired, date, version, unknown
    on: date | None = None
    version: int = 0


def clock(today: date, versions: Iterable[FirefoxVersion]) -> Clock:
    """The Clock for a day; rows with an empty channel only date a major version."""
    majors: dict[str, int] = {}
    releases: dict[int, str] = {}
    for row in versions:
        if row.channel:
            majors[row.channel] = max(row.major, majors.get(row.channel, 0))
        elif row.released:
            releases[row.major] = row.released
    return Clock(today, majors, releases)


@lru_cache(maxsize=10_000)  # a few hundred are asked for again and again
def parse_expiry(expires: str) -> Expiry:
    """Reads never, expired, an ISO date or a major version ("145", also "145.0a1"); else kind unknown."""
    text = expires.strip().lower()
    if text in ("", "never", "none"):
        return Expiry("never")
    if text == "expired":
        return Expiry("expired")
    if day := _DATE.match(text):
        try:
            return Expiry("date", on=date(int(day[1]), int(day[2]), int(day[3])))
        except ValueError:
            return Expiry("unknown")
    if number := _VERSION.match(text):
        return Expiry("version", version=int(number[1]))
    return Expiry("unknown")


def _expired(expires: str, channel: str, now: Clock) -> tuple[Status, str]:
    expiry = parse_expiry(expires)
    if expiry.kind == "expired":
        return "expired", "expired, as its definition says"
    if expiry.on is not None and expiry.on <= now.today:
        return "expired", f"expired on {expiry.on.isoformat()}"
    if expiry.kind == "version":
        reached = now.versions.get(channel or "release")
        if reached is None:
            return "unknown", f"expires in Firefox {expiry.version}, and the version of today is not known"
        if reached >= expiry.version:
            title = (channel or "release").capitalize()
            return "expired", f"expired in Firefox {expiry.version} ({title} is {reached})"
    if expiry.kind == "unknown":
        return "unknown", f"its expiry is not understood: {expires[:40]}"
    return "active", ""


@lru_cache(maxsize=256)  # asked for each channel and column of one thing after another
def said_deprecated(description: str) -> bool:
    """Whether a description says of the very thing that it is deprecated: upstream has no field for that."""
    return bool(_SAID_DEPRECATED.search(description[:_SAID_WITHIN]))


def status_of(
    expires: str,
    now: Clock,
    *,
    channel: str = "",
    in_source: bool = True,
    last_seen: str = "",
    disabled: bool = False,
    description: str = "",
    deprecated_app: str = "",
) -> tuple[Status, str]:
    """(status, reason) in one channel; the reason is "" for what is active.

    What the definition itself says comes before the app's deprecation: it is the
    better answer to "why is there no data". `deprecated_app` is the app's title.
    """
    if not in_source:
        seen = f", last seen {last_seen[:10]}" if last_seen else ""
        return "removed", f"removed from the source{seen}"
    status, reason = _expired(expires, channel, now)
    if status == "expired":
        return status, reason
    if disabled:
        return "disabled", "disabled in its definition"
    if said_deprecated(description):
        return "deprecated", "deprecated, as its description says"
    if deprecated_app:
        return "deprecated", f"{deprecated_app} is deprecated"
    return status, reason


def channels_of(channel: str, expires: str) -> tuple[str, ...]:
    """The channels to judge: a version expires at another time in each, where one app id ships them all."""
    if channel or parse_expiry(expires).kind != "version":
        return (channel,)
    return FIREFOX_CHANNELS


def summary(channels: Sequence[ChannelStatus]) -> tuple[Status, str]:
    """The most alive status over channels, with the first reason that goes with it."""
    if not channels:
        return "unknown", "no app is known to send it"
    best = min(channels, key=lambda row: LIFE.index(row.status))
    return best.status, best.reason


def next_change(expiries: Iterable[str], today: date) -> str:
    """The earliest ISO date after today on which one of these expires, or ""."""
    days = (parse_expiry(expires).on for expires in expiries)
    return min((day.isoformat() for day in days if day is not None and day > today), default="")
