"""For operators: alive, ready, numbers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast

from flask import Blueprint, Flask, Response, g, request
from flask.sansio.blueprints import BlueprintSetupState
from prometheus_client import CONTENT_TYPE_LATEST, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from search_app.web.measurements import EXTENSION, Measurements, current_measurements
from search_app.web.state import NothingIndexed, Site, current_site

blueprint = Blueprint("ops", __name__)


@blueprint.record_once
def _start_measuring(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    measurements = Measurements()
    app.extensions[EXTENSION] = measurements

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
    except NothingIndexed:  # which folder lacks what is for the log, not for strangers
        return Response("not ready: nothing is indexed yet\n", status=503, mimetype="text/plain")
    return Response(f"ready {generation.id}\n", mimetype="text/plain")


@blueprint.get("/metrics")
def metrics() -> Response:
    """Responses, searches, generation, for Prometheus: the sums over all workers."""
    registry = current_measurements().registry(Installation(current_site()))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Installation(Collector):
    """How the installation stands, read from its files at the moment of asking."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def collect(self) -> Iterator[Metric]:
        try:
            generation = self._site.engine.generation
        except NothingIndexed:
            yield _gauge("starchart_ready", "Whether there is a generation to answer from.", 0)
            return
        yield _gauge("starchart_ready", "Whether there is a generation to answer from.", 1)
        yield _gauge("starchart_sample", "Whether it is the shipped sample.", int(generation.sample))
        if (age := _age(generation.built_at)) is not None:
            yield _gauge("starchart_generation_age_seconds", "Time since it was built.", round(age))


def _gauge(name: str, documentation: str, value: float) -> Metric:
    return GaugeMetricFamily(name, documentation, value)


def _age(built_at: str) -> float | None:
    try:
        built = datetime.fromisoformat(built_at)
    except ValueError:
        return None
    if built.tzinfo is None:
        built = built.replace(tzinfo=UTC)
    return (datetime.now(UTC) - built).total_seconds()
