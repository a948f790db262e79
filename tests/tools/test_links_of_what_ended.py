"""Tools of today and the links of what ended: none where nothing can be seen, else one to its last days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from indexer.model.items import AnyItem, MetricItem
from indexer.model.parts import ChannelStatus
from search_app import tools
from search_app.tools import Context, Link, NoLink
from tests.tools.test_links import CLICK, CONTEXT, FENIX, KNOWN, SHARED, metric, probe, table

TODAY = replace(CONTEXT, today=date(2026, 11, 29))
COUNTER = metric("tabs.opened", "counter", app_id=FENIX, channel="nightly")
LIVE = f"table/{SHARED}.org_mozilla_firefox_derived.event_monitoring_live_v1"


def ended(item: MetricItem, day: str, status: str = "removed") -> MetricItem:
    return replace(item, channel_status=(ChannelStatus("fenix", "", "", status, "gone", day),))  # type: ignore[arg-type]


def views(tool: str, item: AnyItem, context: Context = TODAY) -> list[Link | NoLink]:
    return list(tools.find_tools()[tool].views(item, context))


def test_glam_has_no_link_to_what_ended_more_than_three_versions_ago() -> None:
    reason = NoLink("glam", "GLAM keeps the last three versions, and it ended on 2024-03-02.")
    assert views("glam", ended(COUNTER, "2024-03-02")) == [reason]


@pytest.mark.parametrize(
    ("day", "status"), [("2026-10-01", "removed"), ("", "removed"), ("2024-03-02", "active")]
)
def test_glam_keeps_the_link_of_what_it_may_still_show(day: str, status: str) -> None:
    found = views("glam", ended(COUNTER, day, status))
    assert found
    assert all(isinstance(view, Link) for view in found)


def test_of_a_channel_that_goes_on_the_link_stays() -> None:
    goes_on = ChannelStatus("fenix", FENIX, "nightly", "active")
    item = ended(COUNTER, "2024-03-02")
    item = replace(item, channel_status=(*item.channel_status, goes_on))
    assert all(isinstance(view, Link) for view in views("glam", item))


def test_a_legacy_probe_that_ended_long_before_glam_froze_has_no_link_there() -> None:
    states = (ChannelStatus("firefox_desktop", "", "release", "removed", "gone", "2023-06-06"),)
    gone = replace(probe("histogram/GC_MS", "exponential"), channel_status=states)
    assert views("glam", gone) == [
        NoLink("glam", "GLAM keeps the last three versions, and it ended on 2023-06-06.")
    ]
    late = replace(gone, channel_status=(replace(states[0], last_day="2025-12-09"),))
    assert all(isinstance(view, Link) for view in views("glam", late))


def test_event_monitoring_is_of_what_comes_in_now() -> None:
    (reason,) = views("event-monitoring", ended(CLICK, "2024-03-02"))
    assert isinstance(reason, NoLink)
    assert reason.reason == (
        "Event monitoring shows what comes in now: of Firefox for Android it ended on 2024-03-02."
    )
    (link,) = views("event-monitoring", ended(CLICK, "2026-11-01"))
    assert isinstance(link, Link)


def test_event_monitoring_has_the_events_of_the_pings_that_it_reads() -> None:
    read = tuple(f"{SHARED}.org_mozilla_firefox_live.{ping}_v1" for ping in ("events", "first_session"))
    known = {LIVE: table("a.b", upstream=read)}
    context = replace(TODAY, lookup=lambda key: known.get(key) or KNOWN.get(key))
    (link,) = views("event-monitoring", CLICK, context)
    assert isinstance(link, Link)
    elsewhere = metric("home.clicked", "event", ping="first-session", app_id=FENIX)
    assert isinstance(views("event-monitoring", elsewhere, context)[0], Link)
    unread = metric("home.clicked", "event", ping="top-sites", app_id=FENIX)
    assert views("event-monitoring", unread, context) == [
        NoLink(
            "event-monitoring", "Event monitoring does not read its ping (top-sites) of Firefox for Android."
        )
    ]


def test_looker_is_asked_for_the_last_days_of_what_ended() -> None:
    (link,) = views("looker", ended(COUNTER, "2024-03-02"))
    assert isinstance(link, Link)
    assert "f%5Bmetrics.submission_date%5D=2024%2F02%2F03+to+2024%2F03%2F03" in link.url
    assert link.note == "fenix, metrics ping; it ended on 2024-03-02"
    (event,) = views("looker", ended(CLICK, "2024-03-02"))
    assert isinstance(event, Link)
    assert "f%5Bevents_stream.submission_date%5D=2024%2F02%2F03+to+2024%2F03%2F03" in event.url


def test_looker_says_so_where_the_last_day_is_not_known() -> None:
    (link,) = views("looker", ended(COUNTER, ""))
    assert isinstance(link, Link)
    assert "submission_date%5D" not in link.url
    assert link.note == "fenix, metrics ping; it has ended: choose earlier days there"
