"""A small upstream by hand: what the public sources would publish of a few made-up things.

Files are laid out by URL in a folder, as a mirror is, so that they go through the real
fetcher, parsers and catalogue. Each method writes what one thing would look like there.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from indexer.build_job import build
from indexer.catalogue import build_catalogue
from indexer.catalogue.model import Catalogue
from indexer.config import Config, load_config
from indexer.crawl.crawl import crawl
from indexer.crawl.fetch import Fetcher
from indexer.index.generation import FOLDER
from indexer.model.records import Record
from indexer.sources import NamingMore, Report, find_sources

PROBEINFO = "probeinfo.telemetry.mozilla.org"
PRODUCT_DETAILS = "product-details.mozilla.org/1.0"
ARCHIVE = "archive/refs/heads"
SQL = f"github.com/mozilla/bigquery-etl/{ARCHIVE}/generated-sql.tar.gz/bigquery-etl-generated-sql/sql"
SCHEMAS = f"github.com/mozilla-services/mozilla-pipeline-schemas/{ARCHIVE}/generated-schemas.tar.gz/m/schemas"
DOCS = f"github.com/mozilla/data-docs/{ARCHIVE}/main.tar.gz/data-docs-main/src"
HUB = f"github.com/mozilla/metric-hub/{ARCHIVE}/main.tar.gz/metric-hub-main"
SPOKE = f"github.com/mozilla/looker-spoke-default/{ARCHIVE}/main.tar.gz/looker-spoke-default-main"
LOOKER_HUB = f"github.com/mozilla/looker-hub/{ARCHIVE}/main.tar.gz/looker-hub-main"
LOOKER = "raw.githubusercontent.com/mozilla/looker-hub/main/namespaces.yaml"
ANNOTATIONS = "mozilla.github.io/glean-annotations/api.json"
EXPERIMENTS = "experimenter.services.mozilla.com/api/v6/experiments/index.json"

# Each source has its file even where a test publishes nothing there, so that none falls back to the sample.
EMPTY = {
    f"{SQL}/.keep": "",
    f"{SCHEMAS}/.keep": "",
    f"{DOCS}/.keep": "",
    f"{HUB}/.keep": "",
    f"{SPOKE}/.keep": "",
    f"{LOOKER_HUB}/.keep": "",
    LOOKER: "{}",
    ANNOTATIONS: "{}",
    f"{PRODUCT_DETAILS}/firefox_versions.json": "{}",
    # one old release: a file that names none at all is refused
    f"{PRODUCT_DETAILS}/firefox_history_major_releases.json": '{"115.0": "2023-07-04"}',
    f"{PRODUCT_DETAILS}/firefox_history_development_releases.json": "{}",
}
ARRAYS = "arrays"  # the folder of a generation with 160 of its 185 files
DAY = date(2026, 7, 1)
NEWEST = "2026-06-09 00:00:00"
OLDEST = "2020-01-01 00:00:00"


class Upstream:
    """What is published, thing by thing."""

    def __init__(self) -> None:
        self._listings: list[dict[str, Any]] = []
        self._variants: list[dict[str, Any]] = []
        self._repositories: dict[str, dict[str, Any]] = {}
        self._probes: dict[str, Any] = {}
        self.files: dict[str, str] = {}  # by path, without the scheme of the URL

    def app(self, name: str, app_id: str = "", **fields: Any) -> None:
        """One app id of an app; `app_id` defaults to the name, everything else to what follows from it."""
        app_id = app_id or name
        snake = app_id.replace("-", "_").replace(".", "_").lower()
        listing = {
            "app_name": name,
            "app_id": app_id,
            "v1_name": app_id.replace("_", "-").replace(".", "-").lower(),
            "canonical_app_name": name.title(),
            "app_description": f"About {name}.",
            "bq_dataset_family": snake,
            "document_namespace": snake.replace("_", "-"),
            "dependencies": [],
            "notification_emails": ["owner@example.org"],
        }
        self._listings.append({**listing, **fields})

    def library(self, name: str, dependency: str = "", v1_name: str = "") -> None:
        """One variant of a library."""
        self._variants.append(
            {
                "library_name": name,
                "dependency_name": dependency or name,
                "v1_name": v1_name or name,
                "description": "",
                "url": "https://example.org/",
            }
        )

    def metric(
        self, v1_name: str, name: str, *past: Mapping[str, Any], in_source: bool = True, **fields: Any
    ) -> None:
        """A metric of a repository with one definition (`fields`), or with these of `past`."""
        history = [_definition(each) for each in past] or [_definition({"type": "counter", **fields})]
        metrics = self._repositories.setdefault(v1_name, {}).setdefault("metrics", {})
        metrics[name] = {"history": history, "in-source": in_source, "name": name, "type": history[0]["type"]}

    def without_metric(self, v1_name: str, name: str) -> None:
        """Take a metric out of what a repository publishes."""
        del self._repositories[v1_name]["metrics"][name]

    def tag(self, v1_name: str, name: str, description: str) -> None:
        """A tag that metrics of a repository can carry."""
        tags = self._repositories.setdefault(v1_name, {}).setdefault("tags", {})
        tags[name] = {"history": [_definition({"description": description})], "in-source": True, "name": name}

    def ping(self, v1_name: str, name: str, in_source: bool = True, **fields: Any) -> None:
        """A ping of a repository."""
        pings = self._repositories.setdefault(v1_name, {}).setdefault("pings", {})
        pings[name] = {"history": [_definition(fields)], "in-source": in_source, "name": name}

    def probe(
        self, probe_type: str, name: str, *past: Mapping[str, Any],
        added: Mapping[str, str] | None = None, **details: Any,
    ) -> None:  # fmt: skip
        """A legacy probe with one definition in the release channel (`details`), or with these of `past`."""
        history: dict[str, list[dict[str, Any]]] = {}
        for each in past or ({"details": details},):
            entry = {
                "description": f"About {name}.",
                "expiry_version": "never",
                "versions": {"first": "115", "last": "140"},
                **each,
            }
            history.setdefault(entry.pop("channel", "release"), []).append(entry)
        probe = {"type": probe_type, "name": name, "history": history, "first_added": added or {}}
        self._probes[f"{probe_type}/{name}"] = probe

    def stable(self, namespace: str, ping: str, columns: Mapping[str, str], version: int = 1) -> None:
        """The schema of a stable table; see `fields` for the columns."""
        path = f"{SCHEMAS}/{namespace}/{ping}/{ping}.{version}.bq"
        self.files[path] = json.dumps(fields(columns))

    def table(self, name: str, columns: Mapping[str, str] | None = None, **metadata: Any) -> None:
        """A table of generated-sql: `dataset.table`, or with a project before it."""
        project, dataset, table = ("moz-fx-data-shared-prod." + name).split(".")[-3:]
        folder = f"{SQL}/{project}/{dataset}/{table}"
        self.files[f"{folder}/metadata.yaml"] = json.dumps({"friendly_name": table, **metadata})
        if columns is not None:
            self.files[f"{folder}/schema.yaml"] = json.dumps({"fields": fields(columns)})

    def routine(self, name: str, sql: str = "", readme: str = "", **metadata: Any) -> None:
        """A SQL function: `project.dataset.name`."""
        folder = f"{SQL}/{name.replace('.', '/')}"
        self.files[f"{folder}/metadata.yaml"] = json.dumps(metadata)
        for file, content in (("udf.sql", sql), ("README.md", readme)):
            if content:
                self.files[f"{folder}/{file}"] = content

    def view(
        self,
        name: str,
        *references: str,
        columns: Mapping[str, str] | None = None,
        sql: str = "",
        **metadata: Any,
    ) -> None:
        """A view over other tables, with its view.sql where `sql` is its query."""
        over = [each if each.count(".") == 2 else f"moz-fx-data-shared-prod.{each}" for each in references]
        self.table(name, columns, references={"view.sql": over}, **metadata)
        if sql:
            self.sql(name, f"CREATE OR REPLACE VIEW `{name}` AS {sql}", "view.sql")

    def sql(self, name: str, text: str, file: str = "query.sql") -> None:
        """A file of SQL (or a query.py) in the folder of a table."""
        project, dataset, table = ("moz-fx-data-shared-prod." + name).split(".")[-3:]
        self.files[f"{SQL}/{project}/{dataset}/{table}/{file}"] = text

    def versions(self, **majors: int) -> None:
        """What product-details says of today: versions(nightly=150, beta=149, release=148)."""
        keys = {
            "nightly": ("FIREFOX_NIGHTLY", "a1"),
            "beta": ("LATEST_FIREFOX_DEVEL_VERSION", "b3"),
            "release": ("LATEST_FIREFOX_VERSION", ""),
        }
        current = {keys[name][0]: f"{major}.0{keys[name][1]}" for name, major in majors.items()}
        self.files[f"{PRODUCT_DETAILS}/firefox_versions.json"] = json.dumps(current)
        if "release" in majors:  # it came out a few weeks before DAY
            days = json.dumps({f"{majors['release']}.0": NEWEST[:10]})
            self.files.setdefault(f"{PRODUCT_DETAILS}/firefox_history_major_releases.json", days)

    def experiment(self, slug: str, app: str, metrics: Mapping[str, bool]) -> None:
        """The one running experiment, which switches metrics on or off."""
        feature = {"featureId": "glean", "value": {"gleanMetricConfiguration": dict(metrics)}}
        experiment = {
            "slug": slug,
            "appName": app,
            "startDate": "2026-01-01",
            "branches": [{"features": [feature]}],
        }
        self.files[EXPERIMENTS] = json.dumps([experiment])

    def dashboard(
        self, model: str, name: str, *tiles: Mapping[str, Any], made: bool = False, **fields: Any
    ) -> None:
        """A Looker dashboard, curated or made by OpMon."""
        root = LOOKER_HUB if made else SPOKE
        elements = [{"type": "looker_line", **tile} for tile in tiles]
        document = [{"dashboard": name, "elements": elements, **fields}]
        self.files[f"{root}/{model}/dashboards/{name}.dashboard.lookml"] = json.dumps(document)

    def doc(self, path: str, text: str) -> None:
        """A page of the data docs."""
        self.files[f"{DOCS}/{path}"] = text

    def measures(self, path: str, toml: str) -> None:
        """A file of metric-hub: `definitions/fenix.toml`."""
        self.files[f"{HUB}/{path}"] = toml

    def write(self, folder: Path) -> Path:
        """All files below a folder, which is then a mirror; returns the folder."""
        files = {
            **EMPTY,
            f"{PROBEINFO}/v2/glean/app-listings": json.dumps(self._listings),
            f"{PROBEINFO}/v2/glean/library-variants": json.dumps(self._variants),
            f"{PROBEINFO}/firefox/all/main/all_probes": json.dumps(self._probes),
            **self.files,
        }
        for v1_name, contents in self._repositories.items():
            for file in ("metrics", "pings", "tags", "dependencies"):
                files[f"{PROBEINFO}/glean/{v1_name}/{file}"] = json.dumps(contents.get(file, {}))
        for path, text in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", errors="surrogatepass")
        return folder


def fields(columns: Mapping[str, str]) -> list[dict[str, Any]]:
    """Nested fields of dotted paths: {"a.b": "STRING", "c*": "RECORD", "c.key": "STRING"}; `*` repeats."""
    top: list[dict[str, Any]] = []
    levels: dict[str, list[dict[str, Any]]] = {"": top}
    for given, column_type in columns.items():
        path, mode = given.rstrip("*"), "REPEATED" if given.endswith("*") else "NULLABLE"
        parts = path.split(".")
        for depth in range(1, len(parts) + 1):
            key, above = ".".join(parts[:depth]), ".".join(parts[: depth - 1])
            if key in levels:
                continue
            whole = depth == len(parts)
            entry = {
                "name": parts[depth - 1],
                "type": column_type if whole else "RECORD",
                "mode": mode if whole else "NULLABLE",
            }
            levels[above].append(entry)
            levels[key] = entry.setdefault("fields", [])
    return top


def config_of(mirror: Path, data_dir: Path, today: date = DAY) -> Config:
    """The shipped settings over a mirror of one's own, on a fixed day."""
    values = {"mirror": str(mirror), "data_dir": data_dir, "now": today}
    return load_config(None, env={}).model_copy(update=values)


