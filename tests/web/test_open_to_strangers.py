"""What strangers may send and get: hosts, redirects, hostile names, exports and their bounds, log lines."""

from __future__ import annotations

import csv
import gzip
import io
import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import brotli
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from indexer.config import Config
from indexer.runtime.logs import JsonLines, TextLines
from search_app.engine import engine as engine_module
from search_app.query.model import Query
from search_app.tools.addressing.hosts import HOSTS, is_at_a_tool
from search_app.web import exports
from search_app.web.app import create_app
from search_app.web.guards.access import RequestId
from search_app.web.guards.heavy import EXTENSION as HEAVY
from search_app.web.guards.heavy import Gate
from search_app.web.guards.hosts import advice
from tests.support.small_world import small_world
from tests.support.upstream import built

ROOT = Path(__file__).resolve().parents[2]
BROKEN = "two\nlines"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    world = small_world()
    world.metric("org-mozilla-firefox", f"hostile.{BROKEN}", type="counter", description="A quixotic name.")
    world.metric(
        "org-mozilla-firefox",
        "elsewhere.bug",
        type="counter",
        description="zyzzyva",
        bugs=["https://evil.example/bug/1"],
    )
    world.metric(
        "org-mozilla-firefox",
        "ours.bug",
        type="counter",
        description="xylophone",
        bugs=["https://bugzilla.mozilla.org/show_bug.cgi?id=7"],
    )
    return built(world, tmp_path_factory.mktemp("strangers"))


@pytest.fixture(scope="module")
def client(config: Config) -> FlaskClient:
    return create_app(config).test_client()


def with_server(config: Config, **changes: object) -> FlaskClient:
    server = config.server.model_copy(update=changes)
    return create_app(config.model_copy(update={"server": server})).test_client()


# ---------------------------------------------------------------- hosts


