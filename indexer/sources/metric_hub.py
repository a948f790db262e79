"""Metrics, data sources, segments and dimensions of metric-hub.

Reads the TOML files of four folders (LAYERS); the file name is the platform. A later
layer overrides single fields of an earlier one and adds definitions. Experiments,
outcomes and defaults stand elsewhere in the archive and are not read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indexer.model.records import Measure, Record
from indexer.sources import Fetched, Report, Request
from indexer.sources._upstream import clean_text, mapping, text, texts

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
# `segments.data_sources`: tables of segments, often named like a general data source.
SEGMENT_SOURCE = "segment_source"
NOT_PLATFORMS = frozenset({"functions"})  # functions.toml holds SQL macros of all platforms

_NAME = r"(?:[A-Za-z][A-Za-z0-9-]*\.)?[A-Za-z_]\w*\.[\w*$-]+"
_WHOLE = re.compile(rf"\(?\s*({_NAME})\s*\)?")
_NAMED = re.compile(rf"\b(?:FROM|JOIN)\s+({_NAME})(?![\w.(-])", re.IGNORECASE)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_ALIAS = re.compile(r"(?:FROM|JOIN)\s+[\w.*$-]+\s+(?:AS\s+)?(\w+)", re.IGNORECASE)

_Key = tuple[str, str, str]  # type, platform, name


class Source:
    name = "metric_hub"
    version = 1

    def requests(self, options: Mapping[str, Any]) -> Sequence[Request]:
        return (Request(str(options.get("url") or URL), kind="archive"),)

    def records(
        self, fetched: Sequence[Fetched], options: Mapping[str, Any], report: Report
    ) -> Iterator[Record]:
        fields: dict[_Key, dict[str, Any]] = {}
        layers: dict[_Key, list[str]] = {}
        for layer, platform, document in _documents(fetched, report):
            for key, given in _definitions(platform, document, report):
                fields.setdefault(key, {}).update(given)
                layers.setdefault(key, []).append(layer)
        for key in sorted(fields):
            kind, platform, name = key
            general = ("data_source", platform, name)
            if kind == SEGMENT_SOURCE and general in fields:
                report.skip("data source of segments, also a general one", f"{platform} {name}")
                continue
            report.seen[general[0] if kind == SEGMENT_SOURCE else kind] += 1
            yield _measure(key, fields[key], tuple(layers[key]))


def _documents(fetched: Sequence[Fetched], report: Report) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(layer, platform, content) of each definition file, in the order of the layers."""
    files: dict[tuple[int, str], tuple[str, bytes]] = {}
    order = list(LAYERS)
    for file in fetched:
        for path, body in file.members() if file.members is not None else ():
            folder, _, name = path.partition("/")[2].rpartition("/")
            if folder in LAYERS and name.endswith(".toml"):
                files[order.index(folder), name.removesuffix(".toml")] = (path, body)
    for (layer, platform), (path, body) in sorted(files.items()):
        if platform in NOT_PLATFORMS:
            continue
        report.seen["file"] += 1
        try:
            yield LAYERS[order[layer]], platform, tomllib.loads(body.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            report.skip("unreadable TOML", f"{path}: {error}")


def _definitions(
    platform: str, document: Mapping[str, Any], report: Report
) -> Iterator[tuple[_Key, Mapping[str, Any]]]:
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


def _measure(key: _Key, fields: Mapping[str, Any], layers: tuple[str, ...]) -> Measure:
    kind, platform, name = key
    for_segments = kind == SEGMENT_SOURCE
    from_expression = text(fields.get("from_expression"))
    return Measure(
        type="data_source" if for_segments else kind,
        platform=platform,
        name=name,
        friendly_name=text(fields.get("friendly_name")),
        # One file says `descriptions` (2026-08): rule 12.
        description=text(fields.get("description")) or text(fields.get("descriptions")),
        select_expression=text(fields.get("select_expression")),
        data_source=text(fields.get("data_source")),
        from_expression=from_expression,
        statistics=tuple(mapping(fields.get("statistics"))),
        category="segments" if for_segments else text(fields.get("category")),
        owners=texts(fields.get("owner")),
        deprecated=fields.get("deprecated") is True,
        layers=tuple(dict.fromkeys(layers)),
        value_type=text(fields.get("type")),
        depends_on=texts(fields.get("depends_on")),
        joins=tuple(mapping(fields.get("joins"))),
        tables=tables_of(from_expression, text(fields.get("default_dataset"))),
    )


def tables_of(from_expression: str, default_dataset: str = "") -> tuple[str, ...]:
    """The tables that a data source reads, as written: the whole expression, or each FROM and JOIN in it.

    `{dataset}` stands for the data source's default dataset. Names of a sub-query's own
    (`FROM a.b AS t CROSS JOIN t.list`) are not tables.
    """
    sql = _COMMENT.sub(" ", from_expression).replace("`", "").strip()
    if default_dataset:
        sql = sql.replace("{dataset}", default_dataset)
    whole = _WHOLE.fullmatch(sql)
    if whole:
        return (whole[1],)
    aliases = {match[1].lower() for match in _ALIAS.finditer(sql)}
    names = (match[1] for match in _NAMED.finditer(sql))
    return tuple(dict.fromkeys(name for name in names if name.split(".")[0].lower() not in aliases))