def catalogue_of(upstream: Upstream, folder: Path, today: date = DAY) -> Catalogue:
    """What is published, through fetcher, parsers and catalogue."""
    return build_catalogue(records_of(upstream, folder), today)


def records_of(upstream: Upstream, folder: Path) -> list[Record]:
    """All records that the sources read of it."""
    config = config_of(upstream.write(folder / "mirror"), folder / "data")
    found: list[Record] = []
    with Fetcher(config, folder / "cache") as fetcher:
        for name, source in find_sources().items():
            if not config.sources[name].enabled or name == "tools":
                continue
            options = config.options_of(name)
            fetched = fetcher.fetch(source.requests(options))
            if isinstance(source, NamingMore):
                fetched += fetcher.fetch(source.more_requests(fetched, options))
            found.extend(source.records(fetched, options, Report()))
    return found


def _definition(given: Mapping[str, Any]) -> dict[str, Any]:
    """A definition of today with what was given; `last` dates it."""
    entry = dict(given)
    dates = {"first": entry.pop("first", OLDEST), "last": entry.pop("last", NEWEST)}
    reflog: int = entry.pop("reflog", 0)
    defaults = {"description": "Made up.", "expires": "never", "send_in_pings": ["metrics"], "bugs": []}
    return {**defaults, "dates": dates, "reflog-index": {"first": reflog, "last": reflog}, **entry}


