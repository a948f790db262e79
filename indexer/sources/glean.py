"""Apps, pings, metrics and tags of everything that uses Glean, as probeinfo publishes them.

The listings name the repositories (v1_name) of all app ids and libraries; each repository
has its files beside each other. A repository whose files are absent (404) yields only its
RepositoryState: its pings and metrics are then known from its schemas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from indexer.model.records import (
    AppListing,
    LibraryVariant,
    Record,
    RepositoryMetric,
    RepositoryPing,
    RepositoryState,
    RepositoryTag,
)
from indexer.sources import Fetched, Report, Request
from indexer.sources._glean_entries import history, to_metric_definition, to_ping_definition
from indexer.sources._upstream import Entry, named_entries, read_json

BASE = "https://probeinfo.telemetry.mozilla.org"
LISTINGS = "v2/glean/app-listings"
VARIANTS = "v2/glean/library-variants"
FILES = ("metrics", "pings", "tags", "dependencies")
V1_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


class Source:
    """Requests: the two listings, then four files of each repository that they name."""

    name = "glean"
    version = 2

    def requests(self, options: Mapping[str, Any]) -> Sequence[Request]:
        """The listings of apps and of libraries; their repositories are named in them (more_requests)."""
        return [Request(f"{_base(options)}/{path}", tag=path) for path in (LISTINGS, VARIANTS)]

    def more_requests(self, fetched: Sequence[Fetched], options: Mapping[str, Any]) -> Sequence[Request]:
        """Metrics, pings, tags and dependencies of each repository that is listed; each may be absent."""
        listed = [
            value.get("v1_name")
            for file in fetched
            if file.request.tag in (LISTINGS, VARIANTS)
            for value in read_json(file, list)
            if isinstance(value, dict)
        ]
        names = {name for name in listed if isinstance(name, str) and V1_NAME.fullmatch(name)}
        return [
            Request(f"{_base(options)}/glean/{quote(name)}/{file}", optional=True, tag=f"{name}/{file}")
            for name in sorted(names)
            for file in FILES
        ]

    def records(
        self, fetched: Sequence[Fetched], options: Mapping[str, Any], report: Report
    ) -> Iterator[Record]:
        """Apps and libraries as they are listed, then what each repository defines, by name."""
        files = {file.request.tag: file for file in fetched}
        if LISTINGS in files:
            yield from _listings(files.pop(LISTINGS), report)
        if VARIANTS in files:
            yield from _variants(files.pop(VARIANTS), report)
        for v1_name in sorted({_v1_name(file) for file in files.values()}):
            yield from _repository(v1_name, files, report)

    def parts(self, fetched: Sequence[Fetched]) -> Sequence[Sequence[Fetched]]:
        """Each listing, then the files of each repository."""
        listings = [[file] for tag in (LISTINGS, VARIANTS) for file in fetched if file.request.tag == tag]
        repositories: dict[str, list[Fetched]] = {}
        for file in fetched:
            if file.request.tag not in (LISTINGS, VARIANTS):
                repositories.setdefault(_v1_name(file), []).append(file)
        return [*listings, *(repositories[name] for name in sorted(repositories))]


def _v1_name(file: Fetched) -> str:
    return file.request.tag.rpartition("/")[0]


def _base(options: Mapping[str, Any]) -> str:
    return str(options.get("base_url") or BASE).rstrip("/")


def _listings(file: Fetched, report: Report) -> Iterator[AppListing]:
    seen: set[tuple[str, str]] = set()
    for entry in Entry({"app-listings": read_json(file, list)}, "", report).listed("app-listings"):
        report.seen["app listings"] += 1
        app_name, app_id = entry.text("app_name"), entry.text("app_id")
        if not app_name or not app_id or not V1_NAME.fullmatch(entry.text("v1_name")):
            report.skip("app listing without app_name, app_id or v1_name", f"{app_name} {app_id}")
        elif (app_name, app_id) in seen:
            report.skip("app listing twice", f"{app_name} {app_id}")
        else:
            seen.add((app_name, app_id))
            yield _listing(Entry(entry.fields, app_id, report))


def _listing(entry: Entry) -> AppListing:
    defaults = entry.entry("moz_pipeline_metadata_defaults")
    return AppListing(
        app_name=entry.text("app_name"),
        app_id=entry.text("app_id"),
        v1_name=entry.text("v1_name"),
        canonical_app_name=entry.text("canonical_app_name") or entry.text("app_name"),
        app_description=entry.text("app_description"),
        description=entry.text("description"),
        channel=entry.text("app_channel"),
        dataset=entry.text("bq_dataset_family"),
        namespace=entry.text("document_namespace"),
        url=entry.link("url"),
        emails=entry.emails("notification_emails"),
        dependencies=entry.texts("dependencies"),
        deprecated=entry.flag("deprecated"),
        prototype=entry.flag("prototype"),
        skip_documentation=entry.flag("skip_documentation"),
        retention={
            ping: days
            for ping, policy in entry.entries("moz_pipeline_metadata")
            if (days := _delete_after_days(policy)) is not None
        },
        default_retention=_delete_after_days(defaults),
    )


def _variants(file: Fetched, report: Report) -> Iterator[LibraryVariant]:
    for entry in Entry({"library-variants": read_json(file, list)}, "", report).listed("library-variants"):
        report.seen["library variants"] += 1
        library, dependency = entry.text("library_name"), entry.text("dependency_name")
        if not library or not dependency or not V1_NAME.fullmatch(entry.text("v1_name")):
            report.skip("library variant without a name", f"{library} {dependency}")
            continue
        yield LibraryVariant(
            library_name=library,
            v1_name=entry.text("v1_name"),
            dependency_name=dependency,
            description=entry.text("description"),
            url=entry.link("url"),
            emails=entry.emails("notification_emails"),
            deprecated=entry.flag("deprecated"),
        )


def _repository(v1_name: str, files: Mapping[str, Fetched], report: Report) -> Iterator[Record]:
    """All that one repository's files say; what is absent is told by its RepositoryState."""
    contents = {
        file: read_json(fetched, dict)
        for file in FILES
        if (fetched := files.get(f"{v1_name}/{file}")) is not None and fetched.path is not None
    }
    report.seen["repositories"] += 1
    yield RepositoryState(
        v1_name=v1_name,
        has_metrics="metrics" in contents,
        dependencies=tuple(
            name for name, _ in named_entries(contents.get("dependencies", {}), v1_name, report, "dependency")
        ),
    )
    for name, entry in named_entries(contents.get("metrics", {}), v1_name, report, "metric"):
        report.seen["metrics"] += 1
        metric_history = history(entry, to_metric_definition)
        if metric_history:
            yield RepositoryMetric(v1_name, name, entry.flag("in-source", True), metric_history)
        else:
            report.skip("metric without a readable definition", entry.what)
    for name, entry in named_entries(contents.get("pings", {}), v1_name, report, "ping"):
        report.seen["pings"] += 1
        ping_history = history(entry, to_ping_definition)
        retention = _delete_after_days(entry.entry("moz_pipeline_metadata"))
        if ping_history:
            yield RepositoryPing(v1_name, name, entry.flag("in-source", True), ping_history, retention)
        else:
            report.skip("ping without a readable definition", entry.what)
    for name, entry in named_entries(contents.get("tags", {}), v1_name, report, "tag"):
        report.seen["tags"] += 1
        yield RepositoryTag(v1_name, name, _newest_description(entry))


def _delete_after_days(policy: Entry) -> int | None:
    return policy.entry("expiration_policy").number("delete_after_days")


def _newest_description(entry: Entry) -> str:
    """What a tag means, by the newest entry of its history (rule 2)."""
    newest = max(entry.listed("history"), key=_age, default=None)
    return newest.text("description") if newest else ""


def _age(past: Entry) -> tuple[str, int]:
    return past.entry("dates").moment("last"), -(past.entry("reflog-index").number("last") or 0)
