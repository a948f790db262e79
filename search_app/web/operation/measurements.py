"""What the server counts of itself, for Prometheus: over all workers where they share a folder.

prometheus_client keeps the numbers of each process in files of that folder and adds them up when
they are asked for, so that it does not matter which worker is asked. Without a folder (a test, a
command) they are those of this process.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, Metric, values
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from indexer.runtime.locking import folder_of_process
from search_app.web.state import asked_by_ourselves

EXTENSION = "starchart measurements"
FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the variable by which the library knows where workers meet
PREFIX = "starchart-metrics-"  # of such a folder, followed by the server's process id
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)  # seconds


class Measurements:
    """The counters of one app. What is asked by ourselves is not counted."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.responses = Counter(
            "starchart_responses", "Responses.", ["endpoint", "status"], registry=self._registry
        )
        self.seconds = Histogram(
            "starchart_response_seconds",
            "Time to work out a response.",
            ["endpoint"],
            buckets=BUCKETS,
            registry=self._registry,
        )
        self.searches = Counter("starchart_searches", "Searches answered.", registry=self._registry)
        self.without_hits = Counter(
            "starchart_searches_without_hits", "Searches that found nothing.", registry=self._registry
        )
        self.typed = Counter(
            "starchart_typed", "Answers to what was still being typed.", registry=self._registry
        )
        self.refused = Counter(
            "starchart_refused", "Requests answered with 429.", ["route"], registry=self._registry
        )

    def add(self, endpoint: str, status: int, seconds: float) -> None:
        """Count one response."""
        if not asked_by_ourselves():
            self.responses.labels(endpoint, str(status)).inc()
            self.seconds.labels(endpoint).observe(seconds)

    def of_response(self, response: Response) -> Response:
        """The response, counted; for after_request."""
        if (started := g.get("started")) is not None:
            self.add(request.endpoint or "unknown", response.status_code, time.perf_counter() - started)
        return response

    def add_search(self, total: int) -> None:
        """Count one search by how many hits it has."""
        if not asked_by_ourselves():
            self.searches.inc()
            if not total:
                self.without_hits.inc()

    def add_typed(self) -> None:
        """Count one answer to what was still being typed: no search yet."""
        if not asked_by_ourselves():
            self.typed.inc()

    def registry(self, *more: Collector) -> CollectorRegistry:
        """All numbers, those of the other workers too, and what these collectors say."""
        together = CollectorRegistry()
        if os.environ.get(FOLDER):
            MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        else:
            together.register(_Own(self._registry))
        for collector in more:
            together.register(collector)
        return together


class _Own(Collector):
    """What a registry holds, as a part of another one."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterable[Metric]:
        return self._registry.collect()


def current_measurements() -> Measurements:
    """The counters of the running app."""
    return measurements_of(current_app)


def measurements_of(app: Flask) -> Measurements:
    """The counters of an app."""
    found: Measurements = app.extensions[EXTENSION]
    return found


def count_together() -> Path:
    """Make the folder in which this process and those that it forks count, before an app is made.

    Whoever calls it removes the folder in the end.
    """
    folder = folder_of_process(PREFIX)
    os.environ[FOLDER] = str(folder)
    # chosen at import by the library, and by us only now: no other command has a folder to count in
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]
    return folder
