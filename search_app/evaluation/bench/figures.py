"""What is measured, as plain values that become JSON and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds of many runs."""

    p50: float
    p95: float
    p99: float
    max: float

    @staticmethod
    def of(milliseconds: Sequence[float]) -> Spread:
        """Percentiles of milliseconds, rounded to a microsecond; zeros where nothing was measured."""
        points = np.percentile(np.array(milliseconds or [0.0]), [50, 95, 99, 100])
        return Spread(*(round(float(point), 3) for point in points))


@dataclass(frozen=True, slots=True)
class Built:
    """What an index took to build and takes to keep."""

    cpu_seconds: float
    wall_seconds: float
    megabytes: float
    peak_megabytes: float


@dataclass(frozen=True, slots=True)
class Asked:
    """How fast one engine answers. Processor time; `wall` is the same by the clock."""

    opened_ms: float
    queries: int  # that were asked: of a slow engine not all
    first: Spread  # each query for the first time in a new process
    warm: Spread  # the median of the rounds of each query
    wall: Spread
    classes: dict[str, Spread]
    suggested: Spread | None
    matched: float  # documents or families found, on average: who finds less does less
    slowest: str  # the query that took longest, warm


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine at one size."""

    name: str
    lacks: str
    built: Built
    asked: Asked
    worker_megabytes: tuple[float, ...] = ()  # proportional set size of each of two processes


@dataclass(frozen=True, slots=True)
class Sized:
    """All engines at one size."""

    label: str
    documents: int
    engines: dict[str, Engine]


@dataclass(frozen=True, slots=True)
class Served:
    """One address through gunicorn under wrk."""

    what: str
    workers: int
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms_per_request: float  # of the workers
    worker_megabytes: tuple[float, ...]
    failed: int


@dataclass(frozen=True, slots=True)
class Report:
    """One run of the bench."""

    date: str
    machine: dict[str, str]
    versions: dict[str, str]
    sizes: list[Sized] = field(default_factory=list)
    served: list[Served] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
