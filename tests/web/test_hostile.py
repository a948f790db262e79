"""Upstream text that means harm or is merely broken, through crawl, build, search and pages (rule 12)."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from indexer.crawl.crawl import crawl
from indexer.crawl.snapshots import SnapshotStore
from indexer.model.records import RepositoryMetric
from indexer.sources._documents import MAX_DEPTH
from search_app.web.app import create_app
from tests.support.upstream import ANNOTATIONS, LOOKER, PROBEINFO, SQL, Upstream, built, config_of

HTML = '<script>alert(1)</script><img src=x onerror=alert(2)><b onclick="alert(3)">bold</b>'
MARKDOWN = (
    "[click](javascript:alert(4)) ![pic](javascript:alert(5)) <iframe src='https://evil.example'></iframe>\n\n"
    '[ok](https://example.org/a?b="onmouseover=alert(6)) `</code><script>alert(7)</script>`\n\n'
    "<style>body{display:none}</style>\n\n</main></body></html>\n\n{{ 7*7 }} {% include 'base.html' %}"
)
CONTROL = "left\u202eright \x00\x01\x08\x1b[31m\ufeff\u2028 \ud800 \U000e0001 zalgo\u0301\u0302\u0303"
HUGE = "word " * 14_000  # above what a page shows of one text
QUOTES = "\"'`><&;--/*"
NASTY = (HTML, MARKDOWN, CONTROL, QUOTES, HUGE)
AROUND = (
    5  # braces of a metrics file around the structure of an object: file, metric, history, definition, it
)
DEEPEST = (MAX_DEPTH - AROUND) // 2  # levels of an object that are still read, of two braces each


def hostile() -> Upstream:
    """Every text field of every source with something nasty in it."""
    world = Upstream()
    world.versions(nightly=150, beta=149, release=148)
    world.app(
        "fenix",
        canonical_app_name=HTML,
        app_description=MARKDOWN,
        description=CONTROL,
        url="javascript:alert(8)",
    )
    world.app("two", notification_emails=[HTML, None, 7], dependencies=[None, HTML], app_channel=QUOTES)
    world.ping("fenix", "metrics", description=MARKDOWN, reasons={HTML: MARKDOWN, "null": None, "": HUGE})
    world.ping("fenix", f"odd {QUOTES}", description=HTML)
    for number, text in enumerate(NASTY):
        world.metric(
            "fenix",
            f"nasty.number_{number}",
            type="event" if number % 2 else "labeled_counter",
            description=text,
            labels=[text, None, 3, HTML],
            extra_keys={text[:400]: {"type": text, "description": text}},
            bugs=["javascript:alert(9)", text, "https://example.org/\"onclick='alert(10)'", None, -1],
            data_reviews=[text],
            notification_emails=[text, f"{text[:50]}@example.org"],
            metadata={"tags": [text[:300], "Search"]},
            data_sensitivity=[text[:200]],
            expires=text[:300],
            source_url="javascript:alert(11)",
            send_in_pings=["metrics", text],
            telemetry_mirror=text[:300],
            unit=text,
        )
    world.metric("fenix", f"name.{QUOTES}", description="A name that no parser should like.")
    world.metric("fenix", "deep.object", type="object", structure=nested(DEEPEST))
    world.probe("histogram", f"BAD_{QUOTES}", description=HTML, labels=[HTML, None])
    world.probe("event", "bad.event#x", methods=[HTML], objects=[MARKDOWN, None], record_in_processes=[HTML])
    world.stable(
        "fenix",
        "metrics",
        {"client_info.client_id": "STRING", "metrics.labeled_counter.nasty_number_0*": "RECORD"},
    )
    for number, text in enumerate(NASTY[:4]):
        world.table(
            f"fenix_derived.nasty_{number}_v1",
            {"client_id": "STRING", f"col{number}": "STRING"},
            friendly_name=text,
            description=text,
            owners=[text, None, {"a": [text]}],
            labels={"k": text, "n": None},
            references={"query.sql": ["..", text, "a.b", 7, None]},
            scheduling={"dag_name": text},
            deletion_date=text[:40],
        )
        folder = f"{SQL}/moz-fx-data-shared-prod/fenix_derived/nasty_{number}_v1"
        world.files[f"{folder}/README.md"] = text
        world.files[f"{folder}/query.sql"] = f"SELECT '{text}' -- {text}"
    world.files[f"{SQL}/moz-fx-data-shared-prod/fenix_derived/broken_v1/metadata.yaml"] = "a: [\x00"
    world.doc("bad/page.md", f"# {HTML}\n\n{MARKDOWN}\n\n## {CONTROL}\n\n{HTML}\n\n```sql\n{HTML}\n```\n")
    world.doc("bad/empty.md", "")
    world.doc("bad/<b>name.md", "# Name\n\nText.")
    world.measures(
        "definitions/fenix.toml",
        f"[metrics.nasty]\nfriendly_name = '''{HTML}'''\ndescription = '''{MARKDOWN}'''\n"
        f"select_expression = '''{HTML}'''\ndata_source = 'nowhere'\nowner = ['x', 7]\n",
    )
    world.measures("definitions/broken.toml", "[metrics\n")
    world.files[LOOKER] = json.dumps(
        {
            "fenix": {
                "pretty_name": HTML,
                "explores": {HTML: {"type": MARKDOWN, "views": {"base_view": QUOTES}}},
            },
            "x": None,
        }
    )
    world.files[ANNOTATIONS] = json.dumps(
        {
            "fenix": {
                "metrics": {"nasty.number_0": {"content": MARKDOWN, "warning": HTML, "tags": [HTML, None]}},
                "logo": "javascript:alert(12)",
            }
        }
    )
    return world


def nested(depth: int) -> dict[str, object]:
    node: dict[str, object] = {"type": "string", "description": HTML}
    for _ in range(depth):
        node = {"type": "object", "properties": {"x": node}}
    return node


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    built(hostile(), folder)
    return folder / "data"


@pytest.fixture(scope="module")
def client(data: Path) -> FlaskClient:

    return create_app(config_of(data.parent / "mirror", data)).test_client()


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


def test_the_crawl_takes_what_is_good_and_counts_the_rest(data: Path) -> None:
    states = SnapshotStore(data).states()
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


def test_no_page_of_a_hostile_thing_runs_or_loads_anything(client: FlaskClient) -> None:
    pages = [page for page, _ in addresses(client)]
    assert len(pages) > 25
    for page in (
        *pages,
        "/",
        "/?q=",
        "/?q=nasty",
        "/?q=alert",
        "/map",
        "/app/fenix/map",
        "/status",
        "/feed.atom",
    ):
        response = client.get(page)
        assert response.status_code == 200, page
        if response.mimetype == "text/html":
            markup = Markup()
            markup.feed(response.text)
            assert markup.bad == [], page
            assert response.text.count("</html>") == response.text.count("</main>") == 1, page
            assert "49 {%" not in response.text
            assert len(response.data) < 2_000_000, page


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
