"""Metrics whose collection a running experiment switches on or off (Experimenter's feature `glean`).

An experiment counts while it has no end and has begun or still enrols. Each branch may hold a map
of metric to boolean, under `metrics_enabled` or, in the older form, by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indexer.model.records import Record, SampledMetric
from indexer.sources import Fetched, Report, Request
from indexer.sources._upstream import Entry, clean_text, read_json

URL = "https://experimenter.services.mozilla.com/api/v6/experiments/?feature_config=glean"
FEATURE = "glean"
CONFIGURATION = "gleanMetricConfiguration"


class Source:
    """Requests: the experiments with that feature; where the service has none (404) nothing is sampled."""

    name = "experimenter"
    may_be_empty = True  # no experiment need be running
    version = 1

    def requests(self, options: Mapping[str, Any]) -> Sequence[Request]:
        """The list of experiments at `url`, or where upstream publishes it; it may be absent."""
        return [Request(str(options.get("url") or URL), optional=True)]

    def records(
        self, fetched: Sequence[Fetched], options: Mapping[str, Any], report: Report
    ) -> Iterator[Record]:
        """What each running experiment samples; nothing where the file was not to be had."""
        if fetched[0].path is None:
            return
        for entry in Entry({"experiments": read_json(fetched[0], list)}, "", report).listed("experiments"):
            report.seen["experiments"] += 1
            experiment = Entry(entry.fields, entry.text("slug"), report)
            if not experiment.text("slug") or not experiment.text("appName"):
                report.skip("experiment without slug or appName", experiment.what)
            elif _is_running(experiment):
                report.seen["running"] += 1
                yield from _sampled(experiment)


def _is_running(experiment: Entry) -> bool:
    """Whether clients are in it now (links.md section 7)."""
    begun = experiment.fields.get("startDate") is not None
    enrols = not experiment.flag("isEnrollmentPaused", True)
    return experiment.fields.get("endDate") is None and (begun or enrols)


def _sampled(experiment: Entry) -> Iterator[SampledMetric]:
    """One record for each metric, channel and state: several branches often repeat the same map."""
    found: dict[SampledMetric, None] = {}
    for branch in experiment.listed("branches"):
        for feature in _features(branch):
            for metric, enabled in _metrics(feature):
                for channel in _channels(experiment):
                    found[
                        SampledMetric(
                            app_name=experiment.text("appName").replace("-", "_"),
                            metric=metric,
                            slug=experiment.text("slug"),
                            channel=channel,
                            enabled=enabled,
                            start=experiment.moment("startDate")[:10],
                            sampling=_sampling(experiment),
                        )
                    ] = None
    yield from found


def _features(branch: Entry) -> Iterator[Entry]:
    """The `glean` features of a branch, of both the list and the older single field."""
    features = list(branch.listed("features"))
    if not features and "feature" in branch.fields:
        features = [branch.entry("feature")]
    for feature in features:
        if feature.text("featureId") == FEATURE:
            yield feature


def _metrics(feature: Entry) -> Iterator[tuple[str, bool]]:
    """Metric and whether it is switched on."""
    configuration = feature.entry("value").entry(CONFIGURATION)
    if "metrics_enabled" in configuration.fields:
        configuration = configuration.entry("metrics_enabled")
    for metric in configuration.fields:
        if isinstance(configuration.fields[metric], bool):
            yield clean_text(metric), configuration.flag(metric)
        elif "." in metric:
            feature.report.skip("metric neither on nor off", f"{feature.what} {metric}")


def _channels(experiment: Entry) -> tuple[str, ...]:
    """The channels that the experiment is for; "" is every channel."""
    channels = experiment.texts("channels") or (experiment.text("channel"),)
    return tuple("" if channel == "no_channel" else channel for channel in channels)


def _sampling(experiment: Entry) -> str:
    """The share of clients that may be enrolled: "10 % of clients", "" where it is not told."""
    buckets = experiment.entry("bucketConfig")
    count, total = buckets.number("count"), buckets.number("total")
    if count is None or not total:
        return ""
    return f"{100 * count / total:g} % of clients"
