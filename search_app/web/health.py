"""For operators: alive, ready, numbers."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import cast

from flask import Blueprint, Flask, Response, current_app, g, request
from flask.sansio.blueprints import BlueprintSetupState

from search_app.web.state import NothingIndexed, current_site

blueprint = Blueprint("ops", __name__)
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)  # seconds


class Measurements:
    """Counts of this process since it started; safe for threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.restart()

    def restart(self) -> None:
        """Count from nothing, in a process that has just been forked."""
        self.responses: Counter[tuple[str, int]] = Counter()  # (endpoint, status)
        self.buckets: Counter[tuple[str, float]] = Counter()  # (endpoint, upper bound)
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.started = time.time()

    def add(self, endpoint: str, status: int, seconds: float) -> None:
        """Count one response."""
        with self.lock:
            self.responses[endpoint, status] += 1
            self.seconds[endpoint] += seconds
            for bound in BUCKETS:
                if seconds <= bound:
                    self.buckets[endpoint, bound] += 1

    def lines(self) -> list[str]:
        """All numbers in Prometheus' text format."""
        with self.lock:
            responses, seconds = dict(self.responses), dict(self.seconds)
            buckets = dict(self.buckets)
        lines = ["# TYPE starchart_responses_total counter"]
        lines += [
            f'starchart_responses_total{{endpoint="{endpoint}",status="{status}"}} {count}'
            for (endpoint, status), count in sorted(responses.items())
        ]
        lines.append("# TYPE starchart_response_seconds histogram")
        for endpoint in sorted(seconds):
            total = sum(count for (name, _), count in responses.items() if name == endpoint)
            lines += [
                f'starchart_response_seconds_bucket{{endpoint="{endpoint}",le="{bound}"}} '
                f"{buckets.get((endpoint, bound), 0)}"
                for bound in BUCKETS
            ]
            lines += [
                f'starchart_response_seconds_bucket{{endpoint="{endpoint}",le="+Inf"}} {total}',
                f'starchart_response_seconds_sum{{endpoint="{endpoint}"}} {seconds[endpoint]:.6f}',
                f'starchart_response_seconds_count{{endpoint="{endpoint}"}} {total}',
            ]
        return lines


@blueprint.record_once
def _start_measuring(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    measurements = Measurements()
    app.extensions["starchart measurements"] = measurements

    def measure(response: Response) -> Response:
        if (started := g.get("started")) is not None:
            seconds = time.perf_counter() - started
            measurements.add(request.endpoint or "unknown", response.status_code, seconds)
        return response

    app.after_request(measure)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """There is a generation to answer from; 503 where there is none."""
    try:
        generation = current_site().engine.generation
    except NothingIndexed as problem:
        return Response(f"not ready: {problem}\n", status=503, mimetype="text/plain")
    return Response(f"ready {generation.id}\n", mimetype="text/plain")


@blueprint.get("/metrics")
def metrics() -> Response:
    """Responses by endpoint, their durations, and the generation's age, for Prometheus."""
    site = current_site()
    measurements: Measurements = _measurements()
    lines = measurements.lines()
    lines += ["# TYPE starchart_process_start_seconds gauge"]
    lines.append(f"starchart_process_start_seconds {measurements.started:.3f}")
    try:
        generation = site.engine.generation
    except NothingIndexed:
        lines += ["# TYPE starchart_ready gauge", "starchart_ready 0"]
    else:
        lines += ["# TYPE starchart_ready gauge", "starchart_ready 1"]
        lines += ["# TYPE starchart_sample gauge", f"starchart_sample {int(generation.sample)}"]
        if (age := _age(generation.built_at)) is not None:
            lines += ["# TYPE starchart_generation_age_seconds gauge"]
            lines.append(f"starchart_generation_age_seconds {age:.0f}")
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


def _measurements() -> Measurements:
    found: Measurements = current_app.extensions["starchart measurements"]
    return found


def restart_measuring(app: Flask) -> None:
    """Let a process that has just been forked count only what it answers itself."""
    found: Measurements = app.extensions["starchart measurements"]
    found.restart()


def _age(built_at: str) -> float | None:
    try:
        built = datetime.fromisoformat(built_at)
    except ValueError:
        return None
    if built.tzinfo is None:
        built = built.replace(tzinfo=UTC)
    return (datetime.now(UTC) - built).total_seconds()
