"""Fetching, against a real HTTP server and real folders."""

from __future__ import annotations

import gzip
import pickle
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request as Asked
from werkzeug import Response

from indexer.config import Config, load_config
from indexer.crawl.fetch import Fetcher, redirected
from indexer.sources import Request, SourceUnavailable
from tests.support.servers import free_port

NOTHING_LISTENS = "http://127.0.0.1:9"


@pytest.fixture
def config_with(tmp_path: Path) -> Callable[..., Config]:
    def make(mirror: str = "", **crawl: float) -> Config:
        config = load_config(None, {"STARCHART_MIRROR": mirror, "STARCHART_DATA_DIR": str(tmp_path / "data")})
        crawl = {"backoff_seconds": 0, "retries": 1, **crawl}
        return config.model_copy(update={"crawl": config.crawl.model_copy(update=crawl)})

    return make


@pytest.fixture
def fetcher_with(config_with: Callable[..., Config], tmp_path: Path) -> Iterator[Callable[..., Fetcher]]:
    opened: list[Fetcher] = []

    def make(mirror: str = "", **crawl: float) -> Fetcher:
        opened.append(Fetcher(config_with(mirror, **crawl), tmp_path / "cache"))
        return opened[-1]

    yield make
    for fetcher in opened:
        fetcher.close()


def test_a_body_is_asked_for_again_only_with_its_etag(
    httpserver: HTTPServer, fetcher_with: Callable[..., Fetcher]
) -> None:
    asked: list[str] = []

    def answer(request: Asked) -> Response:
        asked.append(request.headers.get("If-None-Match", ""))
        if asked[-1] == '"v1"':
            return Response(status=304)
        return Response(b"hello", headers={"ETag": '"v1"'})

    httpserver.expect_request("/a").respond_with_handler(answer)
    wanted = [Request(httpserver.url_for("/a"))]
    first = fetcher_with().fetch(wanted)[0]
    second = fetcher_with().fetch(wanted)[0]
    assert asked == ["", '"v1"']
    assert first.body() == second.body() == b"hello"
    assert (second.status, second.digest) == (200, first.digest)


def test_last_modified_serves_where_there_is_no_etag(
    httpserver: HTTPServer, fetcher_with: Callable[..., Fetcher]
) -> None:
    stamp = "Fri, 21 Aug 2026 10:00:00 GMT"
    asked: list[str] = []

    def answer(request: Asked) -> Response:
        asked.append(request.headers.get("If-Modified-Since", ""))
        return Response(b"x", status=304 if asked[-1] else 200, headers={"Last-Modified": stamp})

    httpserver.expect_request("/a").respond_with_handler(answer)
    wanted = [Request(httpserver.url_for("/a"))]
    assert fetcher_with().fetch(wanted)[0].body() == fetcher_with().fetch(wanted)[0].body() == b"x"
    assert asked == ["", stamp]


def test_a_damaged_body_in_the_cache_is_fetched_anew(
    httpserver: HTTPServer, fetcher_with: Callable[..., Fetcher]
) -> None:
    httpserver.expect_request("/a").respond_with_data(b"hello", headers={"ETag": '"v1"'})
    fetched = fetcher_with().fetch([Request(httpserver.url_for("/a"))])[0]
    assert fetched.path is not None
    fetched.path.write_bytes(b"he")
    assert fetcher_with().fetch([Request(httpserver.url_for("/a"))])[0].body() == b"hello"


def test_a_503_with_retry_after_is_tried_again(
    httpserver: HTTPServer, fetcher_with: Callable[..., Fetcher]
) -> None:
    times: list[float] = []

    def answer(request: Asked) -> Response:
        times.append(time.monotonic())
        if len(times) == 1:
            return Response(status=503, headers={"Retry-After": "1"})
        return Response(b"there")

    httpserver.expect_request("/a").respond_with_handler(answer)
    assert fetcher_with().fetch([Request(httpserver.url_for("/a"))])[0].body() == b"there"
    assert times[1] - times[0] >= 0.9


def test_an_error_that_stays_is_told_with_its_status(
    httpserver: HTTPServer, fetcher_with: Callable[..., Fetcher]
) -> None:
    httpserver.expect_request("/a").respond_with_data(b"", status=500)
    with pytest.raises(SourceUnavailable, match="500"):
        fetcher_with().fetch([Request(httpserver.url_for("/a"))])


