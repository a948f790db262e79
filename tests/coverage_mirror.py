#!/usr/bin/env python3
"""Is everything that the mirror holds found by its exact name? Asked of a running server.

    tests/coverage_mirror.py http://127.0.0.1:8000 [--mirror FOLDER] [--kind KIND …]

Counts what must be there from the mirror's own files, then asks /api/v1/search for each thing
by its exact name with `kind=` (and `app=` where the name is shared): it must be the first hit or
among that hit's variants; a docs section among the first ten. Every column of every stable
table must be in the table's item. Exit code 1 if anything is missing.

Shares no code with the project, so that a mistake there is not repeated here. Standard library only.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import queue
import re
import sys
import tarfile
import threading
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

CONNECTIONS = 4
SHOWN = 20  # misses shown of each kind
COLUMNS_SIZE = 5000
PROBEINFO = "probeinfo.telemetry.mozilla.org"
STABLE_PROJECT = "moz-fx-data-shared-prod"
# What the mirror's README and docs/domain.md count; a checker that counts otherwise is broken itself.
KNOWN_COUNTS = {"app": 56, "metric": 9067, "probe": 4569, "table": 4616 - 153, "stable table": 1042}


@dataclass(frozen=True)
class Check:
    """One thing to be found."""

    label: str  # under which it is counted
    item: str  # its id
    q: str
    kind: str
    filters: tuple[tuple[str, str], ...] = ()
    within: int = 1  # among so many first hits
    columns: frozenset[str] = frozenset()  # of a stable table: read from its item instead of searched


@dataclass
class Outcome:
    asked: Counter[str] = field(default_factory=Counter)
    missed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    lock: threading.Lock = field(default_factory=threading.Lock)


# ------------------------------------------------------------------ what must be there


def glean(mirror: Path) -> Iterator[Check]:
    """Documented apps, metrics by origin, and the pings of each documented app."""
    root = mirror / PROBEINFO
    listings = json.loads((root / "v2/glean/app-listings").read_bytes())
    variants = json.loads((root / "v2/glean/library-variants").read_bytes())
    documented = [listing for listing in listings if not listing.get("skip_documentation")]
    apps = {listing["app_name"]: listing for listing in documented}
    for name, listing in apps.items():
        yield Check("app", f"app/{name}", name, "app")
        yield Check("app by title", f"app/{name}", listing["canonical_app_name"], "app")

    def members(v1_name: str, file: str) -> dict[str, Any]:
        path = root / "glean" / v1_name / file
        return json.loads(path.read_bytes()) if path.is_file() else {}

    origins = [(listing["app_name"], listing["v1_name"]) for listing in listings]
    origins += [(variant["library_name"], variant["v1_name"]) for variant in variants]
    metrics: dict[tuple[str, str], set[str]] = defaultdict(set)  # with the pings that it is or was sent in
    for origin, v1_name in origins:
        for name, metric in members(v1_name, "metrics").items():
            metrics[origin, name].update(*(each["send_in_pings"] for each in metric["history"]))
    repositories = {variant["dependency_name"]: variant["v1_name"] for variant in variants}
    pings = set()
    for listing in documented:
        sources = [listing["v1_name"]]
        sources += [repositories[name] for name in listing["dependencies"] if name in repositories]
        pings |= {(listing["app_name"], ping) for source in sources for ping in members(source, "pings")}
    used_by = users_of_libraries(documented, variants)
    sharing = Counter(letters(name) for _, name in metrics)  # in any spelling (rule 9)
    for (origin, name), sent in sorted(metrics.items()):
        if any(listing["app_name"] == origin for listing in listings):
            app = origin
        else:  # an app of the library that has one of its pings, where one names its pings
            users = used_by.get(origin, [])
            able = [user for user in users if any((user, ping) in pings for ping in sent)]
            app = next(iter(able or users), "")
        filters = (("app", app),) if sharing[letters(name)] > 1 and app else ()
        yield Check("metric", f"metric/{origin}/{name}", name, "metric", filters)

    for app, ping in sorted(pings):
        yield Check("ping", f"ping/{app}/{ping}", ping, "ping", (("app", app),))


def users_of_libraries(listings: list[Any], variants: list[Any]) -> dict[str, list[str]]:
    """For each library the apps that have it among their dependencies."""
    library_of = {variant["dependency_name"]: variant["library_name"] for variant in variants}
    users: dict[str, list[str]] = defaultdict(list)
    for listing in listings:
        for dependency in listing["dependencies"]:
            if dependency in library_of:
                users[library_of[dependency]].append(listing["app_name"])
    return users


def probes(mirror: Path) -> Iterator[Check]:
    """All legacy probes, by their bare name where no other type has it, and with their type."""
    path = mirror / PROBEINFO / "firefox/all/main/all_probes"
    found = [(probe["type"], probe["name"]) for probe in json.loads(path.read_bytes()).values()]
    sharing = Counter(name for _, name in found)
    for kind, name in found:
        bare = name if sharing[name] == 1 else f"{kind}/{name}"
        yield Check("probe", f"probe/{kind}/{name}", bare, "probe")
        yield Check("probe by type/name", f"probe/{kind}/{name}", f"{kind}/{name}", "probe")


def tables(mirror: Path) -> Iterator[Check]:
    """All tables and views of generated-sql; functions are none."""
    path = mirror / "github.com/mozilla/bigquery-etl/archive/refs/heads/generated-sql.tar.gz"
    pattern = re.compile(r"[^/]+/sql/([^/]+)/([^/]+)/([^/]+)/metadata\.yaml")
    found = [
        match.groups() for name, _ in archive(path, "metadata.yaml") if (match := pattern.fullmatch(name))
    ]
    functions = ("udf", "udf_js", "udf_legacy")
    found = [names for names in found if names[0] != "mozfun" and names[1] not in functions]
    sharing = Counter((dataset, table) for _, dataset, table in found)
    for project, dataset, table in found:
        name = f"{dataset}.{table}" if sharing[dataset, table] == 1 else f"{project}.{dataset}.{table}"
        yield Check("table", f"table/{project}.{dataset}.{table}", name, "table")


def stable_tables(mirror: Path) -> Iterator[Check]:
    """All stable tables of generated-schemas, searched by name and read for their columns."""
    path = mirror / "github.com/mozilla-services/mozilla-pipeline-schemas/archive/refs/heads"
    pattern = re.compile(r"[^/]+/schemas/([^/]+)/([^/]+)/\2\.(\d+)\.bq")
    for name, content in archive(path / "generated-schemas.tar.gz", ".bq", read=True):
        match = pattern.fullmatch(name)
        if match is None:
            continue
        namespace, ping = (part.replace("-", "_") for part in match.groups()[:2])
        table = f"{namespace}_stable.{ping}_v{match[3]}"
        item = f"table/{STABLE_PROJECT}.{table}"
        columns = frozenset(column_paths(json.loads(content)))
        yield Check("stable table", item, table, "table")
        yield Check("stable table's columns", item, table, "table", columns=columns)


def column_paths(fields: Iterable[Any], prefix: str = "") -> Iterator[str]:
    for each in fields:
        yield prefix + each["name"]
        yield from column_paths(each.get("fields", ()), f"{prefix}{each['name']}.")


def docs(mirror: Path) -> Iterator[Check]:
    """Every heading section of the data docs, by path#slug and by title."""
    path = mirror / "github.com/mozilla/data-docs/archive/refs/heads/main.tar.gz"
    # SUMMARY.md decides what is published: other files are parts that pages include
    (summary,) = (text for name, text in archive(path, ".md", read=True) if name.endswith("/src/SUMMARY.md"))
    published = {target.lstrip("./") for target in re.findall(r"\]\(([^)#\s]+\.md)", summary.decode())}
    found: list[tuple[str, str, str, str]] = []
    for name, content in archive(path, ".md", read=True):
        match = re.fullmatch(r"[^/]+/src/(.+\.md)", name)
        if match is None or match[1] not in published:
            continue
        headings = list(page_headings(content.decode()))
        top = headings[0][1] if headings else ""
        if letters(top) in (
            "content",
            "contents",
        ):  # no title: the folder has it
            top = match[1].split("/")[-2]
        found += [(match[1], slug, title, top) for slug, title in headings]
    sharing = Counter(letters(title) for _, _, title, _ in found)
    together = Counter(letters(f"{title} {top}") for _, _, title, top in found)
    for page, slug, title, top in found:
        item = f"doc/{page}#{slug}"
        yield Check("doc", item, f"{page}#{slug}", "doc", within=10)
        # Many sections are called "Introduction": nobody finds one by that alone. Before what is kept for the
        # record stands what lives, so its headings are asked for with their page's title.
        alone = sharing[letters(title)] <= 5 and "obsolete" not in page.split("/")
        words = title if alone else f"{title} {top}"
        if words == title or together[letters(words)] <= 10:
            yield Check("doc by title", item, words, "doc", within=10)


