"""Links, tables and SQL follow the app, ping and channel that were asked for."""

from __future__ import annotations

from flask.testing import FlaskClient

from indexer.model.items import MetricItem, PingItem
from indexer.model.parts import ColumnRef, PingTable
from search_app.query.model import ANY, Asked
from search_app.tools import narrowed, narrowings

SEARCHES = "/metric/fenix/browser.search.in_content"


def row(app: str, ping: str, dataset: str, app_id: str = "", channel: str = "") -> ColumnRef:
    return ColumnRef(app, app_id, channel, ping, f"{dataset}.{ping}", "metrics.counter.a_b", True)


METRIC = MetricItem(
    id="metric/gecko/a.b", kind="metric", name="a.b", title="A b", type="counter", origin="gecko",
    apps=("firefox_desktop", "fenix"), app_titles=("Firefox for Desktop", "Firefox for Android"),
    pings=("metrics", "baseline"), tables=("firefox_desktop.metrics", "fenix.metrics"),
    columns=(
        row("firefox_desktop", "metrics", "firefox_desktop", "firefox.desktop"),
        row("fenix", "metrics", "fenix"),
        row("fenix", "metrics", "org_mozilla_fenix", "org.mozilla.fenix", "nightly"),
        row("fenix", "baseline", "fenix"),
    ),
)  # fmt: skip


def test_a_metric_narrows_to_the_app_that_was_asked_for() -> None:
    found = narrowed(METRIC, Asked(apps=("fenix",)))
    assert (found.apps, found.app_titles) == (("fenix",), ("Firefox for Android",))
    assert found.tables == ("fenix.metrics", "fenix.baseline", "org_mozilla_fenix.metrics")


def test_a_metric_narrows_to_a_channel_by_its_dataset() -> None:
    found = narrowed(METRIC, Asked(datasets=("org_mozilla_fenix",)))
    assert isinstance(found, MetricItem)
    assert [each.app_id for each in found.columns] == ["org.mozilla.fenix"]
    assert found.apps == ("fenix",)


def test_what_a_thing_has_nowhere_narrows_nothing() -> None:
    assert narrowed(METRIC, ANY) is METRIC
    assert narrowed(METRIC, Asked(pings=("crash",))).columns == METRIC.columns  # type: ignore[union-attr]


def test_a_tool_that_lacks_the_ping_is_asked_for_the_app_and_never_for_another_one() -> None:
    steps = list(narrowings(METRIC, Asked(("fenix",), ("baseline",))))
    assert [step.pings for step in steps] == [("baseline",), ("metrics", "baseline")]
    assert {step.apps for step in steps} == {("fenix",)}


def test_a_ping_narrows_to_the_tables_of_a_channel() -> None:
    tables = tuple(
        PingTable(
            f"moz-fx-data-shared-prod.{dataset}.baseline{'_v1' * (dataset[-1] == 'e')}", "view", "", "", True
        )
        for dataset in ("fenix", "org_mozilla_fenix", "org_mozilla_fenix_stable", "org_mozilla_firefox")
    )
    ping = PingItem(
        id="ping/fenix/baseline", kind="ping", name="baseline", title="", app="fenix", origin="glean",
        ping_tables=tables,
    )  # fmt: skip
    found = narrowed(ping, Asked(datasets=("org_mozilla_fenix",)))
    assert isinstance(found, PingItem)
    assert [table.name.split(".")[1] for table in found.ping_tables] == [
        "org_mozilla_fenix", "org_mozilla_fenix_stable",
    ]  # fmt: skip


def test_only_what_tells_one_of_several_is_asked_of_a_thing() -> None:
    asked = Asked(("fenix",), ("metrics",), ("telemetry",))
    assert asked.of(("fenix", "klar"), ("metrics",), ("fenix",)) == Asked(apps=("fenix",))
    assert not asked.of(("fenix",), (), ())


def test_hits_link_the_app_that_was_asked_for(small_client: FlaskClient) -> None:
    """gecko's metric is first of all the desktop's: asked for Fenix, it is Fenix' in page and JSON."""
    address = "/api/v1/search?kind=metric&q=javascript.gc.slice_time"

    def first(app: str) -> dict[str, list[dict[str, str]]]:
        return small_client.get(f"{address}&app={app}").json["hits"][0]  # type: ignore[index, no-any-return]

    for app, product in (("fenix", "fenix"), ("firefox_desktop", "fog")):
        hit = first(app)
        glam = next(link["url"] for link in hit["links"] if link["tool"] == "glam")
        assert f"/{product}/probe/" in glam
        assert hit["table"][0] == f"{app}.metrics"
    page = small_client.get("/?kind=metric&q=javascript.gc.slice_time&app=fenix").text
    assert "glam.telemetry.mozilla.org/fenix/probe/" in page
    assert "glam.telemetry.mozilla.org/fog/probe/" not in page
    assert 'href="/metric/gecko/javascript.gc.slice_time?in_app=fenix"' in page


def test_go_and_bangs_follow_the_app_that_was_asked_for(small_client: FlaskClient) -> None:
    words = "javascript.gc.slice_time+kind:metric+app:fenix"
    assert "/fenix/probe/" in small_client.get(f"/go?q=!glam+{words}").location
    assert small_client.get(f"/go?q={words}").location.endswith("javascript.gc.slice_time?in_app=fenix")


def test_an_item_page_shows_links_of_the_app_that_was_asked_for_first(
    small_client: FlaskClient,
) -> None:
    address = "/api/v1/item/metric/gecko/javascript.gc.slice_time?in_app=fenix"
    record = small_client.get(address).json
    assert record is not None
    assert next(link["url"] for link in record["links"] if link["tool"] == "glam").startswith(
        "https://glam.telemetry.mozilla.org/fenix/"
    )


def test_an_item_shows_sql_of_the_ping_that_was_asked_for(small_client: FlaskClient) -> None:
    record = small_client.get(f"/api/v1/item{SEARCHES}?in_ping=baseline").json
    assert record is not None
    assert {query["table"].removeprefix("mozdata.") for query in record["queries"]} == {"fenix.baseline"}


def test_an_entry_without_a_date_does_not_take_the_time_of_the_build(small_client: FlaskClient) -> None:
    feed = small_client.get("/feed.atom?kind=doc").text
    assert feed.count("<updated>1970-01-01T00:00:00Z</updated>") == feed.count("<entry>") > 0
