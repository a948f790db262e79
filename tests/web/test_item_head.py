"""The head of an item's page: where its values are, its query and its best tools, before all else."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from indexer.model.items import MetricItem
from indexer.model.parts import ColumnRef
from search_app.query.parser import parse_query
from search_app.web.items.detail import PingDetail
from search_app.web.items.view import first_place
from search_app.web.results.hit_view import present_hit
from search_app.web.state import EXTENSION, Site


def head(client: FlaskClient, address: str) -> str:
    page = client.get(address).text
    return page[page.find('<header class="item-head">') :].partition("</header>")[0]


def metric(*rows: tuple[str, str, bool | None]) -> MetricItem:
    columns = tuple(
        ColumnRef(app, app_id, "", "metrics", f"{app}{app_id}.metrics", "metrics.counter.a", exists)
        for app, app_id, exists in rows
    )
    return MetricItem(
        id="metric/fenix/a",
        kind="metric",
        name="a",
        title="a",
        description="",
        origin="fenix",
        columns=columns,
    )


def test_the_head_names_the_column_its_table_the_query_and_the_best_tools(small_client: FlaskClient) -> None:
    found = head(small_client, "/metric/fenix/tabs.opened")
    assert "metrics.counter.tabs_opened" in found
    assert (
        'href="/table/moz-fx-data-shared-prod.fenix.metrics?column=metrics.counter.tabs_opened#schema"'
        in found
    )
    assert '<a class="button" href="#sql">Query it</a>' in found
    assert 0 < found.count('class="button tool"') <= 3


def test_of_several_places_the_first_is_where_the_query_reads_else_one_that_is_there() -> None:
    rows = (("fenix", "_b", True), ("fenix", "", True), ("klar", "", True))
    assert first_place(metric(*rows)) == metric(*rows).columns[1]
    assert first_place(metric(*rows), "klar.metrics") == metric(*rows).columns[2]
    assert first_place(metric(*rows), app="klar") == metric(*rows).columns[2]
    unsure = (("fenix", "", None), ("klar", "", True))
    assert first_place(metric(*unsure)) == metric(*unsure).columns[1]
    assert first_place(metric(("fenix", "", False))) is None


def test_what_has_no_place_and_no_query_has_no_head_of_them(small_client: FlaskClient) -> None:
    assert "Query it" not in head(small_client, "/doc/datasets/pings.md%23pings")


def test_of_the_metrics_of_a_category_the_living_ones_stand_first(sample_client: FlaskClient) -> None:
    site: Site = sample_client.application.extensions[EXTENSION]
    hit = present_hit(site.engine.search(parse_query("", {"kind": "metric"})).hits[0])
    given = [("b.one", "expired"), ("a.gone", "removed"), ("b.two", "active"), ("a.here", "active")]
    hits = tuple(hit._replace(card=hit.card._replace(name=name, status=status)) for name, status in given)
    detail = PingDetail((), (), hits, len(hits), "", "", 1, 1)
    assert [(name, [each.card.name for each in found]) for name, found in detail.groups] == [
        ("b", ["b.two", "b.one"]),
        ("a", ["a.here", "a.gone"]),
    ]


def test_the_metrics_of_a_ping_stand_by_category(small_client: FlaskClient) -> None:
    page = small_client.get("/ping/firefox_desktop/metrics").text
    part = page[page.find('id="in-ping"') :]
    names = re.findall(r'class="group-name">(\S+) <span class="count">(\d+)', part)
    assert names
    assert len({name for name, _ in names}) == len(names)
    lists = re.findall(r'<ul class="lines">(.*?)</ul>', part, re.DOTALL)[: len(names)]
    for (name, count), lines in zip(names, lists, strict=True):
        found = re.findall(r'<li class="line"><a class="name"[^>]*>(.*?)</a>', lines, re.DOTALL)
        assert len(found) == int(count)
        assert all(re.sub("<[^>]+>", "", text).startswith(name) for text in found)


def test_the_head_of_what_has_no_column_names_the_table_that_it_reads(small_client: FlaskClient) -> None:
    table = 'href="/table/moz-fx-data-shared-prod.fenix.baseline"'
    ping = head(small_client, "/ping/fenix/baseline")
    assert "stored in" in ping
    assert table in ping
    for address in ("/explore/fenix/baseline", "/dashboard/fenix/usage"):
        found = head(small_client, address)
        assert "reads" in found, address
        assert table in found, address


def test_a_dashboard_leads_to_the_explores_and_tables_behind_its_tiles(small_client: FlaskClient) -> None:
    page = small_client.get("/dashboard/fenix/usage").text
    tiles = page[page.find('id="tiles"') :].partition("</section>")[0]
    assert 'href="/explore/fenix/baseline"' in tiles
    tables = page[page.find('id="tables"') :].partition("</section>")[0]
    assert 'href="/table/moz-fx-data-shared-prod.fenix.baseline"' in tables


@pytest.mark.mirror
def test_what_is_said_of_many_is_said_once(mirror_client: FlaskClient) -> None:
    """A probe that dozens of metrics mirror folds them; why a tile is not linked stands below the tiles."""
    probe = mirror_client.get("/probe/event/activity_stream.event%23event").text
    note = probe[probe.find("Glean measures this too") :].partition("</p>")[0]
    assert note.count("<a ") == 3
    assert re.search(r"and \d+ more metrics", note)
    dashboard = mirror_client.get("/dashboard/duet/kpi_tracker_all_combined").text
    assert dashboard.count("the explore kpi_dau of duet is not in the list") == 1