def letters(title: str) -> str:
    return "".join(filter(str.isalnum, title.casefold()))


def page_headings(text: str) -> Iterator[tuple[str, str]]:
    """Slug and plain text of each heading of a Markdown page, slugs as mdBook makes them."""
    seen: Counter[str] = Counter()
    fence = ""
    for line in re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL).splitlines():
        opening = re.match(r"\s*(?:[-*+>]\s+)?(`{3,}|~{3,})", line)
        if opening and not fence:
            fence = opening[1]
        elif fence and re.fullmatch(rf"\s*{re.escape(fence[0])}{{{len(fence)},}}\s*", line):
            fence = ""
        heading = re.fullmatch(r" {0,3}#{1,6}\s+(.+?)(?:\s+#+)?\s*", line)
        if heading is None or fence:
            continue
        title = plain(heading[1])
        slug = "".join(
            "-" if c.isspace() else c.lower() for c in title if c.isalnum() or c.isspace() or c in "_-"
        )
        number = seen[slug]
        seen[slug] += 1
        yield (f"{slug}-{number}" if number else slug), title


def plain(markdown: str) -> str:
    """A heading's text without its markup."""
    text = re.sub(r"!?\[([^\]]*)\](?:\((?:<[^>]*>|[^()]|\([^()]*\))*\)|\[[^\]]*\])", r"\1", markdown)
    spans = re.split(r"(`+)(.+?)\1", text)
    kept = ""
    for number in range(0, len(spans), 3):
        prose = re.sub(r"</?[a-zA-Z][^>]*>", "", spans[number])
        kept += re.sub(r"(\*\*|__|\*|(?<!\w)_|_(?!\w))", "", prose) if prose else ""
        kept += spans[number + 2] if number + 2 < len(spans) else ""
    return html.unescape(kept).replace("\\", "").strip()


