"""A fetch ends when it must, remembers nothing, shows no password, and goes only where it was sent."""

from __future__ import annotations

import base64
import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer.crawl.fetch import Fetcher
from indexer.crawl.transport import is_public
from indexer.sources import Request, SourceUnavailable
from tests.support.mirrors import settings
from tests.support.raw_server import Answer, answer, drip, raw_server

HEAD = b"HTTP/1.1 200 OK\r\n"
MANY = b"x" * 5000
DRIPS: dict[str, Callable[[], Answer]] = {
    "a status line": lambda: itertools.chain([b"HTTP/1.1 200 "], drip(MANY)),
    "a header": lambda: itertools.chain([HEAD + b"X-Slow: "], drip(MANY)),
    "headers without end": lambda: itertools.chain([HEAD], itertools.repeat(b"X: y\r\n", 90)),
    "the size of a chunk": lambda: itertools.chain(
        [HEAD + b"Transfer-Encoding: chunked\r\n\r\n"], drip(b"0" * 5000)
    ),
    "an extension of a chunk": lambda: itertools.chain(
        [HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;"], drip(MANY)
    ),
    "a trailer": lambda: itertools.chain(
        [HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n"], itertools.repeat(b"X: y\r\n", 5000)
    ),
    "a body of known length": lambda: itertools.chain([HEAD + b"Content-Length: 5000\r\n\r\n"], drip(MANY)),
    "a body of unknown length": lambda: itertools.chain([HEAD + b"\r\n"], drip(MANY)),
    "answers before the answer": lambda: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n", 5000),
    "nothing": lambda: itertools.chain([b""], itertools.repeat(b"", 5000)),
}


@pytest.fixture
def fetcher_with(tmp_path: Path) -> Iterator[Callable[..., Fetcher]]:
    opened: list[Fetcher] = []

    def make(mirror: str = "", **crawl: float) -> Fetcher:
        opened.append(Fetcher(settings(tmp_path / "data", mirror, **crawl), tmp_path / "cache"))
        return opened[-1]

    yield make
    for fetcher in opened:
        fetcher.close()


@pytest.mark.parametrize("part", DRIPS)
def test_whatever_comes_byte_by_byte_ends_at_the_files_deadline(
    part: str, fetcher_with: Callable[..., Fetcher]
) -> None:
    with raw_server(lambda path, headers: DRIPS[part]()) as server:
        began = time.monotonic()
        with pytest.raises(SourceUnavailable, match=r"took too long|cut off"):
            fetcher_with(file_seconds=0.2).fetch([Request(f"{server.base}/a")])
        assert time.monotonic() - began < 3


def test_a_host_that_takes_connections_and_answers_none_ends_at_the_deadline(
    fetcher_with: Callable[..., Fetcher],
) -> None:
    with raw_server(lambda path, headers: itertools.repeat(b"", 5000)) as server:
        began = time.monotonic()
        with pytest.raises(SourceUnavailable, match=r"of 3 files|took too long"):
            fetcher_with(per_host=1).fetch(
                [Request(f"{server.base}/{name}") for name in "abc"], until=time.monotonic() + 0.3
            )
        assert time.monotonic() - began < 3


def test_a_server_that_asks_for_more_patience_than_there_is_fails_at_once(
    fetcher_with: Callable[..., Fetcher],
) -> None:
    busy = answer("503 Busy", b"", "Retry-After: 3600")
    with raw_server(lambda path, headers: [busy]) as server:
        began = time.monotonic()
        with pytest.raises(SourceUnavailable, match="answered 503 Busy; it asks for 3600 s of patience"):
            fetcher_with(file_seconds=5).fetch([Request(f"{server.base}/a")])
        assert time.monotonic() - began < 2
        assert len(server.asked) == 1


def test_no_cookie_is_kept_and_no_netrc_is_used(
    fetcher_with: Callable[..., Fetcher], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with raw_server(lambda path, headers: [answer("200 OK", b"x", "Set-Cookie: a=b")]) as server:
        fetcher = fetcher_with()
        for name in "ab":
            fetcher.fetch([Request(f"{server.base}/{name}")])
    for _, headers in server.asked:
        assert not {"cookie", "authorization"} & set(headers)


def test_a_mirrors_password_is_sent_to_it_alone_and_shown_to_nobody(
    fetcher_with: Callable[..., Fetcher], tmp_path: Path
) -> None:
    def respond(path: str, headers: dict[str, str]) -> Answer:
        if path == "/host.example/there":
            return [answer("200 OK", b"x")]
        if path == "/host.example/moved":
            return [answer("302 Found", b"", "Location: /host.example/there")]
        return [answer("500 Broken")]

    with raw_server(respond) as server:
        fetcher = fetcher_with(f"http://me:p%40ss@127.0.0.1:{server.port}/")
        fetcher.fetch([Request("https://host.example/moved")])
        with pytest.raises(SourceUnavailable) as problem:
            fetcher.fetch([Request("https://host.example/broken")])
    expected = "Basic " + base64.b64encode(b"me:p@ss").decode()
    assert [headers.get("authorization") for _, headers in server.asked] == [expected] * 4
    assert "ss" not in str(problem.value).replace("answered", "")
    kept = "".join(path.read_text() for path in (tmp_path / "cache").glob("*.json"))
    assert kept
    assert "ss@" not in kept


def test_a_password_in_a_sources_address_is_not_in_what_was_fetched(
    fetcher_with: Callable[..., Fetcher],
) -> None:
    with raw_server(lambda path, headers: [answer("200 OK", b"x")]) as server:
        fetched = fetcher_with().fetch([Request(f"http://me:secret@127.0.0.1:{server.port}/a")])[0]
    assert fetched.request.url == f"{server.base}/a"
    assert server.asked[0][1]["authorization"].startswith("Basic ")


@pytest.mark.parametrize("proxied", [False, True], ids=["directly", "through a proxy"])
def test_a_redirect_to_a_private_address_is_not_followed(
    proxied: bool, fetcher_with: Callable[..., Fetcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    with raw_server(lambda path, headers: [answer("200 OK", b"secret")]) as inside:
        moved = answer("302 Found", b"", f"Location: {inside.base}/admin")
        with raw_server(lambda path, headers: [moved]) as server:
            if proxied:
                monkeypatch.setenv("http_proxy", server.base)
                monkeypatch.setenv("no_proxy", "")
            with pytest.raises(SourceUnavailable, match="not on the public internet"):
                fetcher_with().fetch([Request("http://far.example/a" if proxied else f"{server.base}/a")])
        assert inside.asked == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "[::1]", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "2002:0a00:0001::", "localhost", "a.local", ""],
)  # fmt: skip
def test_these_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "github.com", "a.example."])
def test_these_addresses_are_public(address: str) -> None:
    assert is_public(address)


def test_a_redirect_to_what_is_no_address_fails_its_source(fetcher_with: Callable[..., Fetcher]) -> None:
    moved = answer("302 Found", b"", "Location: http://[::1/x")
    with (
        raw_server(lambda path, headers: [moved]) as server,
        pytest.raises(SourceUnavailable, match="no address"),
    ):
        fetcher_with().fetch([Request(f"{server.base}/a")])
