"""States, numbers and descriptions: A3, A4, A7, A10, A11, A13, A15, A17."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from tests.faults.sides import PRODUCT, Fault, Made, Upstream

DEAD = ("removed", "expired", "disabled")
SHARED = "moz-fx-data-shared-prod"
PLACEHOLDERS = ("please provide a description for the query", "[description_missing]", "")
PAGES_LOOKED_AT = 40  # of metrics that expire by version
EVERY = ("all-pings", "all_pings", "glean_client_info", "glean_internal_info")


def disabled_pings(_: Upstream, made: Made) -> Iterator[Fault]:
    called = Fault("A3 a ping that its app switches on is called disabled")
    deprecated = Fault("A3 what its description calls deprecated counts as active")
    for key, ping in made.of("ping").items():
        definition = ping["definition"] or {}
        if definition.get("enabled") is False and definition.get("follows_collection_enabled") is False:
            called.see(ping["status"] == "disabled", key)
        if "this ping is deprecated" in ping["description"].lower():
            deprecated.see(ping["status"] in ("active", "unknown"), key)
    yield called
    yield deprecated


def living_represent(_: Upstream, made: Made) -> Iterator[Fault]:
    fault = Fault("A4 a dead metric stands for a living one of its name on the page of a ping")
    living = {
        (row["app"], row["ping"], metric["name"])
        for metric in made.of("metric").values()
        if metric["status"] == "active"
        for row in metric["columns"]
    }
    for key, ping in made.of("ping").items():
        if ping["legacy"] or not ping["metric_count"]:
            continue
        metrics = made.get(f"/api/v1/item/{key}?metrics_size=200")["metrics"]["items"]
        for metric in metrics:
            dead = metric["status"] in DEAD
            fault.see(dead and (ping["app"], ping["name"], metric["name"]) in living, f"{key} {metric['id']}")
    yield fault


def borrowed_descriptions(upstream: Upstream, made: Made) -> Iterator[Fault]:
    fault = Fault("A7 a table bears a description that its metadata does not give")
    for key, table in made.of("table").items():
        if table["metadata_source"] == "generated-sql" and table["description"]:
            said = upstream.metadata.get(key.removeprefix("table/"), {}).get("description")
            placeholder = not isinstance(said, str) or said.strip().lower() in PLACEHOLDERS
            fault.see(placeholder, key)
    yield fault


def legacy_pings(upstream: Upstream, made: Made) -> Iterator[Fault]:
    fault = Fault("A10 a legacy ping that docs or schemas describe has no description")
    unknown = Fault(
        "A10 a legacy ping is of unknown state", why="neither docs nor schemas say whether it comes in"
    )
    headings = re.findall(r'^#+ "([a-z-]+)" ping$', upstream.docs.get("datasets/pings.md", ""), re.MULTILINE)
    for key, ping in made.of("ping").items():
        if not ping["legacy"]:
            continue
        described = (ping["app"], ping["name"]) in upstream.schema_words
        described |= ping["app"] == "telemetry" and ping["name"] in headings
        fault.see(described and not ping["description"], key)
        unknown.looked_at += 1
        unknown.lacking += ping["status"] == "unknown"
    yield fault
    yield unknown


def former_pings(upstream: Upstream, made: Made) -> Iterator[Fault]:
    fault = Fault(
        "A11 a metric does not show a ping that it was sent in before, whose table still has its column"
    )
    items = made.of("metric")
    for listing in upstream.listings:
        namespace = listing.get("document_namespace") or ""
        for name, metric in upstream.repository(listing["v1_name"], "metrics").items():
            item = items.get(f"metric/{listing['app_name']}/{name}")
            history = sorted(metric["history"], key=lambda each: (each["dates"]["last"], -_index(each)))
            if item is None or not history or history[-1]["type"] == "event":
                continue
            now = set(history[-1]["send_in_pings"])
            for before in history[:-1]:
                for ping in set(before["send_in_pings"]) - now - set(EVERY):
                    if now & set(EVERY):
                        continue
                    leaf = re.sub("_+", "_", re.sub(r"[.-]", "_", name))
                    there = f"metrics.{before['type']}.{leaf}" in upstream.columns.get((namespace, ping), ())
                    shown = {row["ping"] for row in (*item["columns"], *item["former"])}
                    if there:
                        fault.see(ping not in shown, f"{item['id']} {ping}")
    yield fault


def _index(entry: dict[str, Any]) -> int:
    return int((entry.get("reflog-index") or {}).get("last") or 0)


def numbers_agree(_: Upstream, made: Made) -> Iterator[Fault]:
    fault = Fault("A13 a number of metrics differs between record, search and lists")
    for key, app in made.of("app").items():
        record = made.get(f"/api/v1/item/{key}")
        numbers = {app["metric_count"], record["metric_count"], made.total(kind="metric", app=app["name"])}
        fault.see(len(numbers) > 1, f"{key} {numbers}")
        rows = {row["id"]: row["metric_count"] for row in record["ping_items"]}
        for ping in app["pings"]:
            item = made.of("ping").get(f"ping/{app['name']}/{ping}")
            if item is None:
                continue
            found = made.total(kind="metric", app=app["name"], ping=ping)
            numbers = {item["metric_count"], rows.get(item["id"], -1), found}
            fault.see(len(numbers) > 1, f"{item['id']} {numbers}")
    yield fault


def judged_versions(upstream: Upstream, made: Made) -> Iterator[Fault]:
    unsaid = Fault("A15 a page with an expiry by version does not say against which it was judged")
    silent = Fault("A15 versions over eight weeks old are not warned of")
    by_version = [key for key, metric in made.of("metric").items() if metric["expires"].isdigit()]
    step = max(1, len(by_version) // PAGES_LOOKED_AT)
    for key in by_version[::step]:
        unsaid.see("judged against Nightly" not in made.client.get(f"/{key}").text, key)
    days = upstream.json(f"{PRODUCT}/firefox_history_major_releases.json") or {}
    newest = max((day for day in days.values() if day <= date.today().isoformat()), default="")
    codes = {problem["code"] for problem in made.get("/api/v1/status")["problems"]}
    old = bool(newest) and (date.today() - date.fromisoformat(newest)).days > 63  # Nightly is a week ahead
    silent.see(old and "versions-old" not in codes, newest)
    yield unsaid
    yield silent


def table_marks(upstream: Upstream, made: Made) -> Iterator[Fault]:
    fault = Fault("A17 a table is not marked as its labels say: legacy, deprecated, level")
    monitored = Fault("A17 a table does not say whether it is monitored")
    for name, metadata in upstream.metadata.items():
        table = made.of("table").get(f"table/{name}")
        labels = metadata.get("labels") or {}
        if table is None:
            continue
        if labels.get("legacy") is True:
            fault.see(not table["legacy"], name)
        if labels.get("deprecated") is True:
            fault.see(table["status"] not in ("deprecated", "removed"), name)
        if isinstance(labels.get("level"), str):
            fault.see(table["level"] != labels["level"], name)
        enabled = (metadata.get("monitoring") or {}).get("enabled")
        if isinstance(enabled, bool):
            monitored.see(table["monitored"] is not enabled, name)
    yield fault
    yield monitored
