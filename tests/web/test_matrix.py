"""Where values are, channel by channel, in pieces that can be read."""

from __future__ import annotations

from indexer.model.items import PingItem
from indexer.model.parts import ChannelStatus, ColumnRef, PingTable
from search_app.web.items.matrix import ROWS_SHOWN, matrix_view, ping_channels, status_groups


def row(app: str, ping: str, app_id: str = "", exists: bool | None = True) -> ColumnRef:
    return ColumnRef(app, app_id, "", ping, f"{app}.{ping}", f"metrics.counter.{ping}", exists)


def test_the_view_over_all_channels_stands_before_the_channels_of_an_app() -> None:
    rows = [row("fenix", "metrics", "org.b"), row("fenix", "metrics"), row("klar", "events", "org.k")]
    assert [each.app_id for each in matrix_view(rows, "", "", 1).rows] == ["", "org.b", "org.k"]


def test_apps_keep_the_order_in_which_the_item_has_them() -> None:
    rows = [row("zeta", "metrics"), row("alpha", "metrics"), row("zeta", "events")]
    assert [(each.app, each.ping) for each in matrix_view(rows, "", "", 1).rows] == [
        ("zeta", "events"), ("zeta", "metrics"), ("alpha", "metrics"),
    ]  # fmt: skip


def test_one_app_and_one_ping_can_be_chosen() -> None:
    rows = [row("fenix", "metrics"), row("fenix", "events"), row("klar", "metrics")]
    view = matrix_view(rows, "fenix", "metrics", 1)
    assert [(each.app, each.ping) for each in view.rows] == [("fenix", "metrics")]
    assert [(each.value, each.count, each.selected) for each in view.apps] == [
        ("fenix", 2, True), ("klar", 1, False),
    ]  # fmt: skip
    assert [(each.value, each.count) for each in view.pings] == [("events", 1), ("metrics", 1)]


def test_a_column_is_told_once_with_the_tables_of_all_channels_and_apart_where_one_lacks_it() -> None:
    rows = [
        row("fenix", "metrics"),
        row("fenix", "metrics", "org.b"),
        row("fenix", "metrics", "org.c", exists=False),
        row("klar", "metrics"),
    ]
    places = matrix_view(rows, "", "", 1).places
    assert [(p.row.app, [each.app_id for each in p.tables], p.row.exists) for p in places] == [
        ("fenix", ["", "org.b"], True), ("fenix", ["org.c"], False), ("klar", [""], True),
    ]  # fmt: skip


def test_columns_that_are_absent_or_not_known_are_counted() -> None:
    rows = [
        row("a", "x", exists=False),
        row("a", "y", exists=None),
        row("a", "z", exists=None),
        row("a", "w"),
    ]
    view = matrix_view(rows, "", "", 1)
    assert (view.total, view.absent, view.unknown) == (4, 1, 2)


def test_long_matrices_come_in_pages_and_a_page_too_far_is_the_last() -> None:
    rows = [row("a", f"p{at:03}") for at in range(ROWS_SHOWN + 1)]
    assert (matrix_view(rows, "", "", 1).pages, len(matrix_view(rows, "", "", 1).rows)) == (2, ROWS_SHOWN)
    last = matrix_view(rows, "", "", 9)
    assert (last.page, [each.ping for each in last.rows]) == (2, [f"p{ROWS_SHOWN:03}"])


def test_channels_of_the_same_state_and_reason_share_a_line() -> None:
    states = [
        ChannelStatus("fenix", "org.r", "release", "active"),
        ChannelStatus("fenix", "org.b", "beta", "active"),
        ChannelStatus("fenix", "org.n", "", "removed", "gone"),
    ]
    assert [(each.status, each.reason, each.channels) for each in status_groups(states)] == [
        ("active", "", ("release", "beta")), ("removed", "gone", ("org.n",)),
    ]  # fmt: skip


def test_a_ping_lists_its_channels_with_state_retention_and_tables_by_layer() -> None:
    tables = (
        PingTable("p.fenix.metrics", "view", "", "", True),
        PingTable("p.org_r.metrics", "view", "org.r", "release", True),
        PingTable("p.org_r_stable.metrics_v1", "stable", "org.r", "release", False),
    )
    ping = PingItem(
        id="ping/fenix/metrics", kind="ping", name="metrics", title="Metrics", app="fenix",
        origin="glean-core", ping_tables=tables, retention={"org.r": 775},
        channel_status=(ChannelStatus("fenix", "org.r", "release", "active"),),
    )  # fmt: skip
    together, release = ping_channels(ping)
    assert (together.app_id, together.status, together.days, together.of_layer("view")) == (
        "", "", None, tables[:1],
    )  # fmt: skip
    assert (release.channel, release.status, release.days) == ("release", "active", 775)
    assert (release.of_layer("view"), release.of_layer("stable")) == (tables[1:2], tables[2:])