def test_a_foreign_host_gets_into_no_address_of_an_answer(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    for path in ("/opensearch.xml", "/feed.atom?q=gc", "/export.csv?q=gc", "/suggest?q=gc"):
        with caplog.at_level(logging.WARNING):
            answer = client.get(path, headers={"Host": "evil.example"})
        assert answer.status_code == 200
        assert "evil.example" not in answer.text, path
        assert "http://127.0.0.1:8000/" in answer.text
    assert "Set server.public_url or server.allowed_hosts" in caplog.text


@pytest.mark.parametrize("host", ["localhost:5000", "127.0.0.1:8000", "[::1]:8000"])
def test_this_machines_own_names_stay_as_they_were_asked(client: FlaskClient, host: str) -> None:
    assert f'template="http://{host}/?q=' in client.get("/opensearch.xml", headers={"Host": host}).text


def test_the_public_address_goes_before_every_header(config: Config) -> None:
    client = with_server(config, public_url="https://starchart.example.org")
    answer = client.get("/opensearch.xml", headers={"Host": "evil.example"})
    assert 'template="https://starchart.example.org/?q=' in answer.text


def test_with_a_list_of_hosts_others_are_refused_in_the_shape_that_was_asked_for(config: Config) -> None:
    client = with_server(config, allowed_hosts=("search.example.org",))
    assert client.get("/?q=gc", headers={"Host": "search.example.org"}).status_code == 200
    assert client.get("/?q=gc", headers={"Host": "Search.Example.ORG:443"}).status_code == 200
    refused = client.get("/api/v1/search?q=gc", headers={"Host": "evil.example"})
    assert (refused.status_code, refused.is_json) == (400, True)
    assert "server.allowed_hosts" in refused.get_json()["error"]["message"]
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    for path in ("/healthz", "/readyz", "/metrics"):  # asked by address, by machines
        assert client.get(path, headers={"Host": "10.0.0.7:8000"}).status_code == 200


def test_whoever_listens_beyond_this_machine_without_a_name_is_advised_at_the_start(config: Config) -> None:
    def of(**changes: object) -> str:
        return advice(config.model_copy(update={"server": config.server.model_copy(update=changes)}))

    assert of() == ""
    assert "server.allowed_hosts" in of(host="0.0.0.0")
    assert of(host="0.0.0.0", public_url="https://starchart.example.org") == ""
    assert of(host="0.0.0.0", allowed_hosts=("starchart.example.org",)) == ""


def test_browsers_are_held_to_tls_where_readers_come_by_it_and_only_there(config: Config) -> None:
    header = "Strict-Transport-Security"
    stranger = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
    assert header not in with_server(config).get("/", headers=stranger).headers
    behind = with_server(config, proxies=1)
    assert behind.get("/", headers=stranger).headers[header] == "max-age=31536000"
    assert header not in behind.get("/").headers
    assert header in with_server(config, public_url="https://starchart.example.org").get("/").headers


# ---------------------------------------------------------------- names and redirects


def test_a_name_of_two_lines_has_a_page_and_json_of_its_own(client: FlaskClient) -> None:
    hit = client.get("/api/v1/search?q=quixotic").get_json()["hits"][0]
    assert hit["name"] == f"hostile.{BROKEN}"
    assert client.get(hit["url"]).status_code == 200
    assert client.get(f"/api/v1/item{hit['url']}").get_json()["id"] == hit["id"]


def test_a_jump_to_a_tool_with_such_a_name_is_no_error(client: FlaskClient) -> None:
    for bang in ("annotate", "glean", "glam", "looker", "stmo", "source", "bug", "datahub"):
        answer = client.get(f"/go?q=!{bang}+quixotic")
        assert answer.status_code == 302, bang
        assert "\n" not in answer.headers["Location"]


def test_a_redirect_leads_to_no_host_that_upstream_names(client: FlaskClient) -> None:
    assert client.get("/go?q=!bug+zyzzyva").headers["Location"] == "/metric/fenix/elsewhere.bug"
    ours = client.get("/go?q=!bug+xylophone").headers["Location"]
    assert ours == "https://bugzilla.mozilla.org/show_bug.cgi?id=7"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/", "https://github.com.evil.example/", "https://github.com@evil.example/",
        "https://evil.example#github.com", "javascript:alert(1)", "//github.com/", "https:/github.com",
        "https://github.com\\@evil.example/", "https://github.com/a\nb", "https://github.com:99/", "https://[",
        "https://\uff47ithub.com/", "mailto:a@github.com", "",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_tool_is_none(address: str) -> None:
    assert not is_at_a_tool(address)


def test_the_table_of_hosts_has_those_of_all_tools_and_of_the_dictionary(config: Config) -> None:
    named = {re.split(r"[/?#]", tool.url.partition("://")[2])[0] for tool in config.tools}
    for module in (ROOT / "search_app" / "tools").glob("*.py"):
        named |= set(re.findall(r'"https?://([a-z0-9-]+\.[a-z0-9.-]+)/?', module.read_text()))
    assert len(named) > 15
    assert named <= HOSTS


def test_what_is_kept_for_ever_is_only_an_address_of_just_this_content(client: FlaskClient) -> None:
    versioned = re.search(r'href="(/static/starchart\.css\?v=\w+)"', client.get("/help").text)
    assert versioned is not None
    assert "immutable" in client.get(versioned[1]).headers["Cache-Control"]
    for other in ("/static/starchart.css", "/static/starchart.css?v=0000000000", f"{versioned[1]}0"):
        assert client.get(other).headers["Cache-Control"] == "no-cache"


def test_readiness_tells_no_path(config: Config, tmp_path: Path) -> None:
    empty = create_app(config.model_copy(update={"data_dir": tmp_path})).test_client()
    answer = empty.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready: nothing is indexed yet\n")


# ---------------------------------------------------------------- exports


def test_an_export_says_what_it_left_out(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    total = client.get("/api/v1/search?q=").get_json()["total"]
    whole = client.get("/export.json?q=").get_json()
    assert (whole["count"], whole["total"], whole["left_out"]) == (total, total, 0)
    assert "(left out:" not in client.get("/export.csv?q=").text
    monkeypatch.setattr(exports, "MOST_EXPORTED", 3)
    some = client.get("/export.json?q=").get_json()
    assert (some["count"], some["total"], some["left_out"]) == (3, total, total - 3)
    assert some["hits"] == whole["hits"][:3]
    answer = client.get("/export.csv?q=")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert len(rows) == 1 + 3 + 1
    assert rows[-1][0].startswith(f"(left out: {total - 3} of {total} hits, since an export holds at most 3;")
    assert answer.headers["X-Total-Count"] == str(total)
    assert "files hold the first 3" in client.get("/?q=&kind=metric").text


@pytest.mark.parametrize("path", ["/export.json", "/export.csv"])
@pytest.mark.parametrize(("coding", "unpack"), [("gzip", gzip.decompress), ("br", brotli.decompress)])
def test_an_export_travels_in_pieces_and_packed_or_not_is_the_same(
    client: FlaskClient,
    path: str,
    coding: str,
    unpack: Callable[[bytes], bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exports, "PIECE", 2)
    plain = client.get(f"{path}?q=")
    packed = client.get(f"{path}?q=", headers={"Accept-Encoding": coding})
    assert "Content-Length" not in plain.headers
    assert packed.headers["Content-Encoding"] == coding
    assert unpack(packed.data) == plain.data
    if path.endswith("json"):
        assert json.loads(plain.data)["hits"]


def test_one_export_too_many_is_asked_to_come_again_and_a_place_is_always_given_back(config: Config) -> None:
    client = with_server(config, heavy_at_once=1)
    for _ in range(3):
        assert client.get("/export.json?q=gc").status_code == 200
        with client.head("/export.json?q=gc") as unread:  # closed, as every server does
            assert unread.status_code == 200
        assert client.get("/export.json?q=gc&page=0").status_code == 400
    gate: Gate = client.application.extensions[HEAVY]
    leave = gate.enter()
    assert leave is not None
    busy = client.get("/export.json?q=gc")
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "5")
    assert busy.get_json()["error"]["code"] == "too_many_requests"
    assert client.get("/?q=gc").status_code == 200
    leave()
    leave()  # twice is once
    assert client.get("/export.csv?q=gc").status_code == 200
    assert 'starchart_refused_total{route="/export.json"} 1.0' in client.get("/metrics").text


BATCH = [{"jsonrpc": "2.0", "id": number, "method": "ping"} for number in range(2)]
HEAVY_ONES = {
    "/export.csv?q=gc": "an export",
    "/export.json?q=gc": "an export",
    "/mine?owner=example": "the list of an owner",
    "/mine.md?owner=example": "the list of an owner",
    "/mine.atom?owner=example": "the feed of an owner",
    "/mcp": "a batch of messages",
}


@pytest.mark.parametrize("address", HEAVY_ONES)
def test_what_is_heavy_is_refused_in_its_own_words_and_with_a_time_to_come_again(
    address: str, config: Config
) -> None:
    client = with_server(config, heavy_at_once=1)

    def asked() -> TestResponse:
        return client.post(address, json=BATCH) if address == "/mcp" else client.get(address)

    assert asked().status_code == 200
    leave = take_all(client)
    refused = asked()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "5")
    assert f"too much to do just now for {HEAVY_ONES[address]}: come again in 5" in refused.text
    assert client.post("/mcp", json=BATCH[0]).status_code == 200  # one message is not heavy
    leave()
    assert asked().status_code == 200


def take_all(client: FlaskClient) -> Callable[[], None]:
    """The one place of a server that has one: how to give it back."""
    gate: Gate = client.application.extensions[HEAVY]
    leave = gate.enter()
    assert leave is not None
    return leave


def test_a_large_answer_does_not_take_the_room_of_those_that_are_asked_for_again(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = create_app(config).extensions["starchart"].engine
    monkeypatch.setattr(engine_module, "MOST_HITS_KEPT", 5)
    for size, kept in ((50, 0), (5, 1)):
        assert engine.search(Query("", size=size)).hits
        assert len(engine._kept) == kept


# ---------------------------------------------------------------- log lines


def logged(config: Config, path: str, headers: dict[str, str], form: logging.Formatter) -> list[str]:
    """The lines of an access log that is switched on, for one request."""
    log = config.logging.model_copy(update={"access": True})
    client = create_app(config.model_copy(update={"logging": log})).test_client()
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(form)
    handler.addFilter(RequestId())
    logger = logging.getLogger("search_app.web.guards.access")
    logger.addHandler(handler)
    before, logger.level = logger.level, logging.INFO
    try:
        with client.get(path, headers=headers) as answer:
            assert answer.status_code == 200
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
    return out.getvalue().splitlines()


def test_every_answer_has_an_id_and_a_proxys_own_is_kept_where_it_is_one(client: FlaskClient) -> None:
    first, second = (client.get("/").headers["X-Request-Id"] for _ in range(2))
    assert re.fullmatch(r"[0-9a-f]{16}", first)
    assert first != second
    assert client.get("/", headers={"X-Request-Id": "edge-7.a_b"}).headers["X-Request-Id"] == "edge-7.a_b"
    for odd in ("x" * 65, "a b", "<script>", ""):
        assert client.get("/", headers={"X-Request-Id": odd}).headers["X-Request-Id"] != odd


def test_the_access_log_has_a_line_a_request_as_json_with_its_id(config: Config) -> None:
    (line,) = logged(config, "/?q=gc", {"X-Request-Id": "edge-1"}, JsonLines())
    told = json.loads(line)
    wanted = {"request_id": "edge-1", "method": "GET", "address": "/?q=gc", "status": 200, "level": "INFO"}
    assert wanted.items() <= told.items()
    assert told["ms"] >= 0
    assert told["client"] == "127.0.0.1"


def test_nothing_that_is_asked_begins_a_line_of_its_own(config: Config) -> None:
    path = "/?q=" + quote("gc\r\n2026-01-01 INFO forged")
    for form in (TextLines(), JsonLines()):
        assert len(logged(config, path, {}, form)) == 1


def test_without_the_setting_no_request_is_logged(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/?q=gc")
    assert "search_app.web.guards.access" not in {record.name for record in caplog.records}
