"""The last day on which clients surely sent a thing that has ended (faults A12).

Queries of such a thing ask for the days before it. Clients of older versions go on sending
for months, but ever fewer; up to this day all of them did. "" where it is not known.
"""

from __future__ import annotations

from collections.abc import Sequence

from indexer.model.definitions import MetricDefinition
from indexer.model.liveness import Clock, parse_expiry

ENDED = frozenset({"expired", "removed"})

# A version reaches Nightly when the one two before it is released, and Beta when the one before is.
_AHEAD = {"nightly": 2, "beta": 1}


def day_of_version(version: int, channel: str, now: Clock) -> str:
    """The day on which a channel reached a major version, by the days of release; "" where unknown."""
    return now.releases.get(version - _AHEAD.get(channel, 0), "")[:10]


def last_day(
    expires: str,
    now: Clock,
    *,
    channel: str = "",
    removed: str | None = None,
    expired_since: str = "",
) -> str:
    """The earlier of the day of its removal and the day of its expiry, as an ISO date.

    `removed` is the last day on which its source had it (None while it has it, "" where the day
    is not known), `expired_since` the day since which its definition says "expired". Where one of
    the two happened on a day that is not known, the last day is not known either.
    """
    expiry = parse_expiry(expires)
    days = [] if removed is None else [removed[:10]]
    if expiry.on is not None and expiry.on <= now.today:
        days.append(expiry.on.isoformat())
    if expiry.kind == "version" and now.versions.get(channel or "release", 0) >= expiry.version:
        days.append(day_of_version(expiry.version, channel, now))
    if expiry.kind == "expired":
        days.append(expired_since[:10])
    return min(days, default="")  # "" is smaller than every day


def expired_since(history: Sequence[MetricDefinition]) -> str:
    """Since when the newest definitions say "expired"; "" where the newest does not. History newest first."""
    since = ""
    for definition in history:
        if parse_expiry(definition.expires).kind != "expired":
            break
        since = definition.first
    return since
