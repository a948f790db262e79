"""A name that pasted text says, before it is known whether there is such a thing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mention:
    """One name in a snippet."""

    text: str  # as it stands there, without quotes
    role: str = "name"  # what the place says of it: name, metric, event, ping, probe, table, column, measure,
    # explore, dashboard, app, page, bug, call, id
    weight: float = 1.0  # 0..1: how surely it is what the snippet is about


@dataclass(frozen=True, slots=True)
class Snippet:
    """Pasted code, SQL, configuration, or an address."""

    language: str  # or the tool whose address it is
    mentions: tuple[Mention, ...]  # surest first
