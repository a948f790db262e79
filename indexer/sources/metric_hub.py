"""Metrics, data sources, segments and dimensions of metric-hub.

Reads the TOML files of four folders (LAYERS); the file name is the platform. A later
layer overrides single fields of an earlier one and adds definitions. A name with `*` is a
setting for the data sources or metrics that it matches, no definition. Outcomes, OpMon's
projects, defaults and experiments use measures and define some: _metric_hub_projects.py.
Nothing of `lib/` is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from indexer.model.records import Measure, Record
from indexer.runtime.limited import begin_step
from indexer.sources import Fetched, Report, Request
from indexer.sources._documents import Unreadable, parse_toml
from indexer.sources._metric_hub_macros import macros_of
from indexer.sources._metric_hub_measures import SEGMENT_SOURCE, Defined, Key, measure_of, with_source
from indexer.sources._metric_hub_projects import PROJECTS, Project, project_of, with_projects
from indexer.sources._upstream import clean_text, mapping

URL = "https://github.com/mozilla/metric-hub/archive/refs/heads/main.tar.gz"

# Folder -> name of the layer, in the order in which they override (docs/contracts.md).
LAYERS = {
    "definitions": "definitions",
    "jetstream/definitions": "jetstream",
    "opmon/definitions": "opmon",
    "looker/definitions": "looker",
}
SECTIONS = {
    "metrics": "metric",
    "data_sources": "data_source",
    "segments": "segment",
    "dimensions": "dimension",
}
FUNCTIONS = "functions"  # functions.toml holds SQL macros of all platforms

_SETTING = re.compile(r"[\w-]*\*[\w*-]{0,60}")


class Source:
    """Requests: the archive of the repository."""

    name = "metric_hub"
    version = 2

    def requests(self, options: Mapping[str, Any]) -> Sequence[Request]:
        """The archive at `url`, or where upstream publishes it."""
        return (Request(str(options.get("url") or URL), kind="archive"),)

    def records(
        self, fetched: Sequence[Fetched], options: Mapping[str, Any], report: Report
    ) -> Iterator[Record]:
        """Measures of all layers, later ones over earlier ones, with what projects make of them."""
        defined: dict[Key, Defined] = {}
        macros: dict[str, str] = {}
        projects: list[Project] = []
        for folder, name, document in _documents(fetched, report):
            if folder in PROJECTS:
                projects += project_of(folder, name, document, report)
            elif name == FUNCTIONS:
                macros |= macros_of(document)
            else:
                _add(defined, LAYERS[folder], name, document, report)
        measures = list(_measures(defined, macros, report))
        yield from with_projects(measures, projects, macros, report)


def _documents(fetched: Sequence[Fetched], report: Report) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(folder, file name, content) of each file: definitions in the order of the layers, then projects."""
    files: dict[tuple[int, str, str], tuple[str, bytes]] = {}
    order = [*LAYERS, *PROJECTS]
    for file in fetched:
        for path, body in file.members() if file.members is not None else ():
            folder, _, name = path.partition("/")[2].rpartition("/")
            if folder.startswith("jetstream/outcomes/") and folder.count("/") == 2:
                _, _, platform = folder.rpartition("/")
                folder, name = "jetstream/outcomes", f"{platform}/{name}"
            if folder in order and name.endswith(".toml"):
                files[order.index(folder), folder, name.removesuffix(".toml")] = (path, body)
    for (_, folder, name), (path, body) in sorted(files.items()):
        begin_step(path)
        report.seen["file"] += 1
        try:
            yield folder, name, parse_toml(body)
        except Unreadable as error:
            report.skip("unreadable TOML", f"{path}: {error}")


def _add(
    defined: dict[Key, Defined], layer: str, platform: str, document: Mapping[str, Any], report: Report
) -> None:
    """The definitions of one file. A setting changes what earlier layers have defined (C4)."""
    before = list(defined)
    for key, given in _definitions(platform, document, report):
        kind, _, name = key
        if _SETTING.fullmatch(name):
            report.seen["setting for many"] += 1
            for other in before:
                if other[:2] == key[:2] and fnmatchcase(other[2], name):
                    defined[other].add(given, layer)
        elif kind != "segment" or given:
            defined.setdefault(key, Defined()).add(given, layer)


def _definitions(
    platform: str, document: Mapping[str, Any], report: Report
) -> Iterator[tuple[Key, Mapping[str, Any]]]:
    """Each definition of a file by its key."""
    sections = [(kind, dict(mapping(document.get(section)))) for section, kind in SECTIONS.items()]
    for kind, given in tuple(sections):
        if kind == "segment":
            sections.append((SEGMENT_SOURCE, dict(mapping(given.pop("data_sources", None)))))
    for kind, given in sections:
        for name, fields in given.items():
            if isinstance(fields, dict):
                yield (kind, platform, clean_text(name)), fields
            else:
                report.skip("definition without fields", f"{platform} {kind} {name}")


def _measures(defined: Mapping[Key, Defined], macros: Mapping[str, str], report: Report) -> Iterator[Measure]:
    for key in sorted(defined):
        kind, platform, name = key
        general = ("data_source", platform, name)
        if kind == SEGMENT_SOURCE and general in defined:
            report.skip("data source of segments, also a general one", f"{platform} {name}")
            continue
        report.seen[general[0] if kind == SEGMENT_SOURCE else kind] += 1
        found = measure_of(key, defined[key], macros)
        own = defined.get((SEGMENT_SOURCE, platform, found.data_source))
        if kind == "segment" and own and ("data_source", platform, found.data_source) in defined:
            found = with_source(found, own.fields)
        yield found
