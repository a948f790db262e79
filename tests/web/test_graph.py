"""The map of one app: what is drawn where, on made-up counts and on every app of the real data."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from flask.testing import FlaskClient

from search_app.web.maps.counts import AppCounts, PingCounts, TableName, hue_of, ping_order
from search_app.web.maps.flow import Flow, flow
from search_app.web.maps.flow_view import flow_view
from search_app.web.maps.galaxy_view import all_apps
from search_app.web.maps.layout import Box, curve_width
from search_app.web.maps.text_width import BOLD, LINE, NAME_SIZE, NOTE_SIZE, Text, text_width
from search_app.web.state import EXTENSION, Site

TYPES = {"counter": 40, "labeled_counter": 12, "string": 9, "event": 30}


def a_ping(name: str, *, alive: bool = True, **types: int) -> PingCounts:
    table = TableName(f"fenix.{name.replace('-', '_')}", f"/table/{name}")
    state = "active" if alive else "removed from source"
    return PingCounts(name, f"/ping/fenix/{name}", types or TYPES, table, alive=alive, state=state)


def drawn(*pings: PingCounts, types: dict[str, int] | None = None, most: int = 18) -> Flow:
    counts = types or TYPES
    app = AppCounts("Firefox for Android", "/app/fenix", counts, lambda name: f"/?type={name}", "#list")
    return flow(app, pings, most)


def boxes_of(chart: Flow) -> list[Box]:
    strands = [box for strand in chart.strands for box in (strand.ping, *strand.tables)]
    return [chart.app, *strands, *chart.types]


def length(text: Text, box: Box, chart: Flow) -> float:
    size = NOTE_SIZE if text.css == "note" else NAME_SIZE
    return text_width(text.text, size) * (BOLD if box is chart.app and text.css != "note" else 1)


def overlapping(chart: Flow) -> list[tuple[str, str]]:
    return [
        (one.title, other.title)
        for one, other in combinations(boxes_of(chart), 2)
        if one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    ]


def sticking_out(chart: Flow) -> list[str]:
    """Labels that leave their box, and boxes that leave the drawing."""
    out = [
        text.text
        for box in boxes_of(chart)
        for text in box.texts
        if text.x < box.x
        or text.x + length(text, box, chart) > box.x + box.width
        or text.y - LINE + 4 < box.y
        or text.y + 4 > box.y + box.height
    ]
    out += [b.title for b in boxes_of(chart) if b.x < 0 or b.x + b.width > chart.width]
    return out + [b.title for b in boxes_of(chart) if b.y < 0 or b.y + b.height > chart.height]


def label(box: Box) -> str:
    return "".join(text.text for text in box.texts if text.css != "note")


def test_a_ping_leads_through_each_of_its_types_to_its_table() -> None:
    chart = drawn(a_ping("baseline"))
    (strand,) = chart.strands
    assert (label(strand.ping), strand.ping.url) == ("baseline", "/ping/fenix/baseline")
    assert [(label(box), box.url) for box in strand.tables] == [("baseline", "/table/baseline")]
    assert [label(box) for box in chart.types] == ["counter", "labeled counter", "string", "event"]
    assert [curve.title for curve in strand.curves] == [
        "The ping baseline: 91 metrics",
        "40 metrics of type counter in the ping baseline",
        "12 metrics of type labeled counter in the ping baseline",
        "9 metrics of type string in the ping baseline",
        "30 metrics of type event in the ping baseline",
    ]


def test_tables_of_one_dataset_leave_it_to_the_heading() -> None:
    assert [text.text for text in drawn(a_ping("baseline")).headings][-1] == "Tables of fenix"
    elsewhere = PingCounts("crash", "/", {"counter": 1}, TableName("telemetry.crash", "/"))
    chart = drawn(a_ping("baseline"), elsewhere)
    assert chart.headings[-1].text == "Tables"
    assert [label(box) for strand in chart.strands for box in strand.tables] == [
        "fenix.baseline",
        "telemetry.crash",
    ]


def test_events_flow_to_the_table_that_has_them_as_rows() -> None:
    stream = TableName("fenix.events_stream", "/table/events_stream")
    events = PingCounts("events", "/", TYPES, TableName("fenix.events", "/table/events"), stream)
    (strand,) = drawn(events).strands
    assert [label(box) for box in strand.tables] == ["events", "events_stream"]
    ends = {curve.types[0]: float(curve.path.rsplit(" ", 1)[1]) for curve in strand.curves[1:]}
    plain, rows = strand.tables
    assert rows.y < ends["event"] < rows.y + rows.height
    assert plain.y < ends["counter"] < plain.y + plain.height


def test_the_living_come_first_then_what_every_app_has_then_the_largest() -> None:
    pings = [
        a_ping("gone", alive=False, counter=900),
        a_ping("crash", counter=9),
        a_ping("use-counters", counter=80),
        a_ping("baseline", counter=1),
        a_ping("metrics", counter=2),
    ]
    assert [ping.name for ping in ping_order(pings)] == [
        "metrics", "baseline", "use-counters", "crash", "gone",
    ]  # fmt: skip


def test_a_dead_ping_is_faint_with_its_table_and_tells_why() -> None:
    alive, dead = drawn(a_ping("baseline"), a_ping("gone", alive=False)).strands
    assert (alive.faint, alive.ping.faint, alive.tables[0].faint) == (False, False, False)
    assert (dead.faint, dead.ping.faint, dead.tables[0].faint) == (True, True, True)
    assert dead.ping.title == "The ping gone: 91 metrics; removed from source"


def test_boxes_say_in_a_sentence_what_they_hold() -> None:
    ping = replace(a_ping("crash", counter=1, string=2), carried=30)
    chart = drawn(ping, a_ping("metrics", counter=4))
    assert {strand.ping.title for strand in chart.strands} == {
        "The ping metrics: 4 metrics",
        "The ping crash: 3 metrics, and 30 that come with every ping",
    }
    assert [box.title for box in chart.types] == [
        "40 metrics of type counter in 2 pings",
        "9 metrics of type string in 1 ping",
    ]
    assert chart.strands[1].tables[0].title == "The table fenix.crash holds the ping crash"


def test_pings_beyond_the_first_are_one_bundle_that_leads_to_the_list() -> None:
    chart = drawn(*(a_ping(f"ping-{number:02}", counter=50 - number) for number in range(40)), most=10)
    bundle = chart.strands[-1]
    assert (chart.folded, len(chart.strands)) == (30, 11)
    assert (label(bundle.ping), bundle.ping.url, bundle.tables[0].url) == (
        "and 30 more pings",
        "#list",
        "#list",
    )
    assert bundle.curves[1].title == f"{sum(range(11, 41)):,} metrics of type counter in 30 more pings"
    assert bundle.ping.title == f"30 more pings: {sum(range(11, 41)):,} metrics"
    assert bundle.ping.key == ""  # not one thing that could be chosen
    assert chart.types[0].title == "40 metrics of type counter in 40 pings"


def test_one_ping_too_many_is_shown_as_itself() -> None:
    chart = drawn(*(a_ping(f"ping-{number}") for number in range(11)), most=10)
    assert (chart.folded, len(chart.strands)) == (0, 11)


def test_only_the_widest_curves_through_types_are_drawn_at_rest() -> None:
    few = drawn(a_ping("metrics"))
    assert not any(curve.weak for strand in few.strands for curve in strand.curves)
    chart = drawn(*(a_ping(f"ping-{n}", counter=n, string=2 * n, event=5 * n) for n in range(4, 22)))
    curves = [curve for strand in chart.strands for curve in strand.curves]
    strong = [curve.width for curve in curves if curve.number >= 0 and not curve.weak]
    weak = [curve.width for curve in curves if curve.weak]
    assert 30 <= len(strong) <= 40
    assert max(weak) < min(strong)
    assert not any(curve.weak for curve in curves if curve.number < 0)


def test_rare_types_share_a_box_so_that_no_metric_is_left_out() -> None:
    types = {f"kind_{number:02}_distribution": 100 - number for number in range(30)}
    chart = drawn(a_ping("metrics", **types), types=types)
    assert len(chart.types) == 16
    assert label(chart.types[-1]) == "15 rarer types"
    assert len(chart.strands[0].curves) == 1 + 16


def test_a_ping_without_metrics_still_leads_to_its_table() -> None:
    table = TableName("relay_backend.events", "/table/x")
    (strand,) = drawn(PingCounts("events", "/", {}, table)).strands
    assert len(strand.curves) == 2


def test_a_ping_without_a_table_says_so_and_links_nowhere() -> None:
    (strand,) = drawn(PingCounts("lost", "/ping/fenix/lost", TYPES)).strands
    assert [(label(box), box.url, box.faint) for box in strand.tables] == [("no table is known", "", True)]


def test_more_metrics_are_never_a_thinner_curve() -> None:
    widths = [curve_width(count) for count in range(1, 3_000)]
    assert widths == sorted(widths)
    assert widths[0] < widths[100] < widths[2_000]


def test_long_names_are_broken_not_cut() -> None:
    name = "a-ping-with-" + "very-" * 12 + "longname" * 9
    chart = drawn(a_ping(name), types={"labeled_timing_distribution_of_many_words": 1})
    assert label(chart.strands[0].ping) == name
    assert sticking_out(chart) == []
    assert overlapping(chart) == []


def test_the_same_counts_make_the_same_map() -> None:
    pings = [a_ping("metrics"), a_ping("baseline"), a_ping("gone", alive=False)]
    assert drawn(*pings) == drawn(*reversed(pings))


@pytest.mark.parametrize(
    ("type_name", "hue"),
    [
        ("counter", "numbers"),
        ("dual_labeled_counter", "numbers"),
        ("labeled_boolean", "numbers"),
        ("labeled_custom_distribution", "distributions"),
        ("datetime", "distributions"),
        ("string_list", "texts"),
        ("labeled_string", "texts"),
        ("text2", "texts"),
        ("labeled_rate2", "numbers"),
        ("event", "events"),
        ("something_new", "others"),
    ],
)
def test_a_type_has_the_hue_of_the_values_it_holds(type_name: str, hue: str) -> None:
    assert hue_of(type_name) == hue


@pytest.mark.mirror
def test_every_map_of_the_real_data_is_legible_and_leaves_nothing_out(mirror_client: FlaskClient) -> None:
    app = mirror_client.application
    site: Site = app.extensions[EXTENSION]
    apps = all_apps(site)
    assert len(apps) == 57
    for each in apps:
        view = flow_view(site, each)
        assert overlapping(view.flow) == [], each.name
        assert sticking_out(view.flow) == [], each.name
        drawn_pings = {strand.ping.url for strand in view.flow.strands}
        folded = {row.url for row in view.rows} - drawn_pings
        assert len(folded) == view.flow.folded, each.name
        tables = {box.url for strand in view.flow.strands for box in strand.tables}
        unfolded = {table.url for row in view.rows if row.url in drawn_pings for table in row.tables}
        assert unfolded <= tables, each.name
        for strand in view.flow.strands:
            assert len(strand.curves) > 1, (each.name, strand.ping.title)
