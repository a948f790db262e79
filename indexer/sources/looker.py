"""Looker's explores: where a product dashboard starts.

Reads looker-hub's namespaces.yaml. An explore names views of its namespace, and each
view names its tables, or other views that do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indexer.model.records import LookerExplore, Record
from indexer.sources import Fetched, Report, Request, SourceUnavailable
from indexer.sources._documents import Unreadable, parse_yaml
from indexer.sources._upstream import clean_text, mapping, text, texts

URL = "https://raw.githubusercontent.com/mozilla/looker-hub/main/namespaces.yaml"

_TABLE = re.compile(r"(?:[a-z][a-z0-9-]*\.)?[A-Za-z_]\w*\.[\w$-]+")


class Source:
    """Requests: looker-hub's one file of namespaces."""

    name = "looker"
    version = 1

    def requests(self, options: Mapping[str, Any]) -> Sequence[Request]:
        """The file at `url`, or where upstream publishes it."""
        return (Request(str(options.get("url") or URL)),)

    def records(
        self, fetched: Sequence[Fetched], options: Mapping[str, Any], report: Report
    ) -> Iterator[Record]:
        """Each explore. Raises SourceUnavailable where the file is no YAML mapping."""
        for file in fetched:
            for namespace, content in _read(file).items():
                if isinstance(namespace, str) and isinstance(content, dict):
                    report.seen["namespace"] += 1
                    yield from _explores(clean_text(namespace), content, report)
                else:
                    report.skip("namespace without content", str(namespace)[:80])


def _read(file: Fetched) -> Mapping[Any, Any]:
    try:
        body = file.body()
        if not body.startswith(b"{") and not body.endswith(b"\n"):  # YAML has no end of its own
            raise Unreadable("it is cut off")
        document = parse_yaml(body)
    except Unreadable as error:
        raise SourceUnavailable(f"{file.request.url} is not readable: {error}") from error
    if not isinstance(document, dict):
        raise SourceUnavailable(f"{file.request.url} holds no namespaces")
    return document


def _explores(namespace: str, content: Mapping[str, Any], report: Report) -> Iterator[LookerExplore]:
    views = mapping(content.get("views"))
    for name, explore in mapping(content.get("explores")).items():
        if not isinstance(name, str) or not isinstance(explore, dict):
            report.skip("explore without content", f"{namespace} {name}")
            continue
        report.seen["explore"] += 1
        # base_view first: its tables are the ones that the explore shows.
        named = texts([mapping(explore.get("views")).get(role) for role in ("base_view", "extended_view")])
        for view in named:
            if view not in views:
                report.skip("explore of an unknown view", f"{namespace} {name}: {view}")
        yield LookerExplore(
            namespace=namespace,
            namespace_title=text(content.get("pretty_name")) or namespace,
            name=clean_text(name),
            type=text(explore.get("type")),
            views=named,
            tables=tuple(dict.fromkeys(table for view in named for table in _tables(view, views, set()))),
            glean_app=content.get("glean_app") is True,
            owners=texts(content.get("owners")),
        )


def _tables(view: str, views: Mapping[str, Any], visited: set[str]) -> Iterator[str]:
    """The tables of a view, also through the views that it names in place of tables, each view once."""
    if view in visited:
        return
    visited.add(view)
    tables = mapping(views.get(view)).get("tables")
    for entry in tables if isinstance(tables, list) else ():
        for value in mapping(entry).values():
            name = text(value).replace("`", "")
            if name in views:
                yield from _tables(name, views, visited)
            elif _TABLE.fullmatch(name):
                yield name
