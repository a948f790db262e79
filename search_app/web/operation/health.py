"""For operators: alive, ready, numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast

from flask import Blueprint, Flask, Response, current_app
from flask.sansio.blueprints import BlueprintSetupState
from prometheus_client import CONTENT_TYPE_LATEST, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from indexer.status import Status, read_status
from search_app.web.operation.banner import watch_of
from search_app.web.operation.measurements import EXTENSION, Measurements, current_measurements
from search_app.web.state import NothingIndexed, Site, current_site

blueprint = Blueprint("ops", __name__)


@blueprint.record_once
def _start_measuring(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    measurements = Measurements()
    app.extensions[EXTENSION] = measurements
    app.after_request(measurements.of_response)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """There is a generation to answer from; 503 where there is none. What needs looking after is named:
    that is for monitoring, since no other server would answer better.
    """
    try:
        generation = current_site().engine.generation
    except NothingIndexed:  # which folder lacks what is for the log, not for strangers
        return Response("not ready: nothing is indexed yet\n", status=503, mimetype="text/plain")
    codes = [problem.code for problem in watch_of(current_app).status.problems]
    behind = f"behind: {', '.join(codes)}\n" if codes else ""
    passed = "".join(f"damaged, passed over: {name}\n" for name in generation.passed_over)
    return Response(f"ready {generation.id}\n{behind}{passed}", mimetype="text/plain")


@blueprint.get("/metrics")
def metrics() -> Response:
    """Responses, searches, generation, for Prometheus: the sums over all workers."""
    registry = current_measurements().registry(
        Installation(current_site(), read_status(current_site().config))
    )
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Installation(Collector):
    """How the installation stands, read from its files at the moment of asking."""

    def __init__(self, site: Site, status: Status) -> None:
        self._site = site
        self._status = status

    def collect(self) -> Iterator[Metric]:
        """What Prometheus asks for: generation, sources, jobs, read anew from the data folder each time."""
        yield from self._of_generation()
        yield from self._of_sources()
        yield from self._of_jobs()

    def _of_generation(self) -> Iterator[Metric]:
        ready = "Whether there is a generation to answer from."
        try:
            generation = self._site.engine.generation
        except NothingIndexed:
            yield GaugeMetricFamily("starchart_ready", ready, 0)
            return
        yield GaugeMetricFamily("starchart_ready", ready, 1)
        yield GaugeMetricFamily(
            "starchart_damaged_generations", "Generations that are damaged.", len(generation.passed_over)
        )
        yield GaugeMetricFamily(
            "starchart_sample", "Whether it is the shipped sample.", int(generation.sample)
        )
        if (age := _age(generation.built_at)) is not None:
            yield GaugeMetricFamily(
                "starchart_generation_age_seconds", "Time since it was built.", round(age)
            )

    def _of_sources(self) -> Iterator[Metric]:
        def family(name: str, documentation: str) -> GaugeMetricFamily:
            return GaugeMetricFamily(f"starchart_source_{name}", documentation, labels=["source"])

        age = family("age_seconds", "Time since the source was read with success.")
        good = family("good", "Whether its last crawl succeeded.")
        records = family("records", "Records kept of it.")
        skipped = family("skipped_records", "What its last crawl passed over as unusable.")
        for source in self._status.sources:
            if not source.enabled:
                continue
            good.add_metric([source.name], int(source.word in ("good", "absent")))
            if source.age_seconds is not None:
                age.add_metric([source.name], round(source.age_seconds))
            if source.state is not None:
                records.add_metric([source.name], sum(source.state.counts.values()))
                skipped.add_metric([source.name], sum(source.state.skipped.values()))
        yield from (age, good, records, skipped)

    def _of_jobs(self) -> Iterator[Metric]:
        ended = GaugeMetricFamily("starchart_job_last_end_seconds", "When it ended last.", labels=["job"])
        succeeded = GaugeMetricFamily(
            "starchart_job_last_success_seconds", "When it last ended well.", labels=["job"]
        )
        state = GaugeMetricFamily("starchart_job_state", "1 for the state it is in.", labels=["job", "state"])
        for job, outcome in (("crawl", self._status.crawl), ("build", self._status.build)):
            state.add_metric([job, outcome.state], 1)
            for family, moment in ((ended, outcome.ended), (succeeded, outcome.succeeded)):
                if moment:
                    family.add_metric([job], datetime.fromisoformat(moment).timestamp())
        yield from (ended, succeeded, state)
        yield GaugeMetricFamily(
            "starchart_scheduler_running", "Whether a scheduler runs.", int(bool(self._status.scheduler))
        )
        problem = GaugeMetricFamily("starchart_problem", "1 for each that there is.", labels=["code"])
        for each in self._status.problems:
            problem.add_metric([each.code], 1)
        yield problem


def _age(built_at: str) -> float | None:
    try:
        built = datetime.fromisoformat(built_at)
    except ValueError:
        return None
    if built.tzinfo is None:
        built = built.replace(tzinfo=UTC)
    return (datetime.now(UTC) - built).total_seconds()