def measures(mirror: Path) -> Iterator[Check]:
    """metric-hub's scoped definitions."""
    path = mirror / "github.com/mozilla/metric-hub/archive/refs/heads/main.tar.gz"
    pattern = re.compile(r"[^/]+/(?:(?:jetstream|opmon|looker)/)?definitions/([^/]+)\.toml")
    sections = {
        "metrics": "metric",
        "data_sources": "data_source",
        "segments": "segment",
        "dimensions": "dimension",
    }
    found = set()
    for file, content in archive(path, ".toml", read=True):
        match = pattern.fullmatch(file)
        definitions = tomllib.loads(content.decode()) if match else {}
        for section, kind in sections.items():
            names = definitions.get(section, {})
            found |= {
                (kind, match[1], name)
                for name in names
                if match and (section, name) != ("segments", "data_sources")
            }
    at_home = Counter((platform, name) for _, platform, name in found)
    for kind, platform, name in sorted(found):
        # outcomes and projects of other platforms may have a metric of that name too
        filters: tuple[tuple[str, str], ...] = (("app", platform),)
        filters += (("type", kind),) if at_home[platform, name] > 1 else ()
        if any(map(str.isalnum, name)):  # "*" stands for all data sources: it is listed, nobody can type it
            yield Check("measure", f"measure/{kind}/{platform}/{name}", name, "measure", filters)


def archive(path: Path, ending: str, read: bool = False) -> Iterator[tuple[str, bytes]]:
    """Names (and contents) of an archive's files with an ending."""
    with tarfile.open(path, "r|gz") as members:
        for member in members:
            if member.isfile() and member.name.endswith(ending):
                stream = members.extractfile(member) if read else None
                yield member.name, stream.read() if stream else b""


# ------------------------------------------------------------------ whether it is


