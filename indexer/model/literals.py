"""The closed sets of values that records and items hold."""

from __future__ import annotations

from typing import Literal, get_args

KindName = Literal[
    "app", "ping", "metric", "probe", "table", "measure", "explore", "dashboard", "routine", "doc", "tool"
]
Status = Literal["active", "expired", "removed", "disabled", "deprecated", "unknown"]  # rule 7
Layer = Literal["view", "derived", "stable", "live", "other"]  # rule 6
ProbeType = Literal["histogram", "scalar", "event"]
KnownFrom = Literal["probeinfo", "schema"]  # "schema": its definition was not found
ValueKind = Literal["number", "boolean", "other", ""]  # of a measure's expression; "" where not known
Access = Literal["public", "staff"]  # who can open a tool

STATUSES: tuple[Status, ...] = get_args(Status)
PROBE_TYPES: tuple[ProbeType, ...] = get_args(ProbeType)
