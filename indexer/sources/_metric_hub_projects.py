"""The projects of metric-hub that compute measures: outcomes, OpMon's monitoring, defaults, experiments.

An outcome is a list of metrics that an experiment can be asked for, a monitoring one that a
release is watched by; defaults are computed for every experiment or project of a platform. They
use the measures of `definitions/` and define some of their own: these become measures where no
definition has their name. Of experiments only the use is kept (DESIGN: no experiments).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from indexer.model.definitions import MeasureUse
from indexer.model.records import Measure
from indexer.sources import Report
from indexer.sources._metric_hub_measures import Defined, measure_of, with_source
from indexer.sources._upstream import clean_text, mapping, text, texts

# Folder -> (kind of its projects, layer whose statistics they give); in the order in which they define.
PROJECTS = {
    "jetstream/outcomes": ("outcome", "jetstream"),
    "opmon": ("monitoring", "opmon"),
    "jetstream/defaults": ("default", "jetstream"),
    "opmon/defaults": ("default", "opmon"),
    "jetstream": ("experiment", "jetstream"),
}
PERIODS = ("daily", "weekly", "28_day", "overall", "preenrollment_weekly", "preenrollment_days28")
DESKTOP = "firefox_desktop"  # of a monitoring that names no platform (metric-config-parser, config.py)


@dataclass(frozen=True, slots=True)
class Project:
    """One file: which metrics it computes, and what it defines itself."""

    use: MeasureUse
    layer: str
    platform: str  # "" where its file does not tell
    periods: Mapping[str, tuple[str, ...]]  # metric -> periods, in the order of the file
    metrics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def project_of(folder: str, name: str, document: Mapping[str, Any], report: Report) -> Iterator[Project]:
    """The project of a file, none where it computes nothing. An outcome's name has its platform before it."""
    kind, layer = PROJECTS[folder]
    given = mapping(document.get("metrics"))
    metrics = {clean_text(key): fields for key, fields in given.items() if isinstance(fields, dict)}
    periods: dict[str, tuple[str, ...]] = {}
    for period in PERIODS:
        for metric in texts(given.get(period, [])):
            periods[metric] = (*periods.get(metric, ()), period)
    settings = mapping(document.get("project"))
    for metric in (*texts(settings.get("metrics", [])), *metrics):
        periods.setdefault(metric, ())
    if not periods:
        return
    report.seen[kind] += 1
    platform, _, slug = name.rpartition("/")
    if kind == "monitoring" or (kind == "default" and layer == "opmon"):
        platform = text(settings.get("platform")) or (DESKTOP if kind == "monitoring" else slug)
    elif kind == "default":
        platform = slug
    title = text(document.get("friendly_name")) or text(settings.get("name"))
    use = MeasureUse(kind, slug, title, f"{folder}/{name}.toml")
    sources = {
        clean_text(key): fields
        for key, fields in mapping(document.get("data_sources")).items()
        if isinstance(fields, dict)
    }
    yield Project(use, layer, platform, periods, metrics, sources)


def with_projects(
    measures: Sequence[Measure], projects: Sequence[Project], macros: Mapping[str, str], report: Report
) -> Iterator[Measure]:
    """The measures with the projects that compute them, and those that only a project defines."""
    found = {(each.platform, each.name): each for each in measures if each.type == "metric"}
    uses: dict[tuple[str, str], list[MeasureUse]] = {}
    for project in projects:
        platform = project.platform
        if not any(platform == known for known, _ in found):
            platform = _only_platform(project.periods, found)
        if not platform:
            report.skip("project whose platform is not told", project.use.path)
            continue
        for name, periods in project.periods.items():
            key, fields = (platform, name), project.metrics.get(name, {})
            use = replace(
                project.use,
                periods=periods,
                redefines=not fields.keys().isdisjoint(("select_expression", "aggregation")),
            )
            if key not in found and use.redefines and use.kind != "experiment":
                use = replace(use, redefines=False)
                report.seen["metric that only a project defines"] += 1
                found[key] = _defined_by(project, platform, name, use, macros)
            if key in found:
                uses.setdefault(key, []).append(use)
            elif use.kind != "experiment":
                report.skip("metric of a project that nothing defines", f"{project.use.path} {name}")
    yield from (each for each in measures if each.type != "metric")
    for key in sorted(found):
        yield replace(found[key], uses=tuple(uses.get(key, ())))


def _only_platform(names: Iterable[str], known: Mapping[tuple[str, str], Measure]) -> str:
    """The one platform that defines all those of the names that any platform defines; "" where several do."""
    anywhere = {name for _, name in known}
    wanted = anywhere.intersection(names)
    platforms = sorted({platform for platform, _ in known})
    fitting = [
        platform for platform in platforms if wanted and all((platform, name) in known for name in wanted)
    ]
    return fitting[0] if len(fitting) == 1 else ""


def _defined_by(
    project: Project, platform: str, name: str, use: MeasureUse, macros: Mapping[str, str]
) -> Measure:
    """The measure that a project defines, with the rows of its own data source where it brings one."""
    given = Defined()
    given.add(project.metrics[name], project.layer)
    made = replace(measure_of(("metric", platform, name), given, macros), defined_by=use)
    own = project.sources.get(made.data_source)
    return with_source(made, own) if own is not None else made