class Server:
    """One kept connection to the server, opened again when it drops."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._prefix = parts.path.rstrip("/")
        self._connection: HTTPConnection | None = None

    def get(self, path: str) -> tuple[int, Any]:
        for attempt in (1, 2, 3):
            try:
                if self._connection is None:
                    self._connection = HTTPConnection(self._host, self._port, timeout=60)
                self._connection.request("GET", self._prefix + path)
                response = self._connection.getresponse()
                body = response.read()
                return response.status, json.loads(body)
            except (HTTPException, OSError, ValueError) as error:
                if self._connection is not None:
                    self._connection.close()
                self._connection = None
                if attempt == 3:
                    return 0, {"error": repr(error)}
                time.sleep(0.2 * attempt)
        raise AssertionError


def found(server: Server, check: Check) -> str:
    """ "" where the check holds, else what was found instead."""
    if check.columns:
        return missing_columns(server, check)
    pairs = [
        ("q", check.q),
        ("kind", check.kind),
        *check.filters,
        ("size", str(check.within)),
        ("facets", ""),
    ]
    status, answer = server.get("/api/v1/search?" + urlencode(pairs))
    if status != 200:
        return f"status {status}: {str(answer)[:200]}"
    for hit in answer["hits"][: check.within]:
        urls = {hit["url"], *(variant["url"] for variant in hit["variants"])}
        if hit["id"] == check.item or address(check.item) in urls:
            return ""
    first = answer["hits"][0]["id"] if answer["hits"] else "nothing"
    return f"found {first} ({answer['total']} hits)"


def missing_columns(server: Server, check: Check) -> str:
    """ "" where the table's item has every column of its schema."""
    columns: set[str] = set()
    page, total = 1, 1
    while len(columns) < total and (page - 1) * COLUMNS_SIZE < total:
        path = f"/api/v1/item{address(check.item)}?columns_page={page}&columns_size={COLUMNS_SIZE}"
        status, answer = server.get(path)
        if status != 200:
            return f"status {status}: {str(answer)[:200]}"
        columns |= {row["column"] for row in answer["columns"]}
        total = answer.get("columns_total", len(answer["columns"]))
        page += 1
    missing = sorted(check.columns - columns)
    return f"{len(missing)} columns missing, {missing[0]} first" if missing else ""


def address(item: str) -> str:
    """An item's path: each segment of its id percent-encoded."""
    return "/" + "/".join(quote(segment, safe="") for segment in item.split("/"))


def ask(base: str, checks: queue.SimpleQueue[Check], outcome: Outcome) -> None:
    """Work through the checks over one connection."""
    server = Server(base)
    while True:
        try:
            check = checks.get_nowait()
        except queue.Empty:
            return
        instead = found(server, check)
        with outcome.lock:
            outcome.asked[check.label] += 1
            if instead:
                asked = " ".join([check.q, *(f"{name}={value}" for name, value in check.filters)])
                outcome.missed[check.label].append(f"{check.item}: asked for {asked!r}, {instead}")


SOURCES = {
    "glean": glean,
    "probe": probes,
    "table": tables,
    "stable": stable_tables,
    "doc": docs,
    "measure": measures,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("base", help="address of a running server, http://127.0.0.1:8000")
    default = Path(__file__).resolve().parents[2] / "shared" / "mirror"
    parser.add_argument(
        "--mirror", type=Path, default=Path(os.environ.get("STARCHART_TEST_MIRROR") or default)
    )
    parser.add_argument("--kind", nargs="*", choices=SOURCES, default=list(SOURCES), help="only these")
    parser.add_argument("--count", action="store_true", help="count what must be there, ask nothing")
    options = parser.parse_args()

    checks = [check for kind in options.kind for check in SOURCES[kind](options.mirror)]
    counts = Counter(check.label for check in checks)
    odd = {label: counts[label] for label, known in KNOWN_COUNTS.items() if counts.get(label, known) != known}
    if odd:
        print(f"the mirror holds other numbers than its README says: {odd}", file=sys.stderr)
    if options.count:
        for label, count in counts.items():
            print(f"{label:24} {count:6}")
        return 0

    waiting: queue.SimpleQueue[Check] = queue.SimpleQueue()
    for check in checks:
        waiting.put(check)
    outcome, began = Outcome(), time.monotonic()
    threads = [
        threading.Thread(target=ask, args=(options.base, waiting, outcome)) for _ in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for label, count in counts.items():
        missed = outcome.missed.get(label, [])
        print(f"{label:24} {count - len(missed):6} of {count:6}")
        for line in missed[:SHOWN]:
            print(f"    {line}")
        if len(missed) > SHOWN:
            print(f"    and {len(missed) - SHOWN} more")
    print(f"{sum(counts.values())} checks in {time.monotonic() - began:.0f} s")
    return 1 if odd or outcome.missed else 0


if __name__ == "__main__":
    sys.exit(main())
