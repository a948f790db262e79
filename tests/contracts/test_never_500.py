"""Never 500, whatever is sent: every route with every parameter, and addresses that nobody would type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_from_bytes, unquote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from indexer.model.kinds import KINDS
from search_app.web.app import READ_BY_PROGRAMS

FAST = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))

ROUTES = (
    "/", "/go", "/suggest", "/feed.atom", "/export.csv", "/export.json", "/map", "/status", "/help", "/about",
    "/opensearch.xml", "/healthz", "/readyz", "/metrics", "/api/v1/search", "/api/v1/suggest",
    "/api/v1/status", "/api/openapi.json", "/app/fenix", "/app/fenix/map", "/ping/fenix/metrics",
    "/probe/histogram/GC_MS",
    "/metric/fenix/tabs.opened", "/table/moz-fx-data-shared-prod.telemetry.main",
    "/api/v1/item/table/moz-fx-data-shared-prod.telemetry.main", "/static/starchart.css",
    "/sql", "/api/v1/sql", "/sql/query.sql", "/sql/query.ipynb", "/api/v1/sql?thing=metric/fenix/tabs.opened",
    "/sql?thing=probe/histogram/GC_MS", "/compare", "/api/v1/compare",
    "/compare?id=metric/fenix/tabs.opened&id=probe/histogram/GC_MS",
    *(f"/api/v1/{kind}s" for kind in KINDS),
)  # fmt: skip
PARAMETERS = (
    "q", "kind", "app", "ping", "type", "table", "dataset", "status", "tag", "sensitivity", "column", "bug",
    "owner", "expires", "added", "page", "size", "sort", "facets", "explain", "literal", "limit", "v",
    "columns_page", "columns_size", "within", "<b>", "", "thing", "with", "by", "measure", "days", "sample",
    "channel", "process", "id", "only",
)  # fmt: skip
LIKELY = (
    "", "0", "-1", "1", "99999999999999999999", "1e9", "\u0663", "NaN", "null", "true", "*", "**", '"', '""',
    "-", "--", "!", "!glam", "!glam ", "(", "()", "OR", "a OR", "OR OR OR", "app:", "app:fenix", "-app:fenix",
    'tag:"', "expires:..", "expires:1..", "added:9999-12-31..", "added:99999y", "expires:99999d", "column:.",
    "column:metrics.", "owner:", "bug:=", "table:`", "..", ".", "../../etc/passwd", "%", "%00", "%zz", "\0",
    "a\0b", "\u202eabc", "\ufeff", "\ud800", "\U0010ffff", "e\u0301", "\u0130", "\xdf", "x" * 490, "x " * 200,
    "a." * 200, "fenix", "gc_ms", "javascript.gc.slice_time", "'; DROP TABLE item; --", "<script>", "{{7*7}}",
    "kind:metric kind:probe -kind:table", "relevance", "newest", "kind,app", "metric", "active", "\r\nX: y",
    "metric/fenix/tabs.opened", "probe/histogram/GC_MS", "country,label", "investigation", "over_zero", "28",
)  # fmt: skip

text = st.one_of(
    st.sampled_from(LIKELY), st.text(max_size=60), st.text(alphabet='":-*().|!=<> aOR', max_size=30)
)
encoded = st.one_of(
    text.map(lambda value: quote(value, safe="", errors="surrogatepass")),
    st.binary(max_size=40).map(quote_from_bytes),
    st.sampled_from(["%", "%f", "%ff%fe", "+", "&&", "=", "%00" * 20]),
)
query_strings = st.lists(st.tuples(st.sampled_from(PARAMETERS).map(quote), encoded), max_size=6).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
paths = st.one_of(
    st.sampled_from(ROUTES),
    st.lists(
        st.one_of(st.sampled_from(["", *KINDS, "api", "v1", "item", "map", ".."]), encoded), max_size=6
    ).map(lambda parts: "/" + "/".join(parts)),
    st.tuples(st.sampled_from(tuple(KINDS)), encoded).map("/".join).map("/api/v1/item/{}".format),
    st.tuples(st.sampled_from(ROUTES), encoded).map("".join),
)
methods = st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "PUT", "BREW"])
headers = st.dictionaries(
    st.sampled_from(["If-None-Match", "Accept-Encoding", "Accept", "Host", "Range", "Cookie"]),
    st.one_of(st.just("*"), st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=255), max_size=9)),
    max_size=2,
)  # fmt: skip


def check(response: TestResponse, path: str) -> None:
    assert response.status_code < 500, response.text
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    if response.status_code >= 400 and response.data:
        if path.startswith(READ_BY_PROGRAMS):
            error: Any = response.json["error"]
            assert set(error) == {"code", "message", "parameter"}
            assert error["code"]
            assert error["message"]
        else:
            assert response.mimetype == "text/html"


def ask(client: FlaskClient) -> Callable[..., None]:
    def asked(path: str, query: str, method: str, headers: dict[str, str]) -> None:
        # set past the test client, which takes `//x` for a host
        environ = {"PATH_INFO": unquote(path, "latin-1")}
        environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        response = client.open("/", query_string=query, method=method, environ_overrides=environ)
        check(response, "/" + unquote(path).lstrip("/"))  # as the server reads it

    return asked


def test_no_request_breaks_the_server(small_client: FlaskClient) -> None:
    FAST(given(paths, query_strings, methods, headers)(ask(small_client)))()


@pytest.mark.slow
def test_no_request_of_thousands_breaks_the_server(small_client: FlaskClient) -> None:
    LONG(given(paths, query_strings, methods, headers)(ask(small_client)))()


@pytest.mark.slow
@pytest.mark.mirror
def test_no_request_breaks_the_server_of_the_real_data(mirror_client: FlaskClient) -> None:
    many = settings(LONG, max_examples=1_000)
    many(given(paths, query_strings, methods, headers)(ask(mirror_client)))()


@pytest.mark.parametrize("route", ROUTES)
def test_no_likely_value_of_any_parameter_breaks_a_route(small_client: FlaskClient, route: str) -> None:
    """A third of the values at each route, all of them over all routes; the slow run tries far more."""
    for turn, value in list(enumerate(LIKELY))[ROUTES.index(route) % 3 :: 3]:
        name = PARAMETERS[turn % len(PARAMETERS)]
        escaped = quote(value, safe="", errors="surrogatepass")
        check(small_client.get(f"{route}?{quote(name)}={escaped}"), route)
        check(small_client.get(f"{route}?q={escaped}"), route)


@pytest.mark.slow
@pytest.mark.parametrize("route", ROUTES)
def test_no_value_of_any_parameter_breaks_a_route(small_client: FlaskClient, route: str) -> None:
    for turn, name in enumerate(PARAMETERS):
        for value in LIKELY[turn % 4 :: 4]:
            escaped = quote(value, safe="", errors="surrogatepass")
            check(small_client.get(f"{route}?{quote(name)}={escaped}&{quote(name)}={escaped}"), route)


@pytest.mark.parametrize("size", [7_000, 9_000, 100_000])
@pytest.mark.parametrize("place", ["/{}", "/?q={}", "/api/v1/search?app={}", "/api/v1/item/{}", "/go?q={}"])
def test_huge_addresses_are_refused(small_client: FlaskClient, place: str, size: int) -> None:
    path = place.replace("{}", "x" * size)
    response = small_client.get(path)
    assert response.status_code in (200, 302, 400, 404, 414)
    assert response.status_code == 414 or size < 8_000
    check(response, path.partition("?")[0])


def test_many_parameters_are_no_harm(small_client: FlaskClient) -> None:
    query = "&".join(f"app=a{n}&kind=metric&q=x&page=1&page=2" for n in range(150))
    check(small_client.get(f"/api/v1/search?{query}"), "/api/v1/search")
    answer = small_client.get("/api/v1/search?q=gc&q=pause&page=1&page=7&size=5&size=100").json
    assert (answer["query"]["q"], answer["page"], answer["size"]) == ("gc", 1, 5)
