"""Upstream text that means harm or is merely broken, through crawl, build, search and pages (rule 12)."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from indexer.crawl.crawl import crawl
from indexer.crawl.snapshots import SnapshotStore
from indexer.model.ids import item_path
from indexer.model.records import RepositoryMetric
from search_app.tools.addressing.hosts import is_at_a_tool
from search_app.web.app import create_app
from tests.support.hostile import DEEPEST, LEAVING, NASTY, TYPED, every_hit, hostile, jumps, nested, pages
from tests.support.upstream import ANNOTATIONS, LOOKER, PROBEINFO, Upstream, config_of

UNSEEN = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)  # ways to hide words


@pytest.fixture(scope="module")
def client(hostile_data: Path) -> FlaskClient:
    return create_app(config_of(hostile_data.parent / "mirror", hostile_data)).test_client()


@pytest.fixture(scope="module")
def answered(client: FlaskClient) -> dict[str, TestResponse]:
    """Each page with its answer, asked once for all that is said of pages."""
    return {page: client.get(page) for page in pages(client)}


def addresses(client: FlaskClient) -> list[tuple[str, str]]:
    """Page and JSON address of every item."""
    hits = client.get("/api/v1/search?size=100&facets=").json["hits"]
    urls = [each["url"] for hit in hits for each in (hit, *hit["variants"])]
    return [(url, "/api/v1/item" + url) for url in urls]


class Markup(HTMLParser):
    """Everything in a page that could run or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "script" and not (values.get("src") or "").startswith("/static/"):
            self.bad.append(f"<script> {values}")
        if tag in ("iframe", "object", "embed", "style", "base"):
            self.bad.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.bad.append(f"{tag} {name}")
            if name in ("href", "src", "action") and not re.match(
                r"(https?://|mailto:|/|\?|#|$)", value or ""
            ):
                self.bad.append(f"{tag} {name}={value}")
            if name == "src" and not (value or "").startswith("/static/"):
                self.bad.append(f"{tag} loads {value}")


def test_the_crawl_takes_what_is_good_and_counts_the_rest(hostile_data: Path) -> None:
    states = SnapshotStore(hostile_data).states()
    assert {name: state.error for name, state in states.items() if state.error} == {}
    skipped = {reason for state in states.values() for reason in state.skipped}
    assert {"bugs: not an address", "labels: not as expected", "reference that names no table"} <= skipped
    assert {"unreadable TOML", "unreadable YAML"} <= skipped


def test_an_object_that_nests_as_deep_as_is_read_is_there_and_one_level_more_is_left_out_alone(
    client: FlaskClient, tmp_path: Path
) -> None:
    assert client.get("/metric/fenix/deep.object").status_code == 200
    world = Upstream()
    for app in ("deep", "deeper"):
        world.app(app)
        world.ping(app, "metrics")
    world.metric("deep", "nests.object", type="object", structure=nested(DEEPEST))
    world.metric("deeper", "nests.object", type="object", structure=nested(DEEPEST + 1))
    config = config_of(world.write(tmp_path / "mirror"), tmp_path / "data")
    (done,) = crawl(config, ("glean",))
    state = SnapshotStore(config.data_dir).state("glean")
    assert state is not None
    found = {record.v1_name for record in SnapshotStore(config.data_dir).read("glean")
             if isinstance(record, RepositoryMetric)}  # fmt: skip
    assert (done.outcome, found) == ("parsed", {"deep"})
    assert state.skipped["file that cannot be read"] == 1


def test_every_hostile_thing_is_there_and_can_be_found(client: FlaskClient) -> None:
    for number in range(len(NASTY)):
        answer = client.get(f"/api/v1/search?q=nasty.number_{number}&kind=metric").json
        assert answer["hits"][0]["name"] == f"nasty.number_{number}"
        assert len(answer["hits"][0]["description"]) <= 2_000


def test_no_page_of_a_hostile_thing_runs_or_loads_anything(
    client: FlaskClient, answered: dict[str, TestResponse]
) -> None:
    of_things = {each["url"] for each in every_hit(client)}
    assert len(answered) > 150
    for page, response in answered.items():
        assert response.status_code in (200, 400, 404), (
            page
        )  # 400: what nothing can be made of, 404: nothing there
        assert response.status_code == 200 or page not in of_things, page
        markup = Markup()
        markup.feed(response.text)
        assert markup.bad == [], page
        assert response.text.count("</html>") == response.text.count("</main>") == 1, page
        assert "49 {%" not in response.text
        assert len(response.data) < 2_000_000, page


