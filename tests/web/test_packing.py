"""Brotli and gzip, through a real server: what the asker takes, the same bytes behind each, honest ETags."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import brotli
import pytest
import urllib3

pytestmark = pytest.mark.slow

UNPACKED: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}
BROWSER = "gzip, deflate, br, zstd"
ADDRESSES = ("/help", "/api/openapi.json", "/static/search.css")


def asked(server: str, path: str, takes: str, **more: str) -> urllib3.BaseHTTPResponse:
    """An answer as it travelled."""
    headers = {"Accept-Encoding": takes, **{name.replace("_", "-"): value for name, value in more.items()}}
    return urllib3.request("GET", server + path, headers=headers, decode_content=False)


@pytest.mark.parametrize(
    ("takes", "coding"),
    [
        (BROWSER, "br"),
        ("br", "br"),
        ("gzip", "gzip"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0, gzip;q=0.1", "gzip"),
        ("br;q=0, gzip;q=0", ""),
        ("identity", ""),
        ("zstd", ""),
        ("bro, gz;q=x", ""),
    ],
)
def test_what_the_asker_takes_is_sent_and_holds_the_same(sample_server: str, takes: str, coding: str) -> None:
    for path in ADDRESSES:
        plain = asked(sample_server, path, "identity")
        packed = asked(sample_server, path, takes)
        assert packed.headers.get("Content-Encoding", "") == coding
        assert UNPACKED[coding](packed.data) == plain.data
        assert int(packed.headers["Content-Length"]) == len(packed.data)
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert not coding or len(packed.data) < len(plain.data) / 3


@pytest.mark.parametrize("path", ["/help", "/static/search.css"])
def test_what_is_known_is_not_sent_again_in_any_coding(sample_server: str, path: str) -> None:
    for takes in (BROWSER, "gzip"):
        first = asked(sample_server, path, takes)
        if not (etag := first.headers.get("ETag")):
            assert path == "/help"  # of the sample: it carries the progress of the first crawl
            continue
        assert etag.startswith("W/")  # one for all codings, so it cannot promise the same bytes
        again = asked(sample_server, path, takes, If_None_Match=etag)
        assert (again.status, again.data) == (304, b"")


def test_a_part_of_a_file_is_a_part_of_what_is_not_packed(sample_server: str) -> None:
    part = asked(sample_server, "/static/search.css", BROWSER, Range="bytes=0-9")
    assert (part.status, len(part.data), part.headers.get("Content-Encoding")) == (206, 10, None)
