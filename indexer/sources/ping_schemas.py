"""Every ping's stable table, column by column.

Reads the generated-schemas branch of mozilla-pipeline-schemas:
`schemas/<namespace>/<ping>/<ping>.<version>.bq`, and for the legacy namespaces
(JSON_NAMESPACES) the newest *.schema.json, whose descriptions and fields are found
nowhere else. A file that cannot be read costs that file only, and is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from indexer.model.definitions import ExtraKey
from indexer.model.records import Record
from indexer.model.table_records import PingSchema
from indexer.runtime.limited import begin_step
from indexer.sources import Fetched, Report, Request
from indexer.sources._columns import SchemaFiles
from indexer.sources._documents import Unreadable, parse_json
from indexer.sources._upstream import clean_text, mapping, text, to_moment

URL = (
    "https://github.com/mozilla-services/mozilla-pipeline-schemas/archive/refs/heads/generated-schemas.tar.gz"
)
# Glean describes its pings itself. These are the namespaces from before Glean.
JSON_NAMESPACES = frozenset(
    {
        "activity-stream", "contextual-services", "default-browser-agent", "eng-workflow", "firefox-accounts",
        "firefox-installer", "firefox-launcher-process", "messaging-system", "metadata", "mobile", "pocket",
        "telemetry", "webpagetest",
    }
)  # fmt: skip
PLACEHOLDER = "placeholder_schema"  # title of the schema that stands for pings nobody wrote one for
MAX_FIELDS = 20_000  # of one JSON schema; the largest has 1,300 (2026-07)

_FILE = re.compile(r"[^/]+/schemas/([^/]+)/[^/]+/([^/]+)\.(\d{1,6})\.(bq|schema\.json)")

_Ping = tuple[str, str]  # namespace, ping


class Source:
    """Requests: the archive of the branch generated-schemas."""

    name = "ping_schemas"
    version = 2

    def requests(self, options: Mapping[str, Any]) -> Sequence[Request]:
        """The archive at `url`, or where upstream publishes it."""
        return (Request(str(options.get("url") or URL), kind="archive"),)

    def records(
        self, fetched: Sequence[Fetched], options: Mapping[str, Any], report: Report
    ) -> Iterator[Record]:
        """Schemas as they stream by, then the pings that name them."""
        tables: dict[_Ping, dict[int, str]] = {}
        described: dict[_Ping, _Described] = {}
        schemas = SchemaFiles(report, "bq", lambda body, path: _read_json(body, path, report))
        for path, body in (member for file in fetched if file.members for member in file.members()):
            match = _FILE.fullmatch(path)
            if match is None:
                continue
            ping, version = (match[1], match[2]), int(match[3])
            if match[4] == "bq":
                digest, new = schemas.add(body, path)
                if new is not None:
                    yield new
                if digest:
                    tables.setdefault(ping, {})[version] = digest
            elif ping[0] in JSON_NAMESPACES:
                report.seen["schema.json"] += 1
                described.setdefault(ping, _Described()).add(version, body, path, report)
        for ping in sorted(described.keys() - tables.keys()):
            report.skip("schema.json without .bq", "/".join(ping))
        for ping, versions in sorted(tables.items()):
            yield from _ping_schemas(ping, versions, described.get(ping), report)


@dataclass(slots=True)
class _Described:
    """What the JSON schemas of a ping say, as they stream by in any order."""

    newest: int = 0
    schema: Mapping[str, Any] = field(default_factory=dict)  # of the newest version
    words: dict[int, str] = field(default_factory=dict)  # version -> what it says of the ping

    def add(self, version: int, body: bytes, path: str, report: Report) -> None:
        begin_step(path)
        schema = _read_json(body, path, report)
        if not isinstance(schema, dict):
            return
        if words := text(schema.get("description")) or text(schema.get("$comment")):
            self.words[version] = words
        if version >= self.newest:
            self.newest, self.schema = version, schema

    @property
    def description(self) -> str:
        """The newest words: a schema that was copied anew often says no more than its number."""
        return self.words[max(self.words)] if self.words else ""


def _ping_schemas(
    ping: _Ping, versions: Mapping[int, str], described: _Described | None, report: Report
) -> Iterator[PingSchema]:
    """One record for each version; the newest carries the description and the fields."""
    newest = max(versions)
    for version, digest in sorted(versions.items()):
        schema = PingSchema(namespace=ping[0], ping=ping[1], version=version, schema_digest=digest)
        if version == newest and described is not None:
            policy = mapping(mapping(described.schema.get("mozPipelineMetadata")).get("expiration_policy"))
            days = policy.get("delete_after_days")
            schema = replace(
                schema,
                description=described.description,
                fields=_fields(described.schema),
                retention_days=days if isinstance(days, int) and 0 < days < 100_000 else None,
                collected_until=to_moment(text(policy.get("collect_through_date")))[:10],
                placeholder=described.schema.get("title") == PLACEHOLDER,
            )
        yield schema


def _fields(schema: Mapping[str, Any]) -> tuple[ExtraKey, ...]:
    """The fields of a JSON schema by dotted path.

    Members of a map (additionalProperties, patternProperties) stand under `*`, elements of
    a list under the list itself.
    """
    fields: dict[str, ExtraKey] = {}
    stack = list(reversed(_children("", schema)))
    while stack and len(fields) < MAX_FIELDS:
        name, node = stack.pop()
        if isinstance(node, dict):
            described = ExtraKey(name, _types(node.get("type")), text(node.get("description")))
            # Elements and alternatives come under their parent's name: its own words go first.
            if name and (name not in fields or (described.description and not fields[name].description)):
                fields[name] = described
            stack.extend(reversed(_children(name, node)))
    return tuple(fields.values())


def _children(name: str, node: Mapping[str, Any]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for keyword in ("items", "allOf", "anyOf", "oneOf"):
        below = node.get(keyword)
        found.extend((name, child) for child in (below if isinstance(below, list) else [below]))
    prefix = f"{name}." if name else ""
    properties = node.get("properties")
    if isinstance(properties, dict):
        found.extend((prefix + clean_text(key), child) for key, child in properties.items())
    patterns = node.get("patternProperties")
    found.extend((f"{prefix}*", child) for child in (patterns.values() if isinstance(patterns, dict) else ()))
    found.append((f"{prefix}*", node.get("additionalProperties")))
    return found


def _read_json(body: bytes, path: str, report: Report) -> Any:
    try:
        return parse_json(body)
    except Unreadable as error:
        report.skip("unreadable JSON", f"{path}: {error}")
        return None


def _types(value: Any) -> str:
    """`string`, `integer or boolean`: null says only that a field may be absent."""
    names = value if isinstance(value, list) else [value]
    return " or ".join(name for name in names if isinstance(name, str) and name != "null")
