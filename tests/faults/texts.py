"""Texts and what is read of files: A6, C5, C7, C9."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import normpath

from tests.faults.sides import Fault, Made, Upstream

ANGLES = re.compile(r"<(?!/|https?:|mailto:|!)([A-Za-z][\w -]{0,40})>")
SHAPING = {"br", "b", "i", "em", "strong", "code", "p", "ul", "ol", "li", "a", "sub", "sup", "div", "span"}
SHOWN = 1_200  # characters of a description that a hit surely has
FEED = 50


def angle_brackets(_: Upstream, made: Made) -> Iterator[Fault]:
    fault = Fault("A6 text in angle brackets is missing from a hit")
    found = Fault("A6 the probe about <marquee> is not found")
    for kind in ("metric", "probe"):
        for key, item in made.of(kind).items():
            named = {
                word for word in ANGLES.findall(item["description"][:SHOWN]) if word.lower() not in SHAPING
            }
            if not named:
                continue
            hits = made.get(f"/api/v1/search?kind={kind}&q={_quoted(item['name'])}&size=5&facets=")["hits"]
            own = [hit for hit in hits if hit["id"] == key]
            for hit in own:
                said = " ".join(hit["description"].split())
                fault.see(any(f"<{word}>" not in said for word in named), key)
    hits = made.get("/api/v1/search?q=marquee&kind=probe&size=20&facets=")["hits"]
    found.see(not any("marquee" in hit["description"].lower() for hit in hits), "marquee")
    yield fault
    yield found


def _quoted(name: str) -> str:
    return re.sub(r"[#&+]", " ", name.partition("/")[2] or name)


def published_docs(upstream: Upstream, made: Made) -> Iterator[Fault]:
    fault = Fault("C5 a section links a page that the docs do not publish")
    left = Fault("C5 an include stands in a text")
    listed = {normpath(path) for path in re.findall(r"\]\(([^)#\s]+)", upstream.docs["SUMMARY.md"])}
    for key, doc in made.of("doc").items():
        fault.see(doc["section"]["path"] not in listed, key)
        left.see("{{#include" in doc["section"]["text"] + doc["section"]["code"], key)
    missing = Fault("C5 a page that the docs publish has no section")
    shown = {doc["section"]["path"] for doc in made.of("doc").values()}
    for path in sorted(listed & upstream.docs.keys()):
        missing.see(path not in shown, path)
    yield fault
    yield left
    yield missing


def new_fields(upstream: Upstream, made: Made) -> Iterator[Fault]:
    labels = Fault("C7 keys or categories of a dual labeled counter are dropped")
    values = Fault("C7 the only values of an extra are dropped")
    types = Fault("C7 the types of a oneOf are dropped")
    origins = {listing["v1_name"]: listing["app_name"] for listing in upstream.listings}
    variants = upstream.json("probeinfo.telemetry.mozilla.org/v2/glean/library-variants") or []
    origins |= {each["v1_name"]: each["library_name"] for each in variants}
    for v1_name, origin in origins.items():
        for name, metric in upstream.repository(v1_name, "metrics").items():
            item = made.of("metric").get(f"metric/{origin}/{name}")
            newest = max(metric["history"], key=lambda each: each["dates"]["last"], default={})
            if (
                item is None
                or item["definition"] is None
                or item["definition"]["last"] != newest["dates"]["last"]
            ):
                continue
            wanted = [*(newest.get("keys") or []), *(newest.get("categories") or [])]
            if wanted:
                labels.see(not set(wanted) <= set(item["definition"]["labels"]), item["id"])
            said = str(item["definition"]["extra_keys"])
            for extra in (newest.get("extra_keys") or {}).values():
                if isinstance(extra, dict) and extra.get("enum"):
                    values.see(any(str(each) not in said for each in extra["enum"]), item["id"])
            if "oneof" in str(newest.get("structure")).lower():
                types.see(" or " not in said, item["id"])
    bounds = Fault("C7 a bound of a histogram that is written as a product is dropped")
    for name, probe in upstream.probes.items():
        for entries in probe["history"].values():
            for entry in entries:
                if isinstance(entry["details"].get("high"), str):
                    definitions = made.of("probe")[f"probe/{name}"]["definitions"]
                    bounds.see(all(each["high"] is None for each in definitions), name)
    for fault in (labels, values, types, bounds):
        if not fault.looked_at:
            fault.why = "the mirror has none; small files of our own hold it (tests/sources)"
        yield fault


def feed_dates(_: Upstream, made: Made) -> Iterator[Fault]:
    fault = Fault("C9 an entry of a feed without a date takes the time of the build")
    for kind in ("doc", "table", "metric"):
        feed = made.client.get(f"/feed.atom?kind={kind}").text
        for entry in feed.split("<entry>")[1:]:
            fault.see(made.manifest["built_at"][:19] in entry, f"{kind} {entry[:80]!r}")
    yield fault
