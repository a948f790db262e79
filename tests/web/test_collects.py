"""What an app collects, in plain words: the lists agree with the searches behind them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from search_app.web.app import create_app
from search_app.web.items.collects import CATEGORIES
from search_app.web.labels import SENSITIVITY_LABELS
from tests.support.small_world import small_world
from tests.support.upstream import built

PAGE = "/app/fenix/collects"


def total(client: FlaskClient, **filters: str) -> int:
    parameters = {"kind": "metric", "app": "fenix", "status": "active", "size": "1", **filters}
    found: int = client.get("/api/v1/search", query_string=parameters).json["total"]
    return found


def test_each_category_that_an_app_collects_has_its_number_and_its_meaning(
    sample_client: FlaskClient,
) -> None:
    page = sample_client.get(PAGE).text
    shown = {
        name: int(count) for name, count in re.findall(r'<h2 id="(\w+)">[^<]*<span class="count">(\d+)', page)
    }
    counts = {name: total(sample_client, sensitivity=name) for name in CATEGORIES}
    assert any(counts.values())
    assert {name: shown.get(name, 0) for name in CATEGORIES} == counts
    for name, words in CATEGORIES.items():
        assert (words in page) == bool(counts[name])
    assert set(CATEGORIES) < set(SENSITIVITY_LABELS)


def test_the_most_sensitive_stand_first_and_what_has_no_review_says_so(
    sample_client: FlaskClient,
) -> None:
    page = sample_client.get(PAGE).text
    places = [page.find(f'<h2 id="{name}"') for name in CATEGORIES]
    there = [place for place in places if place >= 0]
    assert there == sorted(there)
    assert "no data review is linked" in page  # the sample has none


@pytest.mark.mirror
def test_each_metric_leads_to_its_definition_and_its_reviews(mirror_client: FlaskClient) -> None:
    page = mirror_client.get(PAGE).text
    listed = page.count('<li><a class="name" href="/metric/')
    assert listed > 40
    assert page.count(">definition</a>") >= listed * 0.9
    assert page.count(">data review") >= listed * 0.9


def test_it_says_which_pings_carry_the_client_id_and_what_is_sent_at_the_end(
    sample_client: FlaskClient,
) -> None:
    page = sample_client.get(PAGE).text
    identifies = page[page.find('id="identifies"') : page.find('id="switch"')]
    assert "/ping/fenix/baseline" in identifies
    switch = page[page.find('id="switch"') :]
    assert "/ping/fenix/deletion-request" in switch
    assert "support.mozilla.org" not in switch  # that help is of Firefox for Desktop
    assert "support.mozilla.org" in sample_client.get("/app/firefox_desktop/collects").text


@pytest.mark.parametrize("name", ["nosuch", "fenix%0A", ".."])
def test_of_an_app_that_is_none_there_is_no_page(sample_client: FlaskClient, name: str) -> None:
    assert sample_client.get(f"/app/{name}/collects").status_code == 404


def test_the_page_of_an_app_leads_there(sample_client: FlaskClient) -> None:
    assert f'href="{PAGE}"' in sample_client.get("/app/fenix").text


def test_of_what_no_definition_is_published_it_is_not_said_that_it_is_not_collected(tmp_path: Path) -> None:
    made = small_world()
    made.app("shop", "org.shop", canonical_app_name="The Shop")
    columns = {"submission_timestamp": "TIMESTAMP", "client_info.client_id": "STRING"}
    counters = {f"metrics.counter.orders_{name}": "INTEGER" for name in ("made", "lost")}
    made.stable("org-shop", "orders", {**columns, **counters})
    made.view("shop.orders", "org_shop_stable.orders_v1")
    client = create_app(built(made, tmp_path)).test_client()

    def seen(address: str) -> str:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", client.get(address).text))

    app = seen("/app/shop")
    assert "The Shop sends 0 metrics that are collected now, in 1 ping." in app
    assert "Of 2 more metrics it is not known: no definition of them is published." in app
    assert "0 now, 2 not known" in app
    why = "Of 2 it is not known, since no definition of them is published."
    assert f"0 of 2 metrics are collected now. {why}" in seen("/ping/shop/orders")
    assert "Of 2 more metrics no definition is published: whether they are" in seen("/app/shop/collects")
    told = "Of 2 more metrics no definition is published: what of that is collected now is not known."
    assert told in client.get("/app/shop/collects.md").text
    card = client.get("/api/v1/search?q=what+does+The+Shop+collect").json["answer"]
    assert card["sentence"] == (
        "The Shop holds 2 metrics, 0 of which are collected now; of 2 it is not known."
    )
    assert "not known" not in seen("/app/fenix/collects")
