"""The history of a definition as a readable diff: what changed between two entries, word by word."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from markupsafe import Markup, escape

from indexer.model.definitions import ExtraKey, MetricDefinition, PingDefinition

# what the history shows, in this order; dates, places and fingerprints of an entry are not changes
FIELD_LABELS = {
    "type": "Type",
    "description": "Description",
    "expires": "Expires",
    "disabled": "Disabled",
    "lifetime": "Lifetime",
    "send_in_pings": "Sent in pings",
    "sensitivity": "Sensitivity",
    "unit": "Unit",
    "labels": "Labels",
    "extra_keys": "Extras",
    "structure": "Structure",
    "buckets": "Buckets",
    "telemetry_mirror": "Legacy mirror",
    "denominator": "Denominator",
    "tags": "Tags",
    "bugs": "Bugs",
    "data_reviews": "Data reviews",
    "emails": "Owners",
    "version": "Version",
    "reasons": "Reasons",
    "include_client_id": "Client id",
    "include_info_sections": "Info sections",
    "send_if_empty": "Sent if empty",
    "enabled": "Enabled",
    "schedules_pings": "Schedules",
    "follows_collection_enabled": "Follows collection enabled",
    "uploader_capabilities": "Uploader capabilities",
}
LONGEST_DIFF = 4_000  # characters; above, word by word takes too long and nobody reads it


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a definition changed: which, and the old and the new text with what differs marked."""

    label: str
    text: Markup


@dataclass(frozen=True, slots=True)
class Entry:
    """One definition: when it held, and what it changed against the one before it."""

    first: str
    last: str
    source_url: str
    changes: tuple[Change, ...]  # empty for the oldest: it defined everything


def history_entries(history: Sequence[MetricDefinition] | Sequence[PingDefinition]) -> tuple[Entry, ...]:
    """The entries newest first, each with what it changed."""
    definitions: list[MetricDefinition | PingDefinition] = list(history)
    older = [*definitions[1:], None] if definitions else []  # a ping known from its schema only has none
    return tuple(
        Entry(new.first, new.last, new.source_url, tuple(_changes(old, new)) if old else ())
        for new, old in zip(definitions, older, strict=True)
    )


def _changes(old: Any, new: Any) -> list[Change]:
    known = {field.name for field in dataclasses.fields(new)}
    return [
        Change(label, _diff(getattr(old, name), getattr(new, name)))
        for name, label in FIELD_LABELS.items()
        if name in known and getattr(old, name) != getattr(new, name)
    ]


def _diff(old: Any, new: Any) -> Markup:
    if isinstance(old, tuple) and isinstance(new, tuple):
        return _listed(_words(old), _words(new))
    if isinstance(old, dict) and isinstance(new, dict):
        return _listed([f"{k}: {v}" for k, v in old.items()], [f"{k}: {v}" for k, v in new.items()])
    return word_diff(_plain(old), _plain(new))


def _words(values: tuple[Any, ...]) -> list[str]:
    return [_extra(value) if isinstance(value, ExtraKey) else str(value).strip() for value in values]


def _extra(key: ExtraKey) -> str:
    only = f" of {', '.join(key.values)}" if key.values else ""
    return f"{key.name} ({key.type}{only}): {key.description}"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value not in ("", None) else "none"


def _listed(old: list[str], new: list[str]) -> Markup:
    """What went and what came, as a list; what stayed is only counted."""
    before, after = set(old), set(new)
    gone = [word for word in old if word not in after]
    come = [word for word in new if word not in before]
    if not gone and not come:
        return Markup("order changed")
    pieces = [Markup("<del>{}</del>").format(word) for word in gone]
    pieces += [Markup("<ins>{}</ins>").format(word) for word in come]
    return Markup(" ").join(pieces)


def word_diff(old: str, new: str) -> Markup:
    """Two texts as one, with `<del>` and `<ins>` around the words that differ."""
    if len(old) + len(new) > LONGEST_DIFF:
        return Markup("<del>{}…</del> <ins>{}…</ins>").format(old[:200], new[:200])
    before, after = old.split(), new.split()
    pieces: list[Markup] = []
    for action, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = " ".join(before[a:b]), " ".join(after[c:d])
        if action == "equal":
            pieces.append(escape(gone))
            continue
        pieces += [Markup("<del>{}</del>").format(gone)] if gone else []
        pieces += [Markup("<ins>{}</ins>").format(come)] if come else []
    return Markup(" ").join(pieces)
