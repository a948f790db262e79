"""Pasted code, SQL, configuration and addresses are told from words, and the names in them are found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_app.query.parser import parse_query
from search_app.query.snippet import recognise

WORDS = (
    "gc pause fenix",
    "how do I select events from a table",
    "stickiness (sessions over users)",
    "user(s) per day",
    "gc pause: what is it",
    "bug reports from users",
    "what is firefox.com?",
    "a/b test",
    'shutdown -crash "page load"',
    "metrics.counter.*",
    "mozdata.fenix.baseline",
    "app:fenix type:counter status:active",
    "expires:<=150",
    "https://example.org/",
    "",
)


@pytest.mark.parametrize("text", WORDS)
def test_words_filters_and_single_names_are_no_snippet(text: str) -> None:
    assert recognise(text) is None


CODE = (
    ("C++", "mozilla::glean::networking::set_cookie.Add(1);", "networking.set_cookie"),
    ("C++", "Telemetry::AutoTimer<Telemetry::GC_MS> timer;", "GC_MS"),
    ("Rust", "metrics::pwmgr::saved_count.set(3);", "pwmgr.saved_count"),
    ("JavaScript", 'Glean.pwmgr.savedCount["all"].set(this.count("a", "b"));', "pwmgr.savedCount.all"),
    ("JavaScript", "const id = Glean.telemetry.sendFailure.start();", "telemetry.sendFailure"),
    ("Kotlin", "TabsTray.opened.record(NoExtras())", "TabsTray.opened"),
    ("Swift", "GleanMetrics.Tabs.cumulativeCount.add(Int32(n))", "Tabs.cumulativeCount"),
    ("SQL", "select sum(metrics.counter.a_b) from mozdata.fenix.metrics", "metrics.counter.a_b"),
    ("SQL", "FROM `moz-fx-data-shared-prod`.telemetry.main", "moz-fx-data-shared-prod.telemetry.main"),
    ("SQL", "WHERE event_category = 'tabs' AND event_name = 'opened'", "tabs.opened"),
    ("LookML", "sql: ${TABLE}.metrics.string.engine ;;", "metrics.string.engine"),
    ("LookML", "sql_table_name: `mozdata.fenix.baseline` ;;", "mozdata.fenix.baseline"),
    ("dbt or Jinja", "from {{ source('telemetry', 'clients_daily') }}", "telemetry.clients_daily"),
    ("YAML", "telemetry_mirror: GC_MS", "GC_MS"),
    ("JSON", '"GC_MS": { "kind": "exponential" }', "GC_MS"),
    ("bq", "bq show mozdata:telemetry.main", "mozdata.telemetry.main"),
    ("a path of bigquery-etl", "sql/x/telemetry_derived/main_v1/query.sql", "telemetry_derived.main_v1"),
    ("Python", 'client.query("SELECT * FROM mozdata.fenix.baseline")', "mozdata.fenix.baseline"),
    ("bug number", "bug 1645088", "1645088"),
)


@pytest.mark.parametrize(("language", "line", "name"), CODE)
def test_a_line_tells_its_language_and_the_name_it_is_about(language: str, line: str, name: str) -> None:
    snippet = recognise(line)
    assert snippet is not None
    if language not in ("Python", "bq"):  # SQL within a program is SQL, too
        assert snippet.language == language
    assert name in [mention.text for mention in snippet.mentions[:3]]


ADDRESSES = (
    ("Glean Dictionary", "https://dictionary.telemetry.mozilla.org/apps/fenix/metrics/tabs_opened",
     "tabs_opened"),
    ("Probe Dictionary", "https://probes.telemetry.mozilla.org/?view=detail&probeId=histogram%2FGC_MS",
     "histogram/GC_MS"),
    ("GLAM", "https://glam.telemetry.mozilla.org/fog/probe/tabs_opened/explore?app_id=beta", "tabs_opened"),
    ("STMO", "https://sql.telemetry.mozilla.org/queries/1/source?p_table=fenix.baseline", "fenix.baseline"),
    ("Looker", "https://mozilla.cloud.looker.com/explore/fenix/metrics?fields=a.metrics__counter__tabs",
     "metrics.counter.tabs"),
    ("Looker", "https://mozilla.cloud.looker.com/dashboards/duet::kpi_tracker", "duet/kpi_tracker"),
    ("Searchfox", "https://searchfox.org/x/search?q=symbol:Glean.tabs%23opened", "Glean.tabs#opened"),
    ("DataHub", "https://mozilla.acryl.io/dataset/urn:li:dataset:(urn:li:dataPlatform:x,mozdata.a.b,PROD)",
     "mozdata.a.b"),
    ("Bugzilla", "https://bugzilla.mozilla.org/show_bug.cgi?id=1591564", "1591564"),
    ("Bugzilla", "bugzil.la/1591564", "1591564"),
    ("BigQuery console", "https://console.cloud.google.com/bigquery?p=mozdata&d=fenix&t=baseline&page=table",
     "fenix.baseline"),
    ("BigQuery console", "https://console.cloud.google.com/bigquery?ws=!4m3!1smozdata!2sfenix!3sbaseline",
     "mozdata.fenix.baseline"),
    ("address", "http://127.0.0.1:8000/metric/fenix/tabs.opened", "metric/fenix/tabs.opened"),
)  # fmt: skip


@pytest.mark.parametrize(("tool", "address", "name"), ADDRESSES)
def test_an_address_tells_its_tool_and_what_it_shows(tool: str, address: str, name: str) -> None:
    snippet = recognise(address)
    assert snippet is not None
    assert snippet.language == tool
    assert snippet.mentions[0].text == name


def test_code_has_no_phrases_and_no_filters_in_it() -> None:
    query = parse_query('Services.telemetry.scalarSet("a.b_c", "kind:table");')
    assert [term.kind for term in query.terms] == ["word"] * len(query.terms)
    assert not query.filters


def test_filters_around_code_still_filter() -> None:
    query = parse_query("app:fenix Tabs.opened.record(NoExtras()) kind:metric")
    assert query.filters == {"app": ("fenix",), "kind": ("metric",)}
    assert query.snippet is not None
    assert query.snippet.mentions[0].text == "Tabs.opened"


def test_a_whole_text_in_quotes_stays_a_phrase() -> None:
    query = parse_query('"a.record(b) is called"')
    assert query.snippet is None
    assert [term.kind for term in query.terms] == ["phrase"]


def test_a_long_address_is_read_to_its_end() -> None:
    address = (
        "https://mozilla.cloud.looker.com/explore/fenix/metrics?x="
        + "y" * 700
        + "&fields=a.metrics__counter__b"
    )
    query = parse_query(address)
    assert query.snippet is not None
    assert query.snippet.mentions[0].text == "metrics.counter.b"
    assert not query.notes


@given(st.text(alphabet="ab.:_()[]{}\"'`=;#/$<>-, 1\\", max_size=80) | st.text(max_size=60))
def test_nothing_that_is_typed_breaks_the_recogniser(text: str) -> None:
    snippet = recognise(text)
    for mention in snippet.mentions if snippet else ():
        assert mention.text
        assert 0.0 <= mention.weight <= 1.0
    parse_query(text)
