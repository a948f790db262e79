"""Looker's dashboards: what already answers a question.

Reads the `*.dashboard.lookml` files of two archives: looker-spoke-default, where people curate them,
and looker-hub, where OpMon makes one for each experiment and rollout that it monitors. LookML of
dashboards is YAML; the folder at the top of the archive names the model that they belong to.
Where looker-hub's archive has the LookML of explores and views, that is read too (_lookml.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import yaml

from indexer.model.records import Dashboard, DashboardTile, Record
from indexer.sources import Fetched, Report, Request
from indexer.sources._documents import Unreadable, parse_yaml
from indexer.sources._lookml import read_explores, read_views
from indexer.sources._upstream import clean_text, mapping, text, texts

SPOKE = "https://github.com/mozilla/looker-spoke-default/archive/refs/heads/main.tar.gz"
HUB = "https://github.com/mozilla/looker-hub/archive/refs/heads/main.tar.gz"
ENDING = ".dashboard.lookml"
EXPLORE, VIEW = ".explore.lkml", ".view.lkml"
MOST_TILES = 200  # of a dashboard; the largest has 40


class _Loader(yaml.CSafeLoader):
    """YAML in which every unknown tag is passed over: what it marks is read as plain data."""


def _plain(loader: _Loader, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


_Loader.add_multi_constructor("", _plain)


class Source:
    """Requests: the two archives, each of which may be absent."""

    name = "looker_dashboards"
    version = 2

    def requests(self, options: Mapping[str, Any]) -> Sequence[Request]:
        """The archive of curated dashboards and that of the ones made by OpMon; either may be absent."""
        return (
            Request(str(options.get("curated_url") or SPOKE), kind="archive", optional=True, tag="curated"),
            Request(
                str(options.get("monitoring_url") or HUB), kind="archive", optional=True, tag="monitoring"
            ),
        )

    def records(
        self, fetched: Sequence[Fetched], options: Mapping[str, Any], report: Report
    ) -> Iterator[Record]:
        """Each dashboard, explore and view of each file; one that cannot be read is counted."""
        for file in fetched:
            curated = file.request.tag == "curated"
            for path, body in file.members() if file.members is not None else ():
                _, _, inside = path.partition("/")
                if inside.endswith(ENDING):
                    report.seen["file"] += 1
                    yield from _dashboards(inside, body, curated, report)
                elif not curated and inside.endswith(EXPLORE):
                    yield from _lookml(inside, body, read_explores, "explore", report)
                elif not curated and inside.endswith(VIEW):
                    yield from _lookml(inside, body, read_views, "view", report)


def _lookml(
    path: str, body: bytes, read: Callable[[str, bytes], Iterator[Record]], what: str, report: Report
) -> Iterator[Record]:
    """What one file of explores or views says; the folder at the top is the namespace."""
    report.seen[f"file of {what}s"] += 1
    try:
        found = list(read(path.partition("/")[0], body))
    except Unreadable as error:
        report.skip("unreadable LookML", f"{path}: {error}")
        return
    report.seen[f"LookML of {what}s"] += len(found)
    yield from found


def _dashboards(path: str, body: bytes, curated: bool, report: Report) -> Iterator[Dashboard]:
    model = path.partition("/")[0]
    try:
        document = parse_yaml(body, _Loader)
    except Unreadable as error:
        report.skip("unreadable LookML", f"{path}: {error}")
        return
    for entry in document if isinstance(document, list) else ():
        fields = mapping(entry)
        name = text(fields.get("dashboard"))
        if not name:
            report.skip("dashboard without a name", path)
            continue
        report.seen["dashboard"] += 1
        elements = [mapping(each) for each in _listed(fields.get("elements"))]
        if len(elements) > MOST_TILES:
            report.skip("tile beyond the first ones of a dashboard", f"{path}: {len(elements)} tiles")
        yield Dashboard(
            model=model,
            name=name,
            title=text(fields.get("title")),
            description=text(fields.get("description")),
            curated=curated,
            extends=texts(fields.get("extends")),
            tiles=tuple(_tile(each, model) for each in elements[:MOST_TILES]),
            filters=tuple(
                dict.fromkeys(
                    name
                    for each in _listed(fields.get("filters"))
                    if (name := text(mapping(each).get("title")) or text(mapping(each).get("name")))
                )
            ),
            source_path=path,
        )


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _tile(element: Mapping[str, Any], model: str) -> DashboardTile:
    """One element; of a tile that merges several queries, the explore of the first and all their fields."""
    queries = [mapping(each) for each in _listed(element.get("merged_queries"))]
    first = queries[0] if queries else element
    named = text(element.get("title")) or text(element.get("title_text")) or text(element.get("name"))
    return DashboardTile(
        name=text(element.get("name")),
        title=named,
        type=text(element.get("type")),
        model=text(first.get("model")) or model,
        explore=text(first.get("explore")),
        fields=tuple(dict.fromkeys(field for each in (element, *queries) for field in _fields(each))),
        note=text(element.get("note_text")) or text(element.get("body_text")),
        filters={
            clean_text(str(name)): text(value)
            for name, value in mapping(element.get("filters")).items()
            if text(value)
        },
    )


def _fields(query: Mapping[str, Any]) -> tuple[str, ...]:
    """`view.field` of what a query shows; what is worked out in the tile itself has no view."""
    return tuple(field for field in texts(query.get("fields")) if "." in field)