def test_pages_of_every_sort_are_there(client: FlaskClient, answered: dict[str, TestResponse]) -> None:
    """So that what the tests of all pages say is said of each sort."""
    status_of = {page: response.status_code for page, response in answered.items()}
    for start in (
        "/sql?",
        "/compare?",
        "/mine?",
        "/dashboard/",
        "/routine/",
        "/metric/reach/leaving.",
        "/table/",
    ):
        assert [page for page, status in status_of.items() if page.startswith(start) and status == 200], start
    assert "This is the last that was known of it" in client.get(item_path(LEAVING[0])).text


def test_no_redirect_leaves_for_a_host_that_upstream_named(client: FlaskClient) -> None:
    left = 0
    for address in jumps(client):
        response = client.get(address)
        assert response.status_code in (200, 301, 302, 308, 400, 404), address
        location = response.headers.get("Location", "/")
        assert "\n" not in location
        if not location.startswith("/") or location.startswith(("//", "/\\")):
            own = urlsplit(location).netloc == "localhost"
            assert own or is_at_a_tool(location), (address, location)
            left += not own
    assert left > 5  # jumps to tools are there: the check looks at something


def test_suggestions_lead_to_our_own_pages_and_are_plain_text(client: FlaskClient) -> None:
    for text in ("na", "alert", "else", "<", "bad", "nasty.", "app:", "owner:"):
        typed, _, _, urls = json.loads(client.get("/suggest", query_string={"q": text}).data)
        assert typed == text
        assert all(urlsplit(url).netloc == "localhost" for url in urls), urls
        for each in client.get("/api/v1/suggest", query_string={"q": text}).json["suggestions"]:
            assert (each["url"] or "/").startswith("/"), each


def test_assistants_are_told_no_hidden_characters(client: FlaskClient) -> None:
    ids = [each["id"] for each in every_hit(client)]
    calls = [("get", {"id": each}) for each in ids] + [("sql", {"id": each}) for each in ids]
    calls += [("search", {"query": text[:200], "limit": 20}) for text in ("nasty", "alert", *TYPED)]
    calls += [("dashboards", {"query": "nasty"}), ("compare", {"ids": ids[:2]}), ("status", {})]
    for tool, arguments in calls:
        params = {"name": tool, "arguments": arguments}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        response = client.post("/mcp", data=json.dumps(message), content_type="application/json")
        assert response.status_code == 200, message
        told = response.get_json()["result"]["content"][0]["text"]
        assert not UNSEEN.search(told), (message, told[:200])


def test_every_json_answer_of_a_hostile_thing_is_json(client: FlaskClient) -> None:
    for _, twin in addresses(client):
        response = client.get(twin)
        assert response.status_code == 200, twin
        json.loads(response.data.decode("utf-8"))


def test_snippets_hold_marks_and_no_other_markup(client: FlaskClient) -> None:
    for q in ("alert script", "onerror bold", "click pic", "word", "zalgo"):
        for hit in client.get(f"/api/v1/search?q={q}").json["hits"]:
            assert not re.search(r"<(?!/?mark>)", hit["snippet"]), hit["snippet"]


def test_feeds_and_exports_of_hostile_things_can_be_read(client: FlaskClient) -> None:
    ElementTree.fromstring(client.get("/feed.atom?q=").data)
    ElementTree.fromstring(client.get("/feed.atom?q=%3Cb%3E%00%EF%BF%BF").data)
    json.loads(client.get("/export.json?q=").data)
    for line in client.get("/export.csv?q=").text.splitlines():
        assert not line.startswith(("=", "+", "@"))


def test_a_source_that_sends_other_shapes_altogether_keeps_nothing_from_working(tmp_path: Path) -> None:
    world = hostile()
    world.files[LOOKER] = "[]"
    world.files[ANNOTATIONS] = "7"
    world.files[f"{PROBEINFO}/firefox/all/main/all_probes"] = '{"histogram/X": '
    mirror = world.write(tmp_path / "mirror")

    config = config_of(mirror, tmp_path / "data")
    outcomes = {done.source: done.outcome for done in crawl(config)}
    assert {name for name, outcome in outcomes.items() if outcome == "sample"} == {
        "looker",
        "annotations",
        "legacy_probes",
    }
    assert outcomes["glean"] == outcomes["bigquery_etl"] == "parsed"
