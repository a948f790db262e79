"""The fault matrix: a small upstream over HTTP, twelve of its files, and what may go wrong with each.

A fault is what the server does instead of answering with the good file. Most are the same for every file;
those of content depend on whether it is JSON, YAML or an archive.
"""

from __future__ import annotations

import copy
import gzip
import hashlib
import io
import itertools
import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support.mirrors import pack_archives
from tests.support.raw_server import Answer, answer, drip
from tests.support.upstream import (
    ANNOTATIONS,
    EXPERIMENTS,
    LOOKER,
    PROBEINFO,
    PRODUCT_DETAILS,
    SCHEMAS,
    SQL,
    Upstream,
)

MANY = 40  # of each thing
BOUND = 1_000_000  # bytes of a body
GITHUB = "github.com/mozilla"
ARCHIVE = "archive/refs/heads"


@dataclass(frozen=True, slots=True)
class Target:
    """A file of upstream."""

    source: str
    path: str
    kind: str  # json, yaml or archive


TARGETS = {
    "listings": Target("glean", f"{PROBEINFO}/v2/glean/app-listings", "json"),
    "metrics": Target("glean", f"{PROBEINFO}/glean/ios/metrics", "json"),
    "pings": Target("glean", f"{PROBEINFO}/glean/ios/pings", "json"),
    "probes": Target("legacy_probes", f"{PROBEINFO}/firefox/all/main/all_probes", "json"),
    "annotations": Target("annotations", ANNOTATIONS, "json"),
    "versions": Target("product_details", f"{PRODUCT_DETAILS}/firefox_versions.json", "json"),
    "experiments": Target("experimenter", EXPERIMENTS, "json"),
    "explores": Target("looker", LOOKER, "yaml"),
    "tables": Target("bigquery_etl", f"{GITHUB}/bigquery-etl/{ARCHIVE}/generated-sql.tar.gz", "archive"),
    "schemas": Target(
        "ping_schemas",
        f"{GITHUB}-services/mozilla-pipeline-schemas/{ARCHIVE}/generated-schemas.tar.gz",
        "archive",
    ),
    "docs": Target("data_docs", f"{GITHUB}/data-docs/{ARCHIVE}/main.tar.gz", "archive"),
    "measures": Target("metric_hub", f"{GITHUB}/metric-hub/{ARCHIVE}/main.tar.gz", "archive"),
}


def make_upstream(folder: Path) -> Path:
    """MANY of each thing, as a mirror with real archives."""
    upstream = Upstream()
    for number in range(MANY):
        upstream.app("ios", f"ios_{number}", v1_name="ios")
    for app in ("ios", "android", "desktop"):
        upstream.app(app)
        for number in range(MANY):
            told = {"description": f"Counts {number} things.", "expires": str(100 + number)}
            upstream.metric(app, f"area.metric_{number}", **told)
            upstream.ping(app, f"ping-{number}", description=f"Says {number} things.")
    for number in range(MANY):
        upstream.probe("histogram" if number % 2 else "scalar", f"PROBE_{number}", kind="count")
        described = {"friendly_name": f"Table {number}", "description": f"One row for each of {number}."}
        upstream.table(
            f"telemetry_derived.table_{number}", {"day": "DATE", f"n_{number}": "INTEGER"}, **described
        )
        upstream.stable("telemetry", f"ping-{number}", {"client_id": "STRING", f"field_{number}": "INTEGER"})
        upstream.doc(f"page_{number}.md", f"# Page {number}\n\nOf what {number} means.\n")
    upstream.doc("SUMMARY.md", "".join(f"- [Page {n}](page_{n}.md)\n" for n in range(MANY)))
    for platform in ("ios", "android"):
        measures = (
            f'[metrics.measure_{n}]\ndescription = "Of {n}."\nselect_expression = "SUM(n_{n})"\n'
            for n in range(MANY)
        )
        upstream.measures(f"definitions/{platform}.toml", "".join(measures))
    upstream.versions(nightly=150, beta=149, release=148)
    noted = {f"area.metric_{n}": {"commentary": f"Note {n}.", "tags": [f"tag {n}"]} for n in range(MANY)}
    upstream.files[ANNOTATIONS] = json.dumps({"ios": {"metrics": noted}})
    views = {f"view_{n}": {"type": "ping_view", "tables": [{"table": f"ios.table_{n}"}]} for n in range(MANY)}
    explores = {
        f"explore_{n}": {"type": "ping_explore", "views": {"base_view": f"view_{n}"}} for n in range(MANY)
    }
    spaces = {"ios": {"pretty_name": "iOS", "glean_app": True, "views": views, "explores": explores}}
    upstream.files[LOOKER] = yaml.safe_dump(spaces)
    upstream.experiment("an-experiment", "ios", {f"area.metric_{n}": True for n in range(MANY)})
    for place in (SQL, SCHEMAS):
        upstream.files.pop(f"{place}/.keep", None)
    return pack_archives(upstream.write(folder))


