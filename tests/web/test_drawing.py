"""Hits of a page and of JSON: what their item decides is written once, what the search decides each time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from indexer.index.generation import Generation
from indexer.model.ids import item_path
from search_app.engine.results import Hit, Match, Results
from search_app.query.model import ANY, Asked
from search_app.query.parser import parse_query
from search_app.web import state as site_module
from search_app.web.actions import best_links
from search_app.web.results.hit_html import hit_article, hit_drawing, variant_links
from search_app.web.results.hit_view import HitView, VariantView, present_hit, with_namesakes
from search_app.web.results.json import hits_text, link_json
from search_app.web.results.view import present_results
from search_app.web.state import Site, current_site


@pytest.fixture
def site(sample_client: FlaskClient) -> Iterator[Site]:
    with sample_client.application.app_context():
        yield current_site()


def first_hit(site: Site, q: str) -> Hit:
    return site.engine.search(parse_query(q)).hits[0]


def test_a_hit_is_drawn_once_whatever_was_searched_for(site: Site) -> None:
    one, other = first_hit(site, "clients_daily"), first_hit(site, "clients daily kind:table")
    assert (one.card.id, one.score) != (other.card.id, other.score)
    assert one.card.id == other.card.id
    assert hit_drawing(site, present_hit(one)) is hit_drawing(site, present_hit(other))


def test_the_apps_that_were_asked_for_have_a_drawing_of_their_own(site: Site) -> None:
    hit = first_hit(site, "kind:metric")
    two = hit._replace(card=hit.card._replace(id="metric/x/y", app=("a", "b"), app_title=("A", "B")))
    for asked, order in (
        (ANY, ["A", "B"]),
        (Asked(apps=("b",)), ["B", "A"]),
        (ANY, ["A", "B"]),
    ):
        facts = hit_drawing(site, present_hit(two, asked)).facts
        assert re.findall(r'<a href="/app/.">(.)</a>', facts) == order


def test_words_of_an_item_are_escaped_in_its_drawing(site: Site) -> None:
    hit = first_hit(site, "kind:metric")
    card = hit.card._replace(
        id="metric/x/z",
        title="<t>",
        status="removed",
        status_reason="<r>",
        app=("<a>",),
        project="<p>",
    )
    drawn = hit_drawing(site, present_hit(hit._replace(card=card)))
    assert drawn.heading == ' <span class="heading">&lt;t&gt;</span>'
    assert drawn.project == '<span class="quiet">&lt;p&gt;.</span>'
    assert '<span class="reason">&lt;r&gt;</span>' in drawn.top
    assert '<a href="/app/%3Ca%3E">' in drawn.facts


def test_a_hit_in_json_is_of_its_item_and_of_its_search(site: Site) -> None:
    of_search = {"snippet", "score", "variants", "variant_count"}
    one, other = first_hit(site, "clients_daily"), first_hit(site, "clients daily kind:table")
    (first,), (second,) = (json.loads(hits_text(site, [hit]))["hits"] for hit in (one, other))
    assert {name for name in first if first[name] != second[name]} <= of_search
    assert (first["score"], second["score"]) == (round(one.score, 4), round(other.score, 4))
    assert first["links"] == [link_json(link) for link in best_links(site, one.card.id)]
    assert json.loads(hits_text(site, [])) == {"hits": []}


def test_what_a_search_says_of_a_hit_is_escaped_in_its_article(site: Site) -> None:
    hit = first_hit(site, "kind:metric")
    text = hit._replace(snippet="<s> & t", marks=((4, 5),), name_marks=())
    view = present_hit(text._replace(card=hit.card._replace(name="<n>")))
    article = hit_article(3, view, hit_drawing(site, view), why=None)
    assert '<p class="snippet">&lt;s&gt; <mark>&amp;</mark> t</p>' in article
    assert '<h2 id="hit-3">' in article
    assert "&lt;n&gt;" in article
    assert "None" not in article


def test_hits_of_one_kind_and_name_are_folded_beneath_the_first_of_them(site: Site) -> None:
    hit = first_hit(site, "kind:metric")

    def named(number: int, name: str, kind: Any = "ping") -> HitView:
        card = hit.card._replace(id=f"{kind}/{number}", kind=kind, name=name, app_title=(f"<{number}>",))
        return present_hit(hit._replace(card=card))

    hits = [named(1, "a"), named(2, "b"), named(3, "a"), named(4, "a", "table"), named(5, "a")]
    faces = with_namesakes(hits)
    assert [face.card.id for face in faces] == ["ping/1", "ping/2", "table/4"]
    assert [[each.card.id for each in face.namesakes] for face in faces] == [["ping/3", "ping/5"], [], []]
    article = hit_article(1, faces[0], hit_drawing(site, faces[0]), why=None)
    assert "<summary>2 more named so</summary>" in article
    assert '<a href="/ping/3">&lt;3&gt;</a>' in article


@pytest.mark.parametrize(
    ("complete", "line_before"), [("yyn", "2"), ("ynynn", "3"), ("nnn", ""), ("yyy", ""), ("nny", "")]
)
def test_the_line_stands_before_the_hits_at_the_end_that_lack_a_word(
    site: Site, complete: str, line_before: str
) -> None:
    hit = first_hit(site, "kind:metric")
    hits = tuple(
        hit._replace(card=hit.card._replace(id=f"metric/{n}", name=str(n)), complete=each == "y")
        for n, each in enumerate(complete)
    )
    results = Results(90, hits, (), Generation("g", ""), 1.0, complete=40)
    assert present_results(results, parse_query("a b")).near_from == (
        f"metric/{line_before}" * bool(line_before)
    )
    assert present_results(results, parse_query("a b", {"sort": "name"})).near_from == ""


def test_what_was_found_in_an_item_leads_to_its_place_there(site: Site) -> None:
    hit = first_hit(site, "kind:metric")
    table = hit.card._replace(id="table/p.d.t", kind="table")
    found = {
        "/table/p.d.t?column=a.b#schema": (table, Match("column", "a.b")),
        f"{item_path(hit.card.id)}#extras": (hit.card, Match("extra", "item")),
        "": (hit.card, Match("bug", "12")),
    }
    for url, (card, match) in found.items():
        assert present_hit(hit._replace(card=card, match=match)).match_url == url


def test_links_to_variants_escape_what_they_are_called() -> None:
    variants = (VariantView("a & b", "/metric/a"), VariantView("<c>", "/metric/b?x&y"))
    assert variant_links(variants) == (
        '<a href="/metric/a">a &amp; b</a>, <a href="/metric/b?x&amp;y">&lt;c&gt;</a>'
    )


def test_what_was_worked_out_first_is_forgotten_first(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = Site(site.config, lambda: site.engine)
    monkeypatch.setattr(site_module, "MOST_REMEMBERED", 2)
    made: list[str] = []

    def remembered(key: str) -> str:
        return fresh.remembered((key,), lambda: made.append(key) or key)

    assert [remembered(key) for key in "abac"] == list("abac")
    assert [remembered(key) for key in "bca"] == list("bca")
    assert made == list("abca")
