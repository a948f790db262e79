"""An amount of a thing that is asked for by the words of its name, among the hits of a search."""

from __future__ import annotations

from typing import Any

import pytest

from indexer.model.card import Card
from search_app.answers.named import read_named
from search_app.answers.reading import Subject
from search_app.answers.rule_loader import shipped_rules
from search_app.engine.results import Hit

PANEL = "cookie_banners.visited_panel"
NOTHING: dict[str, Any] = {
    "title": "", "description": "", "app": ("fenix",), "app_title": (), "ping": (), "type": "event",
    "table": (), "table_count": 0, "dataset": (), "status": "active", "status_reason": "", "sampled": False,
    "tags": (), "sensitivity": (), "added": "", "changed": "", "expires": "",
}  # fmt: skip


def metric(name: str) -> Hit:
    return Hit(Card(id=f"metric/fenix/{name}", kind="metric", name=name, **NOTHING), 1.0)


def table(name: str, *apps: str) -> Hit:
    made = {**NOTHING, "app": apps, "type": "view"}
    return Hit(Card(id=f"table/moz-fx-data-shared-prod.{name}", kind="table", name=name, **made), 1.0)


def found(text: str, *hits: Hit, app: str = "fenix") -> list[Subject]:
    return read_named(text, app, hits, shipped_rules())


def test_all_words_of_a_name_with_an_amount_are_that_thing() -> None:
    subject = found("how often is the panel of cookie banners visited", metric(PANEL))[0]
    assert subject.named == (f"metric/fenix/{PANEL}",)
    assert subject.told.intent == "how_many"


def test_people_may_say_another_word_than_the_name() -> None:
    subject = found("how many people open the panel of cookie banners", metric(PANEL))[0]
    assert (subject.named, subject.told.intent) == ((f"metric/fenix/{PANEL}",), "people")


@pytest.mark.parametrize(
    "text",
    [
        "how often is the panel of cookie banners visited on Sundays",  # a word that nothing tells
        "how often are cookie banners visited",  # the panel is not said
        "visited panel of cookie banners",  # nothing is asked of it
        "how often is the panel visited",  # of which group is not said
        "how often is the panel of cookie banners not visited",
        "how can I visit the panel of cookie banners",
    ],
)
def test_what_says_less_or_more_than_a_name_is_no_thing(text: str) -> None:
    assert found(text, metric(PANEL)) == []


def test_two_things_that_fit_as_well_are_none() -> None:
    hits = (metric("menu.share_tapped"), metric("toolbar.share_tapped"))
    assert found("how often is share tapped", *hits) == []
    assert found("how often is share tapped in the toolbar", *hits)[0].named == (hits[1].card.id,)


def test_of_no_product_only_a_view_of_none_is_meant() -> None:
    outages = table("internet_outages.global_outages")
    assert found("internet outages per day", outages, app="")[0].named == (outages.card.id,)
    assert found("internet outages per day", table("internet_outages.global_outages", "fenix"), app="") == []
    beneath = table("internet_outages_derived.internet_outages_v1")
    assert found("internet outages per day", beneath, app="") == []
    assert found("how often is the panel of cookie banners visited", metric(PANEL), app="") == []
