"""The browser's own box, feeds and exports, and how every response travels (docs/contracts.md)."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Callable
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import brotli
import pytest
from flask.testing import FlaskClient

from search_app import tools

ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"

PAGES = (
    "/", "/?q=gc", "/?q=", "/status", "/help", "/about", "/map", "/app/fenix", "/app/fenix/map",
    "/ping/fenix/baseline", "/metric/gecko/javascript.gc.slice_time", "/probe/histogram/GC_MS",
    "/probe/event/pwmgr.open%23login", "/table/moz-fx-data-shared-prod.telemetry.main",
    "/measure/metric/fenix/searches_of_day", "/explore/fenix/baseline", "/doc/datasets/pings.md%23pings",
    "/tool/glam",
)  # fmt: skip
ANSWERS = (
    "/api/v1/search?q=gc", "/api/v1/metrics", "/api/v1/item/app/fenix", "/api/v1/suggest?q=gc",
    "/api/openapi.json", "/suggest?q=gc", "/opensearch.xml", "/feed.atom?q=gc", "/export.csv?q=gc",
    "/export.json?q=gc",
)  # fmt: skip
FRESH = ("/status", "/api/v1/status", "/healthz", "/readyz", "/metrics", "/go?q=gc")
WRONG = (
    "/nothing",
    "/api/nothing",
    "/metric/fenix/no.such",
    "/api/v1/search?page=0",
    "/?page=0",
    "/" + "x" * 9000,
)
CACHED = tuple(page for page in PAGES if page != "/status") + ANSWERS


def location(client: FlaskClient, q: str) -> str:
    response = client.get(f"/go?q={quote(q)}")
    assert response.status_code == 302
    return response.headers["Location"]


# ---------------------------------------------------------------- OpenSearch and suggestions


def test_the_start_page_and_every_page_lead_to_the_description(small_client: FlaskClient) -> None:
    for page in ("/", "/?q=gc", "/app/fenix"):
        assert (
            '<link rel="search" type="application/opensearchdescription+xml"' in small_client.get(page).text
        )


def test_the_opensearch_description_names_search_and_suggestions(small_client: FlaskClient) -> None:
    response = small_client.get("/opensearch.xml")
    assert response.mimetype == "application/opensearchdescription+xml"
    root = ElementTree.fromstring(response.data)
    assert root.findtext(f"{OPENSEARCH}ShortName") == "Starchart"
    urls = {url.get("type"): url.get("template") for url in root.iter(f"{OPENSEARCH}Url")}
    assert urls["text/html"] == "http://localhost/?q={searchTerms}"
    assert urls["application/x-suggestions+json"] == "http://localhost/suggest?q={searchTerms}"


@pytest.mark.parametrize("typed", ["javascr", "  Gc ", "é\u202e<b>", "", "a\0b", '"open', "app:"])
def test_browser_suggestions_begin_with_what_was_typed(small_client: FlaskClient, typed: str) -> None:
    response = small_client.get(f"/suggest?q={quote(typed)}")
    assert response.mimetype == "application/x-suggestions+json"
    body = json.loads(response.data)
    assert body[0] == typed
    assert [len(part) for part in body[1:]] == [len(body[1])] * 3
    assert all(isinstance(text, str) for part in body[1:] for text in part)
    assert all(url.startswith("http://localhost/") for url in body[3])


# ---------------------------------------------------------------- /go and bangs


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("GC_MS", "/probe/histogram/GC_MS"),
        ("javascript.gc.slice_time", "/metric/gecko/javascript.gc.slice_time"),
        ("pwmgr.open#login", "/probe/event/pwmgr.open%23login"),
        ("mozdata.fenix.active_users", "/table/moz-fx-data-shared-prod.fenix.active_users"),
        ("fenix", "/app/fenix"),
        ("baseline", "/?q=baseline"),  # two apps have such a ping
        ("no such thing anywhere", "/?q=no+such+thing+anywhere"),
        ("", "/"),
        ("   ", "/"),
        ("!glam", "/tool/glam"),
        ("!nobodysbang gc", "/?q=%21nobodysbang+gc"),
    ],
)  # fmt: skip
def test_go_leads_to_what_was_clearly_meant_else_to_the_results(
    small_client: FlaskClient, typed: str, address: str
) -> None:
    assert location(small_client, typed) == address


@pytest.mark.parametrize(
    ("typed", "host", "part"),
    [
        ("!glam gc_ms", "glam.telemetry.mozilla.org", "javascript_gc_slice_time"),
        ("gc_ms !glam", "glam.telemetry.mozilla.org", "javascript_gc_slice_time"),
        ("!GLAM javascript.gc.slice_time", "glam.telemetry.mozilla.org", "javascript_gc_slice_time"),
        ("!gd browser.search.in_content", "dictionary.telemetry.mozilla.org", "browser_search_in_content"),
        ("!probes gc_ms", "probes.telemetry.mozilla.org", "GC_MS"),
        ("!source gc_ms", "searchfox.org", "GC_MS"),
        ("!stmo javascript.gc.slice_time", "sql.telemetry.mozilla.org", ""),
        ("!bq fenix.active_users", "console.cloud.google.com", "active_users"),
        ("!looker fenix baseline", "mozilla.cloud.looker.com", "fenix"),
        ("!docs pings", "docs.telemetry.mozilla.org", "pings"),
        ("!bug browser.search.in_content", "bugzilla.mozilla.org", "1591564"),
    ],
)
def test_a_bang_leads_to_that_tools_view_of_the_best_hit(
    small_client: FlaskClient, typed: str, host: str, part: str
) -> None:
    address = location(small_client, typed)
    assert urlsplit(address).scheme == "https"
    assert urlsplit(address).netloc == host
    assert part in address


def test_every_bang_leads_to_a_page_of_ours_or_to_its_tool(small_client: FlaskClient) -> None:
    for bang in tools.bangs():
        for words in ("gc_ms", "fenix.metrics", "first-session", "nothing-like-it", "<script>"):
            address = location(small_client, f"!{bang} {words}")
            parts = urlsplit(address)
            assert (parts.scheme == "https" and parts.netloc) or re.match(r"/(?![/\\])", address), address


@pytest.mark.parametrize(
    "typed",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example",
        "javascript:alert(1)", "!glam https://evil.example/", "!glam //evil.example", "%0d%0aLocation: https://evil.example",
        "\r\nSet-Cookie: a=b", "!source \r\nX: y", "data:text/html,<script>",
        "!looker ../../..//evil.example",
    ],
)  # fmt: skip
def test_go_never_leads_where_a_stranger_wants(small_client: FlaskClient, typed: str) -> None:
    response = small_client.get(f"/go?q={quote(typed)}")
    address = response.headers["Location"]
    assert re.match(r"/(?![/\\])", address) or urlsplit(address).netloc.endswith(
        (".mozilla.org", ".google.com", ".looker.com", "searchfox.org", "github.com", "github.io")
    )
    assert "evil.example" not in urlsplit(address).netloc
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "path",
    ["//evil.example/", "/\\evil.example", "//evil.example/app/fenix/", "/app//evil.example", "/app/fenix//"],
)
def test_no_path_redirects_off_site(small_client: FlaskClient, path: str) -> None:
    response = small_client.get("/", environ_overrides={"PATH_INFO": path})
    assert response.status_code in (301, 308, 404)
    if response.status_code != 404:
        assert re.match(r"(http://localhost)?/(?![/\\])", response.headers["Location"])


def test_a_slash_too_many_leads_to_the_item(small_client: FlaskClient) -> None:
    response = small_client.get("/probe/event/pwmgr.open%23login/")
    assert (response.status_code, response.headers["Location"]) == (301, "/probe/event/pwmgr.open%23login")


# ---------------------------------------------------------------- feeds and exports


def test_the_feed_is_atom_of_the_newest_hits(small_client: FlaskClient) -> None:
    response = small_client.get("/feed.atom?q=%22%3C%26%22&kind=metric&kind=probe&tag=")
    assert response.mimetype == "application/atom+xml"
    ElementTree.fromstring(response.data)
    feed = ElementTree.fromstring(small_client.get("/feed.atom?kind=metric").data)
    assert feed.tag == f"{ATOM}feed"
    moment = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?(Z|[+-]\d\d:\d\d)")
    for holder in (feed, *feed.iter(f"{ATOM}entry")):
        assert holder.findtext(f"{ATOM}id", "").startswith("http://localhost/")
        assert holder.findtext(f"{ATOM}title", "")
        assert moment.fullmatch(holder.findtext(f"{ATOM}updated", ""))
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    entries = list(feed.iter(f"{ATOM}entry"))
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries) > 4
    assert entries[0].findtext(f"{ATOM}title", "").startswith("browser.search.in_content")
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == "http://localhost/feed.atom?q=&kind=metric"


def test_exports_hold_every_hit_of_the_search(small_client: FlaskClient) -> None:
    wanted = [hit["id"] for hit in small_client.get("/api/v1/search?q=fenix&size=100").json["hits"]]
    exported = small_client.get("/export.json?q=fenix&size=5&page=2")
    assert exported.mimetype == "application/json"
    assert "attachment" in exported.headers["Content-Disposition"]
    assert [hit["id"] for hit in exported.json["hits"]] == wanted
    assert exported.json["count"] == len(wanted)
    table = small_client.get("/export.csv?q=fenix")
    assert table.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [row["id"] for row in rows] == wanted
    assert all(row["url"].startswith("http://localhost/") for row in rows)


# ---------------------------------------------------------------- for operators


def test_operators_see_life_readiness_and_numbers(small_client: FlaskClient) -> None:
    assert small_client.get("/healthz").text == "ok\n"
    generation = small_client.get("/api/v1/status").json["serving"]["id"]
    assert small_client.get("/readyz").text == f"ready {generation}\n"
    numbers = small_client.get("/metrics")
    assert numbers.mimetype == "text/plain"
    assert "starchart_ready 1.0\n" in numbers.text
    assert re.search(r'starchart_responses_total\{endpoint="ops\.healthz",status="200"\} [1-9]', numbers.text)
    for line in numbers.text.splitlines():
        if line.startswith(("# HELP ", "# TYPE ")):
            continue
        assert re.fullmatch(r"\w+(\{[^{}]*\})? [0-9.e+-]+", line), line


# ---------------------------------------------------------------- how responses travel


@pytest.mark.parametrize("path", [*PAGES, *ANSWERS, *FRESH, *WRONG])
def test_every_response_has_security_headers_and_timing(small_client: FlaskClient, path: str) -> None:
    response = small_client.get(path)
    assert response.status_code < 500
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"]
    assert re.fullmatch(r"app;dur=\d+\.\d", response.headers["Server-Timing"])
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("path", CACHED)
def test_what_did_not_change_is_not_sent_again(small_client: FlaskClient, path: str) -> None:
    first = small_client.get(path)
    assert first.status_code == 200
    again = small_client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Server-Timing" in again.headers
    other = small_client.get(path, headers={"If-None-Match": 'W/"another"'})
    assert other.status_code == 200
    assert len({small_client.get(each).headers["ETag"] for each in (path, "/?q=something-else")}) == 2


@pytest.mark.parametrize("path", WRONG)
def test_a_mistake_is_never_answered_with_not_modified(small_client: FlaskClient, path: str) -> None:
    plain = small_client.get(path)
    assert plain.status_code in (400, 404, 414)
    assert small_client.get(path, headers={"If-None-Match": "*"}).status_code == plain.status_code
    assert "ETag" not in plain.headers


@pytest.mark.parametrize("path", FRESH)
def test_what_changes_at_any_time_is_always_sent(small_client: FlaskClient, path: str) -> None:
    response = small_client.get(path, headers={"If-None-Match": "*"})
    assert response.status_code in (200, 302)
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", [*PAGES, *ANSWERS])
def test_head_is_get_without_the_body(small_client: FlaskClient, path: str) -> None:
    got, head = small_client.get(path), small_client.head(path)
    assert (head.status_code, head.data) == (got.status_code, b"")
    assert head.headers["Content-Type"] == got.headers["Content-Type"]


@pytest.mark.parametrize(
    "path", ["/", "/?q=gc", "/api/v1/search?q=gc", "/feed.atom", "/map", "/opensearch.xml"]
)
@pytest.mark.parametrize(
    ("taken", "coding", "unpacked"),
    [
        ("gzip, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
    ],
)
def test_text_is_packed_for_those_who_take_it(
    small_client: FlaskClient, path: str, taken: str, coding: str, unpacked: Callable[[bytes], bytes]
) -> None:
    plain = small_client.get(path)
    packed = small_client.get(path, headers={"Accept-Encoding": taken})
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == coding
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)

    def timeless(body: bytes) -> bytes:
        return re.sub(rb'took_ms": ?[\d.]+|in (under )?\d+ ms|Built \w+ \w+ ago', b"", body)

    assert timeless(unpacked(packed.data)) == timeless(plain.data)
    refused = small_client.get(path, headers={"Accept-Encoding": "gzip;q=0, br;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_static_files_are_kept_for_ever_under_an_address_with_their_digest(small_client: FlaskClient) -> None:
    page = small_client.get("/").text
    addresses = re.findall(r'<(?:link rel="stylesheet" href|script src)="([^"]+)"', page)
    assert len(addresses) >= 2
    for address in addresses:
        assert re.search(r"\?v=[0-9a-f]{10}$", address)
        response = small_client.get(address)
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


# ---------------------------------------------------------------- rule 11, and markup in what is asked


def test_rule_11_pages_are_whole_without_script_and_load_nothing_that_blockers_hide(
    small_client: FlaskClient,
) -> None:
    page = small_client.get("/metric/firefox_desktop/ads.ad_impression").text
    assert "An ad was shown." in page
    assert "metrics.counter.ads_ad_impression" in page
    loaded = re.findall(r'<(?:script|link rel="stylesheet"|img)[^>]*(?:src|href)="([^"]+)"', page)
    assert loaded
    for address in loaded:
        assert address.startswith("/static/")
        assert not re.search(r"\bads?\b|impression|metrics|telemetry|track|analytics", address)


def test_rule_11_the_box_is_a_plain_form(small_client: FlaskClient) -> None:
    for path in ("/", "/?q=gc", "/app/fenix"):
        form = re.search(r"<form[^>]*>.*?</form>", small_client.get(path).text, re.DOTALL)
        assert form
        assert re.search(r'action="/"', form[0])
        assert re.search(r'name="q"', form[0])


ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{7001*7001}}",
    "\u202e<b>x",
)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    "address",
    [
        "/?q={}", "/?q=a&app={}", "/?q=a&kind={}", "/?q=a&literal={}", "/?q=a&sort={}", "/?q=a&column={}",
        "/?q=a&tag={}&owner={}", "/metric/fenix/{}", "/{}", "/app/fenix?page={}", "/api/v1/item/{}",
        "/ping/fenix/metrics?q={}", "/table/moz-fx-data-shared-prod.telemetry.main?column={}",
        "/table/moz-fx-data-shared-prod.telemetry.main?q={}", "/feed.atom?q={}", "/app/{}/map", "/map?{}",
    ],
)  # fmt: skip
def test_markup_in_what_is_asked_comes_back_escaped(
    small_client: FlaskClient, address: str, attack: str
) -> None:
    response = small_client.get(address.replace("{}", quote(attack, safe="")))
    assert response.status_code < 500
    if response.mimetype == "text/html" or "xml" in response.mimetype:
        for markup in ("<script>alert", "<img src=x", "<b>x", 'onerror=alert(1)">'):
            assert markup not in response.text
        assert str(7001 * 7001) not in response.text
    else:
        assert response.mimetype == "application/json"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("host", [".", "a..b", "x" * 300, "\xff", "evil.example:99999", "[::1", "", "a b"])
@pytest.mark.parametrize(
    "path", ["/", "/api/v1/search", "/feed.atom", "/opensearch.xml", "/go?q=GC_MS", "/nothing"]
)
def test_no_host_header_breaks_anything(small_client: FlaskClient, path: str, host: str) -> None:
    response = small_client.get(path, environ_overrides={"HTTP_HOST": host})
    assert response.status_code < 500
    assert response.headers["X-Content-Type-Options"] == "nosniff"
