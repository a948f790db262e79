"""A section of the docs as a page, as JSON and as Markdown: where it stands in its book."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from search_app.web.app import create_app
from tests.support.upstream import Upstream, built

CONTENTS = (
    "[Start](start.md)\n- [Cookbooks](cookbooks/index.md)\n  - [Ask <b>well</b>](cookbooks/ask.md)\n"
    "  - [Not written](cookbooks/none.md)\n    - [Read](cookbooks/read.md)\n"
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The application over a book of four pages; a fifth one is listed and is not there."""
    world = Upstream()
    world.doc("SUMMARY.md", CONTENTS)
    world.doc("start.md", "# Start\n\nWhere to begin.\n")
    world.doc("cookbooks/index.md", "# Cookbooks\n\nHow to use it.\n\n## Tools\n\nWhich tools there are.\n")
    world.doc("cookbooks/ask.md", "# Ask\n\nHow to ask.\n")
    world.doc("cookbooks/read.md", "# Read\n\nHow to read.\n")
    folder: Path = tmp_path_factory.mktemp("book")
    return create_app(built(world, folder)).test_client()


def test_the_page_leads_to_the_pages_above_below_before_and_after_it(client: FlaskClient) -> None:
    cookbooks, ask, read = (f"/doc/cookbooks/{name}.md%23{slug}" for name, slug in (
        ("index", "cookbooks"), ("ask", "ask"), ("read", "read")))  # fmt: skip
    page = client.get(ask).text
    above = page.partition('aria-label="Where it stands in the docs"')[2].partition("</nav>")[0]
    assert re.findall('href="([^"]+)"', above) == [cookbooks]
    assert "Ask &lt;b&gt;well&lt;/b&gt;" in above
    turns = page.partition('class="turn-pages"')[2].partition("</nav>")[0]
    assert re.findall('rel="(prev|next)" href="([^"]+)"', turns) == [("prev", cookbooks), ("next", read)]
    below = client.get(cookbooks).text.partition('<h2 id="below">')[2].partition("</section>")[0]
    assert re.findall('href="([^"]+)"', below) == [ask, read]


def test_a_section_further_down_leads_to_the_top_of_its_page(client: FlaskClient) -> None:
    page = client.get("/doc/cookbooks/index.md%23tools").text
    above = page.partition('aria-label="Where it stands in the docs"')[2].partition("</nav>")[0]
    assert re.findall('href="([^"]+)"', above) == ["/doc/cookbooks/index.md%23cookbooks"]


def test_json_and_markdown_tell_the_same_of_the_book(client: FlaskClient) -> None:
    place = client.get("/api/v1/item/doc/cookbooks/read.md%23read").json["place"]
    assert [each["title"] for each in place["above"]] == ["Cookbooks"]
    assert (place["previous"]["id"], place["next"]) == ("doc/cookbooks/ask.md#ask", None)
    twin = client.get("/doc/cookbooks/read.md%23read.md").text
    assert (
        "## In the docs\n\n- Page above: Cookbooks (`doc/cookbooks/index.md#cookbooks`)\n- Page before: Ask"
        in twin
    )
    assert "Next page" not in twin


def test_a_book_without_table_of_contents_has_no_places(tmp_path: Path) -> None:
    world = Upstream()
    world.doc("alone.md", "# Alone\n\nNothing is beside it.\n")
    alone = create_app(built(world, tmp_path)).test_client()
    assert alone.get("/api/v1/item/doc/alone.md%23alone").json["place"] is None
    assert "turn-pages" not in alone.get("/doc/alone.md%23alone").text
