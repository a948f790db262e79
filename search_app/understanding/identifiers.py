"""Names among the words of a query: every spelling of rule 9 turned into keys to look up.

A guess is only a key that may be somebody's name; the engine knows whose it is, if anybody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from indexer.text.analysis import spelling_key
from search_app.understanding.weights import (
    INFO_METRIC,
    LAST_OF_ADDRESS,
    LAST_SEGMENT,
    OF_CODE,
    OF_COLUMN,
    OF_VALUE,
    PAGE_OF_DOCS,
    PLAIN_TABLE,
    REST_OF_ADDRESS,
    REST_OF_PATH,
    SCHEMA,
    USER_TABLE,
    VERSIONLESS_TABLE,
)

# Joined pieces: a.b, a_b, a::b, a#b, a/b. A hyphen is English ("pop-up"), so are capitals within ("WebRTC").
_JOINED = re.compile(r"[A-Za-z0-9][._:#/]+[A-Za-z0-9]|_")
_CAMEL = re.compile(r"[a-z][A-Z]")
_EDGES = "`'\",;!?()[]{}<>\u2018\u2019\u201c\u201d"
_CALL = re.compile(r"\(.*$|\[.*$", re.DOTALL)
# What code calls a metric object with; "testGetValue" and the like included.
_METHODS = (
    "add|Add|set|Set|record|Record|start|Start|stop|Stop|cancel|Cancel|submit|Submit|get|Get|EnumGet|Accumulate|"
    "accumulate|accumulateSamples|AccumulateRawDuration|accumulateSingleSample|addToNumerator|AddToNumerator|"
    "addToDenominator|AddToDenominator|StopAndAccumulate|stopAndAccumulate|testGetValue|TestGetValue|startMeasuring"
)
_METHOD = re.compile(rf"(?:\.|::)(?:{_METHODS})$")
_LANGUAGES = re.compile(r"^(?:mozilla::)?(?:Glean|glean|GleanMetrics|GleanPings|Telemetry)(?:\.|::)(?!.*\s)")
# Behind the last "metrics": the ping of that name has columns of that name (fenix.metrics.metrics.counter.…).
_METRIC_COLUMN = re.compile(r"(?:^|.*\.)(metrics\.[a-z]+(?:_[a-z]+)*2?\.(\w+))")
_PROBE_COLUMN = re.compile(
    r"(?:^|\.)(?:payload\.)?(?:processes\.\w+\.)?(?:keyed_)?(?:histograms|scalars)\.(\w+)", re.IGNORECASE
)
_INFO_COLUMN = re.compile(r"(?:^|\.)((?:client_info|ping_info)\.[\w.]+)")
_VALUE = re.compile(r"\.(?:key|value|sum|count|values|numerator|denominator|range|bucket_count)$")
_VERSION = re.compile(r"_v\d+$")
_SHARD = re.compile(r"(?:\$\d+|_\d{8}|_?\*)$")
_LAYER = re.compile(r"^(\w+?)_(?:derived|stable|live|external)$")
# A project is known by its hyphens, but for those of Mozilla that have none.
_PROJECT = re.compile(r"^(?:[a-z][a-z0-9]*(?:-[a-z0-9]+)+|mozdata|mozfun)[.:](?=\w+\.\w)")
# A ping's schema as the pipeline names it: main/5, telemetry/main/main.5.schema.json
_SCHEMA = re.compile(r"^(?:[\w-]+/)*([a-z][\w-]*)[/.](\d{1,2})(?:\.schema\.json)?$")
_DOC_PAGE = re.compile(r"\.html?(?=$|#)")


@lru_cache(maxsize=4096)  # asked several times of each word of a query
def is_identifier(text: str) -> bool:
    """Is this a name as a program writes it, rather than a word?"""
    return is_joined(text) or _CAMEL.search(text) is not None


@lru_cache(maxsize=4096)
def is_joined(text: str) -> bool:
    """Is this a name of several pieces with more than a hyphen between them? No English word is."""
    return _JOINED.search(bare(text)) is not None


def bare(text: str) -> str:
    """A pasted name without the punctuation around it."""
    return text.strip().strip(_EDGES).rstrip(".:").strip(_EDGES)


def spellings(text: str) -> Iterator[tuple[str, str, float]]:
    """(key, kind, weight) for everything that a pasted name may be meant as; the name itself first."""
    seen: dict[tuple[str, str], None] = {}
    for name, kind, weight in _readings(bare(text)):
        found = (spelling_key(name), kind)
        if found[0] and found not in seen and (found[0], "") not in seen:
            seen[found] = None
            yield *found, weight


def _readings(name: str) -> Iterator[tuple[str, str, float]]:
    if name.lower().startswith(("http://", "https://")):
        yield from _address(name)
        return
    yield name, "", 1.0
    code = _METHOD.sub("", _CALL.sub("", name))
    if code != name:
        yield code, "", OF_CODE
    local = _LANGUAGES.sub("", code)
    if local != code:
        yield local, "", OF_CODE
    yield from _columns(local)
    yield from _tables(local)
    if schema := _SCHEMA.match(local):
        yield f"{schema[1]}_v{schema[2]}", "table", SCHEMA
    if "/" in local:
        yield local.rsplit("/", 1)[1], "", LAST_SEGMENT
        yield local.split("/", 1)[1], "", REST_OF_PATH


def _columns(name: str) -> Iterator[tuple[str, str, float]]:
    """The metric or probe of a column path, and the path itself without what stands before it."""
    for path in dict.fromkeys((name, _VALUE.sub("", name))):
        weight = OF_COLUMN if path == name else OF_VALUE
        if match := _METRIC_COLUMN.search(path):
            yield path[match.start(1) :], "", weight
            yield match[2], "metric", weight
        elif match := _PROBE_COLUMN.search(path):
            yield path[match.start() :], "", weight
            yield match[1], "probe", weight
        elif match := _INFO_COLUMN.search(path):
            yield match[1], "", weight
            yield match[1].split(".", 1)[1], "metric", INFO_METRIC
        elif path != name:
            yield path, "", weight


def _tables(name: str) -> Iterator[tuple[str, str, float]]:
    """dataset.table of a path with project, version, layer or shard."""
    path = _SHARD.sub("", _PROJECT.sub("", name))
    if path != name:
        yield path, "table", PLAIN_TABLE
    plain = _VERSION.sub("", path)
    if plain != path:
        yield plain, "table", VERSIONLESS_TABLE
    dataset, dot, table = plain.partition(".")
    if dot and "." not in table and (layer := _LAYER.match(dataset)):
        yield f"{layer[1]}.{table}", "table", USER_TABLE


def _address(address: str) -> Iterator[tuple[str, str, float]]:
    """The last words of a pasted address: dictionaries, docs and our own pages end in the name."""
    try:
        parts = urlsplit(address)
    except ValueError:  # an unclosed bracket in the host
        return
    path = unquote(parts.path).strip("/")
    page = _DOC_PAGE.sub(".md", path + (f"#{parts.fragment}" if parts.fragment else ""))
    yield page, "", 1.0
    yield _DOC_PAGE.sub(".md", path), "doc", PAGE_OF_DOCS
    if "/" in path:
        yield path.rsplit("/", 1)[1], "", LAST_OF_ADDRESS
        yield path.split("/", 1)[1], "", REST_OF_ADDRESS
