"""Links that lead nowhere: A5, A18, C3, and A19 with what replaces a probe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from tests.faults.sides import Fault, Made, Upstream

# bigquery-etl: telemetry/glam_*/view.sql, "metric NOT LIKE"
KEPT_BACK = (
    "search_counts", "browser_search", "event_counts", "browser_engagement_navigation",
    "manager_message_size", "dropped_frames_proportion",
)  # fmt: skip
# data docs, cookbooks/glam.md: "we only keep data from the last three versions"; 147 was the release when
# GLAM's legacy pages were frozen (26 January 2026)
OLDEST_KEPT = 145
GLAM = "https://glam.telemetry.mozilla.org/firefox/probe/"
MONITORING = "https://mozilla.cloud.looker.com/dashboards/1452"
SHARED = "moz-fx-data-shared-prod"
UNITS = re.compile(r"(_(ms|us|ns|s|sec|seconds|kb|mb|bytes|v?\d+))+$")


def _links(made: Made, item_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = made.get(f"/api/v1/item/{quote(item_id)}")["links"]
    return found


def legacy_glam(upstream: Upstream, made: Made) -> Iterator[Fault]:
    fault = Fault("A5 a legacy probe links a GLAM page without data")
    frozen = Fault("A19 a link to GLAM's legacy pages does not say that they are frozen")
    lost = Fault("A5 a probe that GLAM has data of is not linked")
    newest = max(map(_last_version, upstream.probes.values()))
    for name, probe in upstream.probes.items():
        if probe["type"] not in ("histogram", "scalar"):
            continue
        details = [each["details"] for entries in probe["history"].values() for each in entries]
        snaked = re.sub(r"[.-]", "_", probe["name"]).lower()
        without = any(part in snaked for part in KEPT_BACK) or probe["name"].startswith("USE_COUNTER2_")
        without |= probe["type"] == "scalar" and all(each.get("kind") == "string" for each in details)
        without |= _last_version(probe) < min(newest, OLDEST_KEPT)
        pages = [link for link in _links(made, f"probe/{name}") if link["url"].startswith(GLAM)]
        fault.see(without and bool(pages), name)
        lost.see(not without and not pages, name)
        for link in pages:
            frozen.see("frozen" not in (link["note"] or ""), name)
    yield fault
    yield lost
    yield frozen


def _last_version(probe: dict[str, Any]) -> int:
    """The newest version of any channel that has a probe, by what upstream knows."""
    return max(int(each["versions"]["last"]) for entries in probe["history"].values() for each in entries)


def event_monitoring_and_looker(upstream: Upstream, made: Made) -> Iterator[Fault]:
    """One look at the links of each Glean metric that has any in these tools."""
    monitored = Fault("A18 event monitoring is linked for an app whose events it does not gather")
    explores = Fault("C3 a Looker link names an explore or a field that Looker does not have")
    told = Fault("C3 a metric whose field Looker has is told that there is none")
    gathered = {name for name in upstream.metadata if name.endswith("_derived.event_monitoring_live_v1")}
    datasets: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    for listing in upstream.listings:
        datasets.setdefault(listing["app_name"], []).append(listing["bq_dataset_family"])
        titles.setdefault(listing["canonical_app_name"], listing["app_name"])
    # one metric of each sort: thousands differ in their name only
    sorts: dict[tuple[object, ...], str] = {}
    for key, metric in made.of("metric").items():
        suffix = re.search("_(date|time|timestamp)$", metric["name"].replace(".", "_"))
        pings = tuple(sorted(set(metric["pings"])))[:4]
        sort = (metric["type"], metric["apps"][:3] and tuple(metric["apps"][:3]), pings, bool(suffix))
        sorts.setdefault(
            (*sort, metric["columns"][0]["column"].split(".")[0] if metric["columns"] else ""), key
        )
    for key in sorts.values():
        record = made.get(f"/api/v1/item/{quote(key)}")
        for link in record["links"]:
            parts = urlsplit(link["url"])
            query = parse_qs(parts.query)
            if link["url"].startswith(MONITORING):
                app = titles.get(query["App Name"][0], "")
                tables = {
                    f"{SHARED}.{each}_derived.event_monitoring_live_v1" for each in datasets.get(app, ())
                }
                monitored.see(not tables & gathered, f"{key} {app}")
            elif parts.netloc == "mozilla.cloud.looker.com" and parts.path.startswith("/explore/"):
                explores.see(bool(_looker_fault(record, parts.path, query)), f"{key} {link['url'][:200]}")
        reasons = [each["reason"] for each in record["no_links"] if each["tool"] == "looker"]
        if record["type"] in ("text", "url"):
            told.see(any("no field for" in reason for reason in reasons), key)
    yield monitored
    yield explores
    yield told


def _looker_fault(record: dict[str, Any], path: str, query: dict[str, list[str]]) -> str:
    explore = path.rpartition("/")[2]
    fields = [field for group in query.get("fields", []) for field in group.split(",")]
    if explore == "events":
        return "Looker calls it event_counts"
    if record["type"] != "event" and explore in ("event_counts", "glean_event_counts", "events_stream"):
        return "an events explore has events only"
    leaves = [field.partition(".")[2] for field in fields]
    if any(re.search("_(date|time|timestamp)_date$", leaf) for leaf in leaves):
        return "a second suffix"
    if record["type"] == "rate" and "__numerator" not in "".join(query.get("dynamic_fields", [])):
        return "a rate has two fields"
    if any(leaf in ("seq", "session_count") for leaf in leaves):
        return "a measure of the info sections"
    if any(re.match("metrics__(text|url|jwe)__", leaf) for leaf in leaves):
        return "the stable table's name of the type"
    return ""


def replacements(_: Upstream, made: Made) -> Iterator[Fault]:
    unsaid = Fault("A19 a metric of the same name and words is not said to replace its probe")
    one_way = Fault("A19 a replacement is said on one side only")
    metrics = made.of("metric")
    tails: dict[str, list[str]] = {}
    for key, metric in metrics.items():
        if metric["origin"] in ("gecko", "firefox_desktop") and metric["in_source"] and metric["definition"]:
            words = metric["name"].replace(".", "_").lower().split("_")
            for at in range(len(words)):
                tails.setdefault("_".join(words[at:]), []).append(key)
    mirrored = {metric for probe in made.of("probe").values() for metric in probe["mirrors"]}
    for key, probe in made.of("probe").items():
        if found := probe["replaced_by"]:
            one_way.see(key not in [each[0] for each in metrics[found]["replaces"]], key)
        if probe["probe_type"] != "histogram" or probe["mirrors"]:
            continue
        name = UNITS.sub("", probe["name"].partition("/")[2].lower())
        fitting = [
            each for each in tails.get(name, ()) if each not in mirrored and len(name) > 9 and "_" in name
        ]
        same = [
            each for each in fitting if _words(metrics[each]["description"]) == _words(probe["description"])
        ]
        if len(fitting) == len(same) == 1:
            unsaid.see(probe["replaced_by"] != same[0], f"{key} {same[0]}")
    yield unsaid
    yield one_way


def _words(text: str) -> list[str]:
    return re.findall("[a-z0-9]+", re.sub(r"\(.*?\)", "", text.lower()))[:12]