def test_a_404_is_an_answer_only_where_the_request_is_optional(
    httpserver: HTTPServer, fetcher_with: Callable[..., Fetcher]
) -> None:
    httpserver.expect_request("/a").respond_with_data(b"", status=404)
    fetched = fetcher_with().fetch([Request(httpserver.url_for("/a"), optional=True)])[0]
    assert (fetched.status, fetched.path, fetched.digest) == (404, None, "")
    with pytest.raises(SourceUnavailable, match="404"):
        fetcher_with().fetch([Request(httpserver.url_for("/a"))])


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_a_truncated_body_is_a_failure_not_data(
    httpserver: HTTPServer, fetcher_with: Callable[..., Fetcher], coding: str
) -> None:
    whole = gzip.compress(bytes(range(256)) * 400) if coding else b"x" * 5000
    tries: list[int] = []

    def answer(request: Asked) -> Response:
        tries.append(1)
        response = Response(whole[: len(whole) // 2])
        response.headers["Content-Length"] = str(len(whole))
        if coding:
            response.headers["Content-Encoding"] = coding
        return response

    httpserver.expect_request("/a").respond_with_handler(answer)
    fetcher = fetcher_with(read_seconds=1)
    with pytest.raises(SourceUnavailable, match="cut off"):
        fetcher.fetch([Request(httpserver.url_for("/a"))])
    assert len(tries) == 2


def test_gzip_that_ends_early_is_a_failure_even_if_the_length_agrees(
    httpserver: HTTPServer, fetcher_with: Callable[..., Fetcher]
) -> None:
    half = gzip.compress(bytes(range(256)) * 400)[:200]
    httpserver.expect_request("/a").respond_with_data(half, headers={"Content-Encoding": "gzip"})
    with pytest.raises(SourceUnavailable, match="cut off"):
        fetcher_with().fetch([Request(httpserver.url_for("/a"))])


def test_gzip_is_undone(httpserver: HTTPServer, fetcher_with: Callable[..., Fetcher]) -> None:
    body = b"line\n" * 100_000
    packed = gzip.compress(body)
    httpserver.expect_request("/a").respond_with_data(packed, headers={"Content-Encoding": "gzip"})
    assert fetcher_with().fetch([Request(httpserver.url_for("/a"))])[0].body() == body


def test_a_body_past_the_bound_is_refused_even_if_gzip_hides_its_size(
    httpserver: HTTPServer, fetcher_with: Callable[..., Fetcher]
) -> None:
    bomb = gzip.compress(b"\0" * 5_000_000)
    httpserver.expect_request("/a").respond_with_data(bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(SourceUnavailable, match="larger than"):
        fetcher_with(max_bytes=1_000_000).fetch([Request(httpserver.url_for("/a"))])


def test_a_body_that_drips_is_given_up(httpserver: HTTPServer, fetcher_with: Callable[..., Fetcher]) -> None:
    sent: list[int] = []

    def drip() -> Iterator[bytes]:
        for number in range(30):
            time.sleep(0.05)
            sent.append(number)
            yield b"x"

    httpserver.expect_request("/a").respond_with_handler(lambda _: Response(drip()))
    with pytest.raises(SourceUnavailable, match="took too long"):
        fetcher_with(file_seconds=0.3).fetch([Request(httpserver.url_for("/a"))])
    assert len(sent) < 30


def test_redirects_are_followed_up_to_the_bound(
    httpserver: HTTPServer, fetcher_with: Callable[..., Fetcher]
) -> None:
    httpserver.expect_request("/a").respond_with_response(Response(status=302, headers={"Location": "/b"}))
    httpserver.expect_request("/b").respond_with_data(b"b")
    httpserver.expect_request("/loop").respond_with_response(
        Response(status=302, headers={"Location": "/loop"})
    )
    assert fetcher_with().fetch([Request(httpserver.url_for("/a"))])[0].body() == b"b"
    with pytest.raises(SourceUnavailable, match="redirects"):
        fetcher_with().fetch([Request(httpserver.url_for("/loop"))])


def test_nobody_listening_is_told_in_few_words(fetcher_with: Callable[..., Fetcher]) -> None:
    with pytest.raises(SourceUnavailable) as problem:
        fetcher_with().fetch([Request(f"{NOTHING_LISTENS}/a")])
    assert "refused" in str(problem.value).lower()
    assert len(str(problem.value)) < 100


def test_a_host_that_cannot_be_reached_is_not_asked_again_in_the_same_crawl(
    fetcher_with: Callable[..., Fetcher],
) -> None:
    port = free_port()
    fetcher = fetcher_with()
    with pytest.raises(SourceUnavailable, match="refused"):
        fetcher.fetch([Request(f"http://127.0.0.1:{port}/a")])
    late = HTTPServer(port=port)
    late.expect_request("/a").respond_with_data(b"there now")
    with late:
        with pytest.raises(SourceUnavailable, match="refused"):
            fetcher.fetch([Request(f"http://127.0.0.1:{port}/a")])
        assert not late.log
        assert fetcher_with().fetch([Request(f"http://127.0.0.1:{port}/a")])[0].body() == b"there now"


def test_a_proxy_that_is_not_there_is_told_too(
    fetcher_with: Callable[..., Fetcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", NOTHING_LISTENS)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(SourceUnavailable, match="refused"):
        fetcher_with().fetch([Request("http://far.example/a")])


def test_the_body_of_a_redirect_is_not_read(
    httpserver: HTTPServer, fetcher_with: Callable[..., Fetcher]
) -> None:
    sent: list[int] = []

    def endless() -> Iterator[bytes]:
        for number in range(256):
            sent.append(number)
            yield bytes(1 << 20)

    httpserver.expect_request("/a").respond_with_handler(
        lambda _: Response(endless(), status=302, headers={"Location": "/b"})
    )
    httpserver.expect_request("/b").respond_with_data(b"there")
    assert fetcher_with().fetch([Request(httpserver.url_for("/a"))])[0].body() == b"there"
    assert len(sent) < 256


def test_a_redirect_never_leaves_https() -> None:
    assert redirected("https://a.example/x/y", "../z?q=1") == "https://a.example/z?q=1"
    assert redirected("http://a.example/x", "https://b.example/") == "https://b.example/"
    for target in ("http://a.example/x", "file:///etc/hosts", "ftp://a.example/x"):
        with pytest.raises(SourceUnavailable, match="redirected from https"):
            redirected("https://a.example/x", target)


def test_no_host_is_asked_for_more_at_once_than_allowed(
    httpserver: HTTPServer, fetcher_with: Callable[..., Fetcher]
) -> None:
    running: list[int] = [0, 0]

    def answer(request: Asked) -> Response:
        running[0] += 1
        running[1] = max(running)
        time.sleep(0.03)
        running[0] -= 1
        return Response(request.path)

    httpserver.expect_request("/a").respond_with_handler(answer)
    for number in range(8):
        httpserver.expect_request(f"/{number}").respond_with_handler(answer)
    wanted = [Request(httpserver.url_for(f"/{number}")) for number in range(8)]
    bodies = [fetched.body().decode() for fetched in fetcher_with(per_host=2).fetch(wanted)]
    assert bodies == [f"/{number}" for number in range(8)]
    assert running[1] <= 2


def test_a_mirror_folder_stands_for_the_web(tmp_path: Path, fetcher_with: Callable[..., Fetcher]) -> None:
    (tmp_path / "mirror/host.example/deep").mkdir(parents=True)
    (tmp_path / "mirror/host.example/deep/file").write_text("from disk")
    (tmp_path / "mirror/host.example/deep/index.json").write_text("[]")
    fetcher = fetcher_with(str(tmp_path / "mirror"))
    fetched = fetcher.fetch(
        [
            Request("https://host.example/deep/file?a=1"),
            Request("https://host.example/deep/?b=2"),
            Request("https://host.example/absent", optional=True),
        ]
    )
    assert [entry.status for entry in fetched] == [200, 200, 404]
    assert [entry.body() for entry in fetched[:2]] == [b"from disk", b"[]"]


def test_a_mirror_folder_is_not_left_upwards(tmp_path: Path, fetcher_with: Callable[..., Fetcher]) -> None:
    (tmp_path / "secret").write_text("no")
    (tmp_path / "mirror/h").mkdir(parents=True)
    with pytest.raises(SourceUnavailable, match="not a path"):
        fetcher_with(str(tmp_path / "mirror")).fetch([Request("https://h/%2e%2e/../secret")])


def test_a_mirror_at_an_address_gets_the_host_in_its_path_and_the_query(
    httpserver: HTTPServer, fetcher_with: Callable[..., Fetcher]
) -> None:
    httpserver.expect_request("/host.example/a/", query_string="x=1").respond_with_data(b"mirrored")
    fetcher = fetcher_with(httpserver.url_for("/"))
    assert fetcher.fetch([Request("https://host.example/a/?x=1")])[0].body() == b"mirrored"


def test_what_was_fetched_can_be_handed_to_another_process(
    tmp_path: Path, fetcher_with: Callable[..., Fetcher]
) -> None:
    (tmp_path / "mirror/h/a.tar.gz/top").mkdir(parents=True)
    (tmp_path / "mirror/h/a.tar.gz/top/x.md").write_text("x")
    fetched = fetcher_with(str(tmp_path / "mirror")).fetch([Request("https://h/a.tar.gz", kind="archive")])[0]
    again = pickle.loads(pickle.dumps(fetched))
    assert list(again.members()) == [("top/x.md", b"x")]
