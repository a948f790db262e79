"""Addresses of other tools, taken apart: which app, metric, ping, probe, table or bug each one shows.

One row a form of address. The named groups of the path and the named parameters are its parts; a
part's name is its role. An address that no row knows is looked through piece by piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from search_app.query.mention import Mention

MOST_PARTS = 24  # of one address that no row knows
MOST_PARAMETERS = 100


@dataclass(frozen=True, slots=True)
class Address:
    """A form of address: what its path and its parameters say."""

    tool: str
    host: str  # the end of it
    path: re.Pattern[str]
    parameters: tuple[tuple[str, str], ...] = ()  # (pattern of the name, role)


def _form(tool: str, host: str, path: str, *parameters: tuple[str, str]) -> Address:
    return Address(tool, host, re.compile(path), parameters)


_GLEAN = ("Glean Dictionary", "dictionary.telemetry.mozilla.org")
_IN_APP = r"/apps/(?P<app>[\w.-]+)/(?:app_ids/[\w.-]+/)?"
_TABLE_FILES = r"sql(?:_generators)?/[\w-]+/(?P<dataset>\w+)/(?P<table_part>\w+)"
_SCHEMAS = "/mozilla-services/mozilla-pipeline-schemas/"

FORMS: tuple[Address, ...] = (
    _form(*_GLEAN, _IN_APP + r"metrics/(?P<metric>[^/]+)"),
    _form(*_GLEAN, _IN_APP + r"(?:pings|tables)/(?P<ping>[^/]+)", ("search", "metric_column")),
    _form(*_GLEAN, r"/(?:data/)?apps?/(?P<app_page>[\w.-]+)", ("search", "name")),
    _form(
        "Probe Dictionary", "probes.telemetry.mozilla.org", r".*", ("probeId", "probe"), ("search", "name")
    ),
    _form("GLAM", "glam.telemetry.mozilla.org", r"/firefox/probe/(?P<probe>[^/]+)"),
    _form("GLAM", "glam.telemetry.mozilla.org", r"/(?P<product>\w+)/probe/(?P<metric>[^/]+)"),
    _form("GLAM", "glam.telemetry.mozilla.org", r".*", ("search|query|q", "name")),
    _form(
        "STMO",
        "sql.telemetry.mozilla.org",
        r".*",
        ("p_columnName", "metric_column"),
        ("p_eventCategory", "category"),
        ("p_eventName", "event_name"),
        ("p_table", "table"),
        ("p_.*|q", "name"),
    ),
    _form(
        "Looker",
        "looker.com",
        r"/explore/(?P<space>[\w-]+)/(?P<explore>\w+)",
        (r"f\[\w+\.(?:event_)?category\]", "category"),
        (r"f\[\w+\.event(?:_name)?\]", "event_name"),
        ("fields|dynamic_fields", "fields"),
        (r"f\[.*\]", "name"),
    ),
    _form(
        "Looker", "looker.com", r"/dashboards/(?P<dashboard>[\w:-]+)", ("Metric", "metric"), (".*", "name")
    ),
    _form("Searchfox", "searchfox.org", r"/[\w-]+/(?:search|define)", ("q|symbol", "code"), ("path", "name")),
    _form("DataHub", "acryl.io", r".*?dataPlatform:[Gg]lean,(?P<app>[\w-]+)\.(?P<ping>[\w-]+)"),
    _form(
        "DataHub",
        "acryl.io",
        r".*?dataPlatform:\w+,(?P<table>(?:[\w-]+\.)?\w+\.\w+)",
        ("column", "metric_column"),
    ),
    _form("DataHub", "acryl.io", r".*", ("query|q", "name")),
    _form("Bugzilla", "bugzilla.mozilla.org", r"/(?:rest/bug/)?(?P<bug>\d+)"),
    _form("Bugzilla", "bugzilla.mozilla.org", r".*", ("id", "bug")),
    _form("Bugzilla", "bugzil.la", r"/(?P<bug>\d+)"),
    _form(
        "BigQuery console",
        "console.cloud.google.com",
        r"/bigquery.*",
        ("d", "dataset"),
        ("t", "table_part"),
        ("ws", "workspace"),
    ),
    _form(
        "documentation of bigquery-etl",
        "mozilla.github.io",
        r"/bigquery-etl/[\w-]+/(?P<dataset>\w+)/(?P<table_part>\w+)",
    ),
    _form("bigquery-etl", "github.com", r"/mozilla/bigquery-etl/.*?/" + _TABLE_FILES),
    _form(
        "Measurement Dashboard",
        "telemetry.mozilla.org",
        r"/(?:new-pipeline/)?(?:dist|evo)\.html",
        ("measure", "probe"),
    ),
    _form("schemas of the pipeline", "github.com", _SCHEMAS + r".*/schemas/(?P<app>[\w-]+)/(?P<ping>[\w-]+)"),
)

# The whole of a pasted text, but for what stands around it in a message.
_PASTED = re.compile(
    r"[<(\"'`]*((?:https?://[\w.-]+(?::\d+)?|[\w-]+(?:\.[\w-]+)+)(?:/\S*|\?\S*)?)[>\"'`.,;]*", re.IGNORECASE
)
_MEASURE_PREFIX = re.compile(r"^(?:SCALARS|SIMPLE_MEASURES)_")
_SYMBOL = re.compile(r"^(?:symbol:|id:)")
_REGEX = re.compile(r"\\b|\\[.()]|[\^$]|\(\?:|\[[._]*\]\??|[?*+]")
_CHAIN = re.compile(r"[A-Za-z_][\w-]*(?:[.#][A-Za-z_][\w-]*)*")
_CONSOLE = re.compile(r"!\ds([\w-]+)!\ds(\w+)!\ds(\w+)")
_LOOKER_VALUE = re.compile(
    r"__(?:sum|value|label|count|numerator|denominator)$|_(?:date|time|raw|week|month)$"
)
_LOOKER_USUAL = ("submission", "submission_date", "clients", "ping_count", "event_count", "client_count")
_PAGE = re.compile(r"\.html?(?=$|#)")
_FILE = re.compile(r"\.(?:html?|md|sql|ya?ml|json|toml)$")
_WEIGHTS = {
    "metric": 1.0, "probe": 1.0, "event": 1.0, "metric_column": 0.98, "fields": 0.97, "code": 0.95,
    "dashboard": 0.95, "ping": 0.8, "bug": 0.9, "explore": 0.9, "table": 0.82, "app_page": 0.8, "name": 0.75,
}  # fmt: skip
_ROLES = {"metric_column": "column", "app_page": "app", "code": "name"}


def address(text: str) -> tuple[str, tuple[Mention, ...]] | None:
    """The tool of a pasted address and what it names, surest first; None where the text is none.

    >>> address("bugzil.la/1591564")[0]
    'Bugzilla'
    """
    found = _PASTED.fullmatch(text.strip())
    if found is None:
        return None
    whole = "://" in found[1]
    try:
        parts = urlsplit(found[1] if whole else f"https://{found[1]}")
        host = (parts.hostname or "").lower()
    except ValueError:  # an unclosed bracket in the host
        return None
    forms = [form for form in FORMS if host == form.host or host.endswith("." + form.host)]
    if not whole and not forms:
        return None  # mozdata.fenix.baseline is a table
    path, asked = unquote(parts.path), _parameters(parts.query, parts.fragment)
    for form in forms:
        matched = form.path.match(path)
        mentions = tuple(_said(form, matched, asked)) if matched else ()
        if mentions:
            return form.tool, tuple(sorted(mentions, key=lambda mention: -mention.weight))
    return "address", tuple(_anything(path, parts.fragment, asked))


def _parameters(query: str, fragment: str) -> list[tuple[str, str]]:
    """Those of the query, and those that some tools keep behind the hash."""
    found = parse_qsl(query)
    if "=" in fragment:
        found += parse_qsl(fragment.lstrip("!?/"))
    return found[:MOST_PARAMETERS]


def _said(form: Address, matched: re.Match[str], asked: list[tuple[str, str]]) -> Iterator[Mention]:
    parts = [(role, value) for role, value in matched.groupdict().items() if value]
    for name, value in asked:
        role = next((role for pattern, role in form.parameters if re.fullmatch(pattern, name)), "")
        if role:
            parts.append((role, value))
    first: dict[str, str] = {}
    for role, value in parts:
        first.setdefault(role, value)
    yield from _joined(first)
    for role, value in parts:
        yield from _mentions(role, value)


def _joined(first: dict[str, str]) -> Iterator[Mention]:
    """What two parts of an address say together: an event, a table, an explore."""
    if "category" in first and "event_name" in first:
        category, name = (first[role].strip("\"' ") for role in ("category", "event_name"))
        yield Mention(f"{category}.{name}", "event", 1.0)
    if "app" in first and "ping" in first:
        yield Mention(f"ping/{first['app']}/{first['ping']}", "id", 1.0)
    if "dataset" in first and "table_part" in first:
        yield Mention(f"{first['dataset']}.{first['table_part']}", "table", 0.9)
    if "space" in first and "explore" in first:
        yield Mention(f"{first['space']}.{first['explore']}", "explore", 0.85)
    if "workspace" in first and (console := _CONSOLE.search(first["workspace"])):
        yield Mention(".".join(console.groups()), "table", 0.9)


def _mentions(role: str, value: str) -> Iterator[Mention]:
    """What one part of an address names."""
    weight = _WEIGHTS.get(role, 0.0)
    if role == "app":
        yield Mention(value, "app", 0.0)  # says whose, names nothing by itself
    elif role == "fields":
        for name in dict.fromkeys(_CHAIN.findall(value)):
            yield from _field(name, weight)
    elif role == "probe":
        yield Mention(_MEASURE_PREFIX.sub("", value), role, weight)
    elif role == "dashboard":
        yield Mention(value.replace("::", "/"), role, weight)
    elif weight:
        if role == "code":
            value = _REGEX.sub(".", _SYMBOL.sub("", value)).strip(". ")
        yield Mention(value.strip("\"' "), _ROLES.get(role, role), weight)


def _field(name: str, weight: float) -> Iterator[Mention]:
    """A field of Looker: view.metrics__counter__name, with what Looker puts around a value."""
    view, _, leaf = name.rpartition(".")
    leaf = re.sub(r"^(?:sum|median|average|count|p\d+)_of_", "", leaf)
    for number, text in enumerate(dict.fromkeys((leaf, _LOOKER_VALUE.sub("", leaf)))):
        if text not in _LOOKER_USUAL:
            yield Mention(text.replace("__", "."), "column", weight - number * 0.02)
    if "__metrics__" in view:  # a labelled counter is a view of its own
        yield Mention(view[view.index("metrics__") :].replace("__", "."), "column", weight)


def _anything(path: str, fragment: str, asked: list[tuple[str, str]]) -> Iterator[Mention]:
    """The pieces of an address that no row knows, the last ones first: most sites put the name last."""
    page = path.strip("/")
    named = f"{page}#{fragment}" if fragment and "=" not in fragment else page
    yield Mention(page, "id", 1.0)  # our own pages stand at their ids
    yield Mention(_PAGE.sub(".md", named), "page", 0.95)
    yield Mention(_PAGE.sub(".md", page), "page", 0.9)
    pieces = [piece for piece in page.split("/") if piece][-MOST_PARTS:]
    if len(pieces) > 1:
        yield Mention("/".join(pieces[1:]), "name", 0.85)
    for _, value in asked[:MOST_PARTS]:
        yield Mention(value, "name", 0.88)
    for back, piece in enumerate(reversed(pieces)):
        yield Mention(_FILE.sub("", piece), "name", 0.84 - 0.02 * min(back, 20))