def built(upstream: Upstream, folder: Path, today: date = DAY) -> Config:
    """What is published, crawled and built into a generation; the settings of its server."""
    config = config_of(upstream.write(folder / "mirror"), folder / "data", today)
    for done in crawl(config):
        assert done.outcome == "parsed" or not done.state.from_sample, done
    build(config)
    return config


def copied_world(config: Config, folder: Path) -> Config:
    """Published and built things of one's own: a copy of the mirror and the data of what built() gave."""
    assert config.mirror is not None
    mirror = shutil.copytree(config.mirror, folder / "mirror", copy_function=shutil.copyfile)
    data = copied_data(config.data_dir, folder / "data")
    return config.model_copy(update={"mirror": str(mirror), "data_dir": data})


def copied_data(data: Path, to: Path) -> Path:
    """A data folder of one's own with what lies in another one; returns it.

    Files of generations, which nobody changes, are links, their arrays one link to the whole folder:
    on_its_own() is for who harms one.
    """
    generations = str(data / FOLDER)

    def own(source: str, target: str) -> object:
        return (os.link if source.startswith(generations) else shutil.copyfile)(source, target)

    shutil.copytree(data, to, copy_function=own, ignore=lambda folder, names: {ARRAYS} & set(names))
    for arrays in (data / FOLDER).glob(f"*/{ARRAYS}"):
        (to / arrays.relative_to(data)).symlink_to(arrays.resolve())
    return to


def names(items: Sequence[Any]) -> list[str]:
    """The ids of items, in order."""
    return [item.id for item in items]
