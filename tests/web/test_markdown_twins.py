"""Pages as Markdown: which address and which Accept give them; upstream's text stays text in them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from indexer.model.ids import item_path
from search_app.mcp.tool import seen
from search_app.web.app import create_app
from search_app.web.assistants.gives import Thing
from search_app.web.assistants.markup import block, code, prose, words
from search_app.web.assistants.things import found_item, thing_of
from search_app.web.assistants.twins import thing_page
from search_app.web.markdown import safe_href
from tests.support.small_world import small_world
from tests.support.upstream import Upstream, built, config_of

PARSER = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
METRIC = "metric/fenix/browser.search.in_content"
PAGES = (
    *("/", "/?q=gc", "/app/fenix", "/help", "/about", "/status", "/probe/event/pwmgr.open%23login"),
    *("/mine", "/mine?owner=mozilla", "/map", "/app/fenix/map", "/app/fenix/collects"),
    *(f"/sql?thing={METRIC}", f"/compare?id={METRIC}&id=probe/histogram/GC_MS"),
)
text = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="`*_[]()<>!#+-.:&;~|\\/ \n\tab1=\"'", max_size=60),
    st.sampled_from(
        ["</p><script>alert(1)</script>", "[a](javascript:x)", "![x](y)", "<http://a.b>", "&lt;b&gt;"]
    ),
)


def tokens(markdown: str) -> list[Token]:
    """All tokens of a text, those inside of lines too."""
    return [each for token in PARSER.parse(markdown) for each in (token, *(token.children or ()))]


# ---------------------------------------------------------------- which address, which Accept


@pytest.mark.parametrize("page", PAGES)
def test_accept_decides_between_html_and_markdown(small_client: FlaskClient, page: str) -> None:
    for accept, type_ in (
        ("text/markdown", "text/markdown"),
        ("text/markdown, text/html, */*", "text/markdown"),
        ("text/html;q=0.8, text/markdown", "text/markdown"),
        (BROWSER, "text/html"),
        ("*/*", "text/html"),
        ("", "text/html"),
        ("text/html, text/markdown;q=0.5", "text/html"),
        ("text/*", "text/html"),
    ):
        response = small_client.get(page, headers={"Accept": accept})
        assert (response.status_code, response.mimetype) == (200, type_), accept
        assert "Accept" in response.headers["Vary"].split(", ")


def test_html_and_markdown_of_an_address_are_not_taken_for_each_other(small_client: FlaskClient) -> None:
    html = small_client.get("/app/fenix").headers["ETag"]
    asked = {"If-None-Match": html, "Accept": "text/markdown"}
    assert small_client.get("/app/fenix", headers=asked).status_code == 200
    assert small_client.get("/app/fenix", headers={"If-None-Match": html}).status_code == 304


def test_every_thing_has_a_twin_that_names_its_page(small_client: FlaskClient) -> None:
    for hit in small_client.get("/api/v1/search?size=100&facets=").json["hits"]:
        twin = small_client.get(f"{hit['url']}.md")
        assert (twin.status_code, twin.mimetype) == (200, "text/markdown"), hit["id"]
        assert twin.headers["Link"] == f'<http://localhost{hit["url"]}>; rel="canonical"'
        assert f"- Id: {code(hit['id'])}" in twin.text
        assert (
            f'<link rel="alternate" type="text/markdown" href="{hit["url"]}.md">'
            in small_client.get(hit["url"]).text
        )


def test_an_id_that_ends_in_md_is_a_page_and_has_its_twin_behind_it(tmp_path: Path) -> None:
    world = Upstream()
    world.doc(
        "notes/plain.md", "Words without a heading, long enough to be kept as a section of their own.\n"
    )
    client = create_app(built(world, tmp_path)).test_client()
    ids = [hit["id"] for hit in client.get("/api/v1/docs").json["hits"]]
    assert "doc/notes/plain.md" in ids
    assert client.get("/doc/notes/plain.md").mimetype == "text/html"
    assert client.get("/doc/notes/plain.md.md").mimetype == "text/markdown"
    assert client.get("/doc/notes/plain.md", headers={"Accept": "text/markdown"}).mimetype == "text/markdown"
    assert client.get("/doc/notes/plain").status_code in (302, 404)


def test_sections_of_docs_are_pages_at_their_own_address(small_client: FlaskClient) -> None:
    section = item_path("doc/datasets/pings.md#pings")
    assert small_client.get(section).mimetype == "text/html"
    assert "What a ping is." in small_client.get(f"{section}.md").text


def test_an_address_that_leads_on_leads_to_the_twin(small_client: FlaskClient) -> None:
    led = small_client.get("/table/telemetry.main.md")
    assert led.status_code == 302
    assert led.headers["Location"] == "/table/moz-fx-data-shared-prod.telemetry.main.md"
    assert small_client.get(led.headers["Location"]).mimetype == "text/markdown"


@pytest.mark.parametrize(
    "address", ["/metric/fenix/no.such.md", "/app/.md", f"/app/{'x.md' * 1_500}", "/doc/.md.md"]
)
def test_a_twin_of_nothing_is_not_found(small_client: FlaskClient, address: str) -> None:
    assert small_client.get(address).status_code == 404


def test_results_as_markdown_have_hits_of_their_page(small_client: FlaskClient) -> None:
    hits = small_client.get("/api/v1/search?q=fenix&size=7&page=2&kind=metric").json["hits"]
    twin = small_client.get("/index.md?q=fenix&size=7&page=2&kind=metric").text
    linked = re.findall(r"\(<http://localhost(/\S+)>\)", twin)
    assert linked[:-1] == [hit["url"] for hit in hits]
    assert small_client.get("/index.md?page=0").status_code == 400


def test_a_question_is_answered_above_the_hits(small_client: FlaskClient) -> None:
    card = small_client.get("/api/v1/search?q=is+GC_MS+alive").json["answer"]
    twin = small_client.get("/?q=is+GC_MS+alive", headers={"Accept": "text/markdown"}).text
    assert f"## Answer\n\n{words(card['sentence'])}\n" in twin
    assert "## Answer" not in small_client.get("/index.md?q=gc").text


def test_a_lost_address_is_told_in_markdown_with_what_is_near(small_client: FlaskClient) -> None:
    for path, headers in (
        ("/table/telemetry.mainn.md", {}),
        ("/table/telemetry.mainn", {"Accept": "text/markdown"}),
    ):
        response = small_client.get(path, headers=headers)
        assert (response.status_code, response.mimetype) == (404, "text/markdown")
        assert (
            "[telemetry.main](<http://localhost/table/moz-fx-data-shared-prod.telemetry.main>)"
            in response.text
        )
    assert "mark" not in small_client.get("/metric/fenix/gc.ms_of_main.md").text  # of what was found


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("/compare.md?id=app/fenix", "Compared are metrics, probes, pings, tables; not app/fenix."),
        ("/sql.md?thing=metric/nobody/nothing", "metric/nobody/nothing"),
        ("/index.md?page=0", "page is a whole number from 1 to"),
    ],
)
def test_a_refused_parameter_is_told_in_markdown(
    small_client: FlaskClient, address: str, message: str
) -> None:
    parameter = address.partition("?")[2].partition("=")[0]
    for path, headers in ((address, {}), (address.replace(".md", ""), {"Accept": "text/markdown"})):
        response = small_client.get(path.replace("/index?", "/?"), headers=headers)
        assert (response.status_code, response.mimetype) == (400, "text/markdown")
        assert response.text.startswith("# That did not work\n")
        assert message in response.text
        assert f"The parameter is `{parameter}`." in response.text


def test_a_query_and_a_comparison_are_those_of_the_json_interface(small_client: FlaskClient) -> None:
    asked = f"thing={METRIC}&by=date&days=3"
    sql = small_client.get(f"/api/v1/sql?{asked}").json["query"]["sql"]
    twin = small_client.get(f"/sql.md?{asked}").text
    assert sql in twin
    assert "- `ping`: **`metrics`**, `baseline`\n" in twin
    assert "- `process`" not in twin  # a metric has none
    probe = small_client.get("/sql.md?thing=probe/histogram/GC_MS").text
    assert "- `process`: **`parent`**, `content`\n" in probe
    ids = f"id={METRIC}&id=probe/histogram/GC_MS"
    record = small_client.get(f"/api/v1/compare?{ids}").json
    twin = small_client.get(f"/compare.md?{ids}").text
    for section in record["sections"]:
        for row in section["rows"]:
            assert f"| {words(row['words'])} |" in twin
    assert small_client.get("/compare.md?id=app/fenix").status_code == 400
    assert small_client.get("/sql.md").status_code == 400


def test_maps_as_markdown_have_every_app_and_ping(small_client: FlaskClient) -> None:
    everything = small_client.get("/map.md").text
    for hit in small_client.get("/api/v1/apps?size=100").json["hits"]:
        assert f"(<http://localhost{hit['url']}>)" in everything
    fenix = small_client.get("/app/fenix/map.md").text
    for hit in small_client.get("/api/v1/pings?app=fenix&size=100").json["hits"]:
        assert f"(<http://localhost{hit['url']}>)" in fenix
    assert small_client.get("/app/nobody/map.md").status_code == 404


def test_llms_txt_names_addresses_that_answer(small_client: FlaskClient) -> None:
    told = small_client.get("/llms.txt")
    assert told.mimetype == "text/plain"
    assert told.text.startswith("# Starchart\n\n> ")
    for address in re.findall(r"\(<http://localhost(/[^>]*)>\)", told.text):
        assert small_client.get(address).status_code == 200, address
    assert "`http://localhost/mcp`" in told.text


# ---------------------------------------------------------------- upstream's text stays text


@given(text)
def test_words_of_upstream_mean_nothing_to_markdown(upstream: str) -> None:
    for frame in ("{}", "- {}", "- Kind: {}", "before {} after"):
        found = tokens(frame.format(words(upstream)))
        kinds = {token.type for token in found}
        assert kinds <= {
            "paragraph_open", "paragraph_close", "inline", "text", "text_special", "bullet_list_open",
            "bullet_list_close", "list_item_open", "list_item_close",
        }, (upstream, kinds)  # fmt: skip
        assert sum(token.type == "list_item_open" for token in found) <= 1


@given(text)
def test_a_name_stays_one_piece_of_code(upstream: str) -> None:
    line = " ".join(seen(upstream).split())
    if not line:
        return
    found = [token for token in tokens(f"before {code(upstream)} after") if token.type != "text"]
    assert [token.type for token in found if token.type == "code_inline"] == ["code_inline"]
    assert next(token.content for token in found if token.type == "code_inline").strip() == line


@given(text)
def test_a_block_of_code_ends_where_it_should(upstream: str) -> None:
    found = tokens(f"{block(upstream, 'sql')}\n\nafter")
    assert [token.type for token in found if token.type == "fence"] == ["fence"]
    assert found[-2].content == "after" or found[-1].type == "paragraph_close"


def made_pages(client: FlaskClient, hits: list[dict[str, str]]) -> list[str]:
    """Queries and comparisons of those things that can be queried and compared."""
    ids = [quote(hit["id"], safe="") for hit in hits if hit["kind"] in ("metric", "probe", "table")]
    pages = [f"/sql.md?thing={each}" for each in ids]
    pages += [f"/compare.md?id={one}&id={other}" for one, other in pairwise(ids)]
    return [page for page in pages if client.get(page).status_code == 200]


@pytest.fixture(scope="module")
def hostile_client(hostile_data: Path) -> FlaskClient:
    return create_app(config_of(hostile_data.parent / "mirror", hostile_data)).test_client()


def test_no_text_of_upstream_becomes_markup_a_heading_or_a_link(hostile_client: FlaskClient) -> None:
    """Everything of a world whose every text field means harm, and its results."""
    hits = hostile_client.get("/api/v1/search?size=100&facets=").json["hits"]
    pages = [f"{hit['url']}.md" for hit in hits] + ["/index.md?q=&size=100", "/status.md", "/map.md"]
    pages += ["/app/fenix/map.md", "/app/fenix/collects.md", *made_pages(hostile_client, hits)]
    pages += ["/app/reach/collects.md", "/mine.md?owner=example", "/mine.md?owner=%3Cscript%3E", "/llms.txt"]
    assert len(pages) > 10
    for page in pages:
        response = hostile_client.get(page)
        assert response.status_code == 200, page
        for token in tokens(response.text):
            assert not token.type.startswith("html"), (page, token.content)
            assert token.type != "image", page
            if token.type == "link_open":
                href = str(token.attrs["href"])
                assert safe_href(href) == href, page
        heads = [token for token in PARSER.parse(response.text) if token.type == "heading_open"]
        assert sum(token.tag == "h1" for token in heads) == 1, page
        assert "\u202e" not in response.text, page


@pytest.mark.parametrize(
    ("upstream", "told"),
    [
        ("Ticket: https://example.org/a_b-1.", "Ticket: `https://example.org/a_b-1`."),
        ("See <https://e.org/_x_>\n\nor (http://b.org/c).", "See `https://e.org/_x_`\n\nor (`http://b.org/c`)."),
        ("In [the docs](https://e.org/d): `curl https://e.org` *so*", "In the docs: curl `https://e.org` so"),
        ("[https://a.example](https://a.example)", "`https://a.example`"),
        ("https://x.example/](javascript:1) # no", "`https://x.example/`\\](javascript:1) # no"),
    ],
)  # fmt: skip
def test_an_address_that_a_description_tells_is_read_and_is_no_link(upstream: str, told: str) -> None:
    assert prose(upstream) == told


def test_a_text_of_nothing_but_addresses_is_read_in_one_pass() -> None:
    for piece in ("https://", "https://.", "https://a.", "<https://a"):
        assert prose(piece * 50_000)


def test_a_twin_tells_what_a_table_reads_besides_and_why_a_measure_has_no_query() -> None:
    one = Thing("x", "table", "x", "active", "u", "j")
    read = thing_page(replace(one, reads_besides=["q.logs.auth"]), ())
    assert "- Made from, without a page here: `q.logs.auth`" in read
    asked = thing_page(replace(one, no_query="Its rows are those of one experiment."), ())
    assert "There is none. Its rows are those of one experiment." in asked


def test_a_list_that_is_cut_says_how_many_there_are(small_client: FlaskClient) -> None:
    with small_client.application.test_request_context():
        app = found_item("app/fenix")
        many = replace(app, pings=tuple(f"ping-{number}" for number in range(25)), owners=("a@b.org",) * 8)
        thing = thing_of(many, many.id, "", 10)
        twin = thing_page(thing, ())
    assert (len(thing.pings), thing.totals["pings"], "owners" in thing.totals) == (20, 25, False)
    assert "`ping-19` and 5 more\n" in twin
    assert f"- Owners: {', '.join([words('a@b.org')] * 8)}\n" in twin


def test_a_legacy_probe_names_its_glean_successor_and_its_kind_is_no_label(small_client: FlaskClient) -> None:
    twin = small_client.get("/probe/histogram/GC_MS.md").text
    assert "- Glean successor: `metric/" in twin
    assert "Legacy mirror" not in twin
    assert "- Recorded as: exponential\n" in twin
    assert "## Labels" not in twin
    assert (
        "## Methods, objects and extra keys\n" in small_client.get("/probe/event/pwmgr.open%23login.md").text
    )
    assert "- Legacy mirror: `probe/" in small_client.get("/metric/gecko/javascript.gc.slice_time.md").text


def test_an_expiry_by_version_says_by_which_versions_it_was_judged(small_client: FlaskClient) -> None:
    twin = small_client.get("/metric/fenix/tabs.opened.md").text
    assert re.search(r"- Expires: 160 \(judged against Nightly \d+", twin)
    assert "- Expires: never\n" in small_client.get(f"/{METRIC}.md").text


def test_a_column_keeps_the_address_that_its_description_tells(tmp_path: Path) -> None:
    upstream = Upstream()
    ticket = "https://example.org/browse/A_B-1"
    field = {"name": "reputation", "type": "STRING", "description": f"A header (deprecated, {ticket})"}
    upstream.table("logs_derived.days_v1", {"reputation": "STRING"})
    (schema,) = [path for path in upstream.files if path.endswith("days_v1/schema.yaml")]
    upstream.files[schema] = json.dumps({"fields": [field]})
    client = create_app(built(upstream, tmp_path)).test_client()
    page = client.get("/table/moz-fx-data-shared-prod.logs_derived.days_v1.md").text
    assert f"A header (deprecated, `{ticket}`)" in page


def test_a_twin_tells_reviews_from_bugs_and_what_else_its_page_says(tmp_path: Path) -> None:
    made = small_world()
    made.ping(
        "org-mozilla-firefox", "first-session", include_client_id=False, bugs=["https://bugzil.la/1"],
        data_reviews=["https://bugzil.la/2#c3"],
    )  # fmt: skip
    made.metric(
        "org-mozilla-firefox", "tabs.state", type="object", unit="tabs", lifetime="ping",
        bugs=["https://bugzil.la/4"], data_reviews=["https://bugzil.la/5"],
        structure={"type": "object", "properties": {"open": {"type": "number"}}},
    )  # fmt: skip
    client = create_app(built(made, tmp_path)).test_client()
    metric, ping, probe = (
        client.get(f"/{each}.md").text
        for each in ("metric/fenix/tabs.state", "ping/fenix/first-session", "probe/histogram/GC_MS")
    )
    assert "- Bugs: https://bugzil.la/4\n- Data reviews: https://bugzil.la/5\n" in metric
    assert "- Lifetime: ping\n- Unit: tabs\n" in metric
    assert "## Structure\n\n- `open` (number)" in metric
    assert "## Extras" not in metric
    assert "- Bugs: https://bugzil.la/1\n- Data reviews: https://bugzil.la/2#c3\n" in ping
    assert "- Client id: no\n" in ping
    assert "- Versions: release 115 to 140, opt-in\n" in probe
    told = client.get("/api/v1/item/metric/fenix/tabs.state").json
    assert told["definition"]["bugs"] == ["https://bugzil.la/4"]
