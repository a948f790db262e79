"""The two sides that are compared: upstream's files as they lie in a mirror, and what was made of them."""

from __future__ import annotations

import json
import re
import sqlite3
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from flask.testing import FlaskClient

from indexer.config import load_config
from search_app.web.app import create_app

PROBEINFO = "probeinfo.telemetry.mozilla.org"
HEADS = "archive/refs/heads"
SQL = f"github.com/mozilla/bigquery-etl/{HEADS}/generated-sql.tar.gz"
SCHEMAS = f"github.com/mozilla-services/mozilla-pipeline-schemas/{HEADS}/generated-schemas.tar.gz"
DOCS = f"github.com/mozilla/data-docs/{HEADS}/main.tar.gz"
PRODUCT = "product-details.mozilla.org/1.0"


DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(
        ("columns", "former", "mirrors", "replaces", "apps", "pings", "labels", "definitions"), ()
    ),
    **dict.fromkeys(("extra_keys", "keys", "categories"), ()),
    **dict.fromkeys(("in_source", "enabled", "follows_collection_enabled"), True),
    **dict.fromkeys(("definition", "monitored", "high"), None),
    "legacy": False,
    "metric_count": 0,
    "status": "active",
}


@dataclass
class Fault:
    """How often one kind of wrong statement is made."""

    name: str
    looked_at: int = 0  # things that could be wrong so
    wrong: list[str] = field(default_factory=list)
    lacking: int = 0  # of these upstream itself lacks what would be needed
    why: str = ""  # what it lacks

    def see(self, is_wrong: bool, what: str) -> None:
        """One thing that was looked at."""
        self.looked_at += 1
        if is_wrong:
            self.wrong.append(what)


class Upstream:
    """Files of a mirror, each read once."""

    def __init__(self, mirror: Path) -> None:
        self.mirror = mirror

    def json(self, path: str) -> Any:
        """A JSON file, None where there is none."""
        file = self.mirror / path
        return json.loads(file.read_bytes()) if file.is_file() else None

    @cached_property
    def listings(self) -> list[dict[str, Any]]:
        """The app listings."""
        found: list[dict[str, Any]] = self.json(f"{PROBEINFO}/v2/glean/app-listings")
        return found

    def repository(self, v1_name: str, file: str) -> dict[str, Any]:
        """metrics or pings of a repository."""
        return self.json(f"{PROBEINFO}/glean/{v1_name}/{file}") or {}

    @cached_property
    def probes(self) -> dict[str, Any]:
        """all_probes by "type/NAME"."""
        found: dict[str, Any] = self.json(f"{PROBEINFO}/firefox/all/main/all_probes")
        return found

    def members(self, archive: str, pattern: str) -> Iterator[tuple[re.Match[str], bytes]]:
        """The files of an archive whose path (without the top folder) matches."""
        with tarfile.open(self.mirror / archive) as opened:
            for member in opened:
                match = re.fullmatch(pattern, member.name.partition("/")[2])
                file = opened.extractfile(member) if match and member.isfile() else None
                if match and file:
                    yield match, file.read()

    @cached_property
    def metadata(self) -> dict[str, dict[str, Any]]:
        """metadata.yaml by project.dataset.table."""
        found = {}
        for match, body in self.members(SQL, r"sql/([^/]+)/([^/]+)/([^/]+)/metadata\.yaml"):
            try:
                value = yaml.load(body, Loader=yaml.CSafeLoader)
            except yaml.YAMLError:
                continue
            found[".".join(match.groups())] = value if isinstance(value, dict) else {}
        return found

    @cached_property
    def columns(self) -> dict[tuple[str, str], set[str]]:
        """Column paths of the newest .bq of each (namespace, ping)."""
        found: dict[tuple[str, str], tuple[int, set[str]]] = {}
        for match, body in self.members(SCHEMAS, r"schemas/([^/]+)/[^/]+/([^/]+)\.(\d+)\.bq"):
            key, version = (match[1], match[2]), int(match[3])
            if version >= found.get(key, (0, set()))[0]:
                found[key] = version, set(_paths(json.loads(body), ""))
        return {key: paths for key, (_, paths) in found.items()}

    @cached_property
    def schema_words(self) -> set[tuple[str, str]]:
        """(namespace, ping) of the pings of which some JSON schema says a word."""
        found = set()
        for match, body in self.members(SCHEMAS, r"schemas/([^/]+)/[^/]+/([^/]+)\.\d+\.schema\.json"):
            schema = json.loads(body)
            words = (schema.get(key) for key in ("description", "$comment"))
            if any(isinstance(word, str) and word.strip() for word in words):
                found.add((match[1], match[2]))
        return found

    @cached_property
    def docs(self) -> dict[str, str]:
        """Pages of the data docs by path, SUMMARY.md among them."""
        return {match[1]: body.decode() for match, body in self.members(DOCS, r"src/(.+\.md)")}


def _paths(fields: list[dict[str, Any]], above: str) -> Iterator[str]:
    for each in fields:
        path = f"{above}{each['name']}"
        yield path
        yield from _paths(each.get("fields", []), f"{path}.")


class Stored(dict[str, Any]):
    """A record of the store, which leaves out what has its default."""

    def __missing__(self, key: str) -> Any:
        return DEFAULTS.get(key, "")


class Made:
    """A generation as its readers get it."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        folder = data_dir / "generations" / (data_dir / "current").read_text().strip()
        self._store = sqlite3.connect(f"{(folder / 'catalogue.sqlite').as_uri()}?mode=ro", uri=True)
        self._kinds: dict[str, dict[str, dict[str, Any]]] = {}
        self.manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())

    def of(self, kind: str) -> Mapping[str, dict[str, Any]]:
        """All items of a kind by id, as they are stored."""
        if kind not in self._kinds:
            rows = self._store.execute("SELECT id, body FROM item WHERE kind = ?", (kind,))
            self._kinds[kind] = {
                key: json.loads(body if body[:1] in b"{[" else zlib.decompress(body), object_hook=Stored)
                for key, body in rows
            }
        return self._kinds[kind]

    @cached_property
    def client(self) -> FlaskClient:
        """The application over the generation."""
        return create_app(load_config(None).model_copy(update={"data_dir": self.data_dir})).test_client()

    def get(self, address: str) -> Any:
        """The JSON at an address."""
        return self.client.get(address).json

    def total(self, **filters: str) -> int:
        """How many hits a search by filters has."""
        chosen = "&".join(f"{name}={value}" for name, value in filters.items())
        return int(self.get(f"/api/v1/search?{chosen}&size=1&facets=")["total"])