# ------------------------------------------------------------------ content


def remade(packed: bytes, how: Callable[[list[tuple[str, bytes]]], list[tuple[str, bytes]]]) -> bytes:
    """An archive with other members."""
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        files = [member for member in archive if member.isreg()]
        members = [(each.name, archive.extractfile(each).read()) for each in files]  # type: ignore[union-attr]
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for name, content in how(members):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return gzip.compress(plain.getvalue(), mtime=0)


def _value(target: Target, good: bytes) -> Any:
    return yaml.safe_load(good) if target.kind == "yaml" else json.loads(good)


def _halved(value: Any) -> Any:
    """Half of the largest collection in a value."""
    if isinstance(value, list):
        return value[: len(value) // 2]
    if len(value) >= MANY or not any(isinstance(inner, dict | list) for inner in value.values()):
        return dict(list(value.items())[: len(value) // 2])
    return {
        name: _halved(inner) if isinstance(inner, dict | list) and inner else inner
        for name, inner in value.items()
    }


def _each_text(value: Any, how: Callable[[str], Any]) -> Any:
    """Every text that is a value changed."""
    if isinstance(value, dict):
        return {name: _each_text(inner, how) for name, inner in value.items()}
    if isinstance(value, list):
        return [_each_text(inner, how) for inner in value]
    return how(value) if isinstance(value, str) else value


def _content(
    of_value: Callable[[Any], Any], of_members: Callable[..., Any]
) -> Callable[[Target, bytes], bytes]:
    def change(target: Target, good: bytes) -> bytes:
        if target.kind == "archive":
            return remade(good, of_members)
        return json.dumps(of_value(copy.deepcopy(_value(target, good)))).encode()

    return change


def _half_of_the_files(members: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    return members[: len(members) // 2]


def _every_file(content: bytes) -> Callable[[list[tuple[str, bytes]]], list[tuple[str, bytes]]]:
    return lambda members: [(name, content) for name, _ in members]


def _doubled(value: Any) -> Any:
    if isinstance(value, list):
        return [*value, *({**each, "app_id": f"{each.get('app_id')}_2"} for each in value)]
    if len(value) >= MANY:
        return {
            **value,
            **{f"{name}_2": {**inner, "name": f"{inner.get('name')}_2"} for name, inner in value.items()},
        }
    return {name: _doubled(inner) if isinstance(inner, dict) else inner for name, inner in value.items()}


def _doubled_files(members: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    return [
        *members,
        *((_second(name), content.replace(b"measure_", b"other_")) for name, content in members),
    ]


def _second(name: str) -> str:
    """A name of another table, ping, page or platform beside the one that there is."""
    for word in ("table_", "ping-", "page_", "ios.toml", "android.toml"):
        name = name.replace(word, "x" + word)
    return name


# ------------------------------------------------------------------ the faults


Fault = Callable[[Target, bytes], Answer]


def _says(status: str, *headers: str, body: bytes = b"") -> Fault:
    return lambda target, good: [answer(status, body, *headers)]


def _body(change: Callable[[Target, bytes], bytes]) -> Fault:
    return lambda target, good: [answer("200 OK", change(target, good))]


def _fixed(body: bytes) -> Fault:
    return _body(lambda target, good: body)


def _slow(head: bytes, content: bytes) -> Fault:
    return lambda target, good: itertools.chain([head], drip(content))


def _head(length: int, *headers: str) -> bytes:
    return "\r\n".join(("HTTP/1.1 200 OK", f"Content-Length: {length}", *headers, "", "")).encode()


def _flip(content: bytes, at: float) -> bytes:
    flipped = bytearray(content)
    flipped[int(len(content) * at)] ^= 16
    return bytes(flipped)


def _coded(change: Callable[[bytes], bytes]) -> Fault:
    return lambda target, good: [
        answer("200 OK", change(gzip.compress(good, mtime=0)), "Content-Encoding: gzip")
    ]


def _endless(target: Target, good: bytes) -> Iterator[bytes]:
    return itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n", 5000)


def _flipped_or_no_text(target: Target, good: bytes) -> bytes:
    """Without gzip around it, a bit of JSON that still is text cannot be told from another word."""
    return _flip(good, 0.5) if target.kind == "archive" else good[:-1] + b"\xff"


def _every_file_or_all(member: bytes, whole: bytes) -> Callable[[Target, bytes], bytes]:
    def change(target: Target, good: bytes) -> bytes:
        return remade(good, _every_file(member)) if target.kind == "archive" else whole

    return change


def _nine_tenths(target: Target, good: bytes) -> bytes:
    """A tar that is cut inside of its gzip; of a text its beginning."""
    if target.kind != "archive":
        return good[: len(good) * 9 // 10]
    plain = gzip.decompress(good).rstrip(b"\0")
    return gzip.compress(plain[: len(plain) * 9 // 10 // tarfile.BLOCKSIZE * tarfile.BLOCKSIZE])


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
FAULTS: dict[str, Fault] = {
    # the connection
    "closed at once": lambda target, good: [],
    "closed in the head": lambda target, good: [OK],
    "no answer": lambda target, good: itertools.repeat(b"", 5000),
    "no HTTP": lambda target, good: [b"SSH-2.0-OpenSSH_9.6\r\n"],
    "slow status": _slow(b"HTTP/1.1 200 ", b"x" * 5000),
    "slow header": _slow(OK + b"X: ", b"x" * 5000),
    "headers without end": lambda target, good: itertools.chain([OK], itertools.repeat(b"X: y\r\n", 5000)),
    "slow size of a chunk": _slow(CHUNKED, b"0" * 5000),
    "slow body": lambda target, good: itertools.chain([_head(len(good))], drip(good)),
    "slow trailer": _slow(CHUNKED + b"1\r\n{\r\n0\r\nX: ", b"x" * 5000),
    "endless continue": _endless,
    # the status
    "404": _says("404 Not Found"),
    "410": _says("410 Gone"),
    "401": _says("401 Unauthorized"),
    "403": _says("403 Forbidden", body=b"rate limit exceeded"),
    "429": _says("429 Too Many Requests"),
    "429 for an hour": _says("429 Too Many Requests", "Retry-After: 3600"),
    "429 for nonsense": _says("429 Too Many Requests", "Retry-After: soon"),
    "500": _says("500 Internal Server Error"),
    "502": _says("502 Bad Gateway", body=b"<html>"),
    "503 until 2999": _says("503 Busy", "Retry-After: Fri, 31 Dec 2999 23:59:59 GMT"),
    "204": lambda target, good: [b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"],
    "511": _says("511 Network Authentication Required", body=b"<html>"),
    "206": _says("206 Partial Content", body=b"{}"),
    # redirects
    "redirect in a circle": lambda target, good: [answer("302 Found", b"", f"Location: /{target.path}")],
    "redirect to a private address": _says("302 Found", "Location: http://169.254.169.254/latest/"),
    "redirect to a file": _says("302 Found", "Location: file:///etc/passwd"),
    "redirect to nothing": _says("302 Found", "Location: http://[::"),
    "redirect without a place": _says("302 Found"),
    # the body
    "empty": _fixed(b""),
    "half a body": lambda target, good: [_head(len(good)) + good[: len(good) // 2]],
    "half a body that says it is whole": _body(lambda target, good: good[: len(good) // 2]),
    "half a body in chunks": lambda target, good: [
        CHUNKED + f"{len(good):x}\r\n".encode() + good[: len(good) // 2]
    ],
    "an absurd length": lambda target, good: [_head(10**18) + good],
    "ten times the bound": lambda target, good: [answer("200 OK", bytes(10 * BOUND))],
    "ten times the bound, packed": _coded(lambda packed: gzip.compress(bytes(10 * BOUND))),
    "a flipped bit in gzip": _coded(lambda packed: _flip(packed, 0.5)),
    "a flipped bit in its checksum": _coded(lambda packed: packed[:-6] + bytes(2) + packed[-4:]),
    "half of gzip": _coded(lambda packed: packed[: len(packed) // 2]),
    "something behind gzip": _coded(lambda packed: packed + b"<html>"),
    "an unasked coding": lambda target, good: [answer("200 OK", good, "Content-Encoding: br")],
    "a flipped bit in the file": _body(_flipped_or_no_text),
    # the content
    "a page to sign in": _fixed(b"<!doctype html><title>Sign in</title>"),
    "an error object": _fixed(b'{"error": {"code": 500, "message": "Internal"}}'),
    "an error text": _fixed(b'{"detail": "Not found."}'),
    "null": _fixed(b"null"),
    "a number": _fixed(b"17"),
    "the other empty value": _body(lambda target, good: b"{}" if good[:1] == b"[" else b"[]"),
    "nested too deep": _body(_every_file_or_all(b"[" * 100_000, b'{"a": ' * 100_000)),
    "no text": _body(_every_file_or_all(b"\xff\xfe\x00", b"\xff\0" * 99)),
    "half of it is missing": _body(_content(_halved, _half_of_the_files)),
    "twice as much": _body(_content(_doubled, _doubled_files)),
    "texts nulled": _body(_content(lambda value: _each_text(value, lambda _: None), _every_file(b"{}"))),
    "texts of another type": _body(
        _content(lambda value: _each_text(value, lambda _: [5]), _every_file(b"5"))
    ),
    "nine tenths": _body(_nine_tenths),
}

# What Experimenter may truly say: experiments come and go, and none need be running. And there is nothing
# in Firefox' versions that could be there twice.
TRUE = {("versions", "twice as much")} | {
    ("experiments", fault)
    for fault in ("the other empty value", "half of it is missing", "twice as much", "texts nulled",
                  "texts of another type")
}  # fmt: skip


def every_cell() -> list[tuple[str, str]]:
    return [(target, fault) for fault in FAULTS for target in TARGETS]


def some_cells(count: int = 60) -> list[tuple[str, str]]:
    """Each fault once, the targets in turn, and a few more."""
    targets = list(TARGETS)
    turns = [(targets[number * 5 % len(targets)], fault) for number, fault in enumerate(FAULTS)]
    more = [cell for cell in every_cell() if cell not in turns]
    return turns + more[:: max(1, len(more) // max(1, count - len(turns)))][: count - len(turns)]


class FaultyUpstream:
    """Answers for a mirror's files; `fault` is what goes wrong with the one at `target`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.broken: tuple[Target, Fault] | None = None

    def __call__(self, path: str, headers: dict[str, str]) -> Answer:
        name = path.partition("?")[0].strip("/")
        file = self._folder / (f"{name}/index.json" if path.partition("?")[0].endswith("/") else name)
        good = file.read_bytes() if file.is_file() else None
        if self.broken and good is not None and file == self._folder / self.broken[0].path:
            return self.broken[1](self.broken[0], good)
        if good is None:
            return [answer("404 Not Found")]
        tag = f'"{hashlib.sha256(good).hexdigest()}"'
        if headers.get("if-none-match") == tag:
            return [b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"]
        return [answer("200 OK", good, f"ETag: {tag}")]
