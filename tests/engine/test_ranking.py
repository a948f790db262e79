"""What stands first, by small catalogues made for one rule each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from indexer.catalogue.model import Catalogue
from indexer.index.weights import ENOUGH
from indexer.model.items import AnyItem, AppItem, DashboardItem, MeasureItem, MetricItem, TableItem
from indexer.model.parts import DashboardTileRef
from indexer.model.table_records import Column
from search_app.engine.engine import SearchEngine
from search_app.query.parser import parse_query
from search_app.web.opensearch import best_is_clear
from tests.support.small_catalogue import generation_of


def engine_of(
    folder: Path, *items: AnyItem, schemas: dict[str, tuple[Column, ...]] | None = None
) -> SearchEngine:
    ordered = tuple(sorted(items, key=lambda item: item.id))
    data_dir = generation_of(folder, Catalogue(ordered, schemas or {}, {}, {})).data_dir
    return SearchEngine(data_dir, learned=False)  # rules alone; test_learned_order.py has the other


def metric(name: str, description: str = "") -> MetricItem:
    return MetricItem(
        id=f"metric/fenix/{name}", kind="metric", name=name, title=name, origin="fenix", apps=("fenix",),
        app_titles=("Firefox for Android",), type="counter", description=description,
    )  # fmt: skip


def table(name: str, description: str = "", schema: str = "", usage: int = 0) -> TableItem:
    return TableItem(
        id=f"table/moz-fx-data-shared-prod.telemetry.{name}", kind="table", name=f"telemetry.{name}",
        title=name, project="moz-fx-data-shared-prod", dataset="telemetry", table=name, layer="view",
        type="view", description=description, tables=(f"telemetry.{name}",), schema_digest=schema,
        usage=usage,
    )  # fmt: skip


def found(engine: SearchEngine, text: str) -> list[str]:
    return [hit.card.name for hit in engine.search(parse_query(text, {"size": "100"})).hits]


def test_a_near_miss_is_shown_where_it_beats_the_first_page_of_passing_mentions(tmp_path: Path) -> None:
    mentions = [
        metric(f"thing.number_{n}", f"Kept on the level of the page, as the {'long ' * 40} battery says.")
        for n in range(ENOUGH + 5)
    ]
    others = [metric(f"other.number_{n}", "Of the level.") for n in range(100)]
    engine = engine_of(tmp_path, metric("power.battery_percentage", "Battery."), *mentions, *others)
    names = found(engine, "battery level")
    assert names[0] == "power.battery_percentage"
    assert len(names) == ENOUGH + 6  # and what holds the common word alone is no hit


def scores(engine: SearchEngine, text: str) -> dict[str, float]:
    return {hit.card.name: hit.score for hit in engine.search(parse_query(text)).hits}


def test_small_words_beside_others_are_not_looked_for(tmp_path: Path) -> None:
    engine = engine_of(
        tmp_path, metric("a", "Level of the battery."), metric("b", "Battery level, as the page has.")
    )
    assert scores(engine, "of the battery") == scores(engine, "battery")
    assert found(engine, "of the") == ["a"]  # alone they are what was asked for
    assert found(engine, '"of the" level') == ["a"]


def test_words_with_a_small_word_between_were_not_typed_side_by_side(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, metric("a", "It is battery level."), metric("b", "Is level it battery."))
    beside, between = scores(engine, "battery level"), scores(engine, "battery of level")
    assert beside["a"] > beside["b"]
    assert between["a"] == between["b"]


def columns(*paths: str) -> tuple[Column, ...]:
    return tuple(Column(path=path, type="STRING") for path in paths)


def test_a_column_asked_for_is_found_in_the_wide_table_that_is_used_most(tmp_path: Path) -> None:
    schemas = {
        "wide": columns("is_default_browser", *(f"other_{n}" for n in range(300))),
        "narrow": columns("is_default_browser", "client_id"),
    }
    engine = engine_of(
        tmp_path,
        table("clients_daily", schema="wide", usage=200),
        table("rolling_cohorts", schema="narrow"),
        table("default_users", "Of the browser."),
        *(table(f"filler_{n}") for n in range(30)),
        schemas=schemas,
    )
    for asked in ("which table has is_default_browser", "is_default_browser column"):
        assert found(engine, asked)[0] == "telemetry.clients_daily", asked


def test_joined_words_are_taken_for_the_beginning_of_a_name_more_surely_than_words_apart(
    tmp_path: Path,
) -> None:
    engine = engine_of(tmp_path, table("pwmgr_origin_failure"), *(table(f"filler_{n}") for n in range(30)))
    joined, apart = (
        engine.search(parse_query(typed, {})).hits[0].score for typed in ("pwmgr_orig", "pwmgr orig")
    )
    assert joined > 1.1 * apart


def test_a_rare_word_near_a_slip_does_not_stand_above_the_likely_one(tmp_path: Path) -> None:
    searches = [table(f"search_{n}", "Search.") for n in range(30)]
    engine = engine_of(tmp_path, table("installs_by_dflt_srch"), *searches, table("pages"))
    assert engine.search(parse_query("serch", {})).did_you_mean == "search"
    assert found(engine, "serch")[-1] == "telemetry.installs_by_dflt_srch"


def test_a_slip_is_mended_also_where_its_stem_is_that_of_rare_other_words(tmp_path: Path) -> None:
    extents = [table(f"glyph_{n}", "The extent of glyphs.") for n in range(4)]
    extensions = [table(f"extension_{n}", "Extension.") for n in range(30)]
    engine = engine_of(tmp_path, *extents, *extensions)
    assert engine.search(parse_query("extention", {})).did_you_mean == "extension"
    assert engine.search(parse_query("extents", {})).did_you_mean is None


def test_a_word_that_stands_for_an_app_is_no_slip(tmp_path: Path) -> None:
    phones = [metric(f"phone.model_{n}", "The phone.") for n in range(5)]
    ios = replace(metric("app.opened"), apps=("firefox_ios",), app_titles=("Firefox for iOS",))
    engine = engine_of(tmp_path, *phones, ios)
    answer = engine.search(parse_query("iphone", {}))
    assert [chip.value for chip in answer.understood] == ["firefox_ios"]
    assert answer.did_you_mean is None


def test_a_word_with_a_slip_has_the_synonyms_of_what_was_meant(tmp_path: Path) -> None:
    others = [metric(f"garbage.pause_{n}", "Garbage, a pause.") for n in range(5)]
    engine = engine_of(tmp_path, metric("javascript.gc.max_pause", "Longest pause."), *others,
                       *(metric(f"collection.size_{n}", "A collection.") for n in range(5)))  # fmt: skip
    answer = engine.search(parse_query("garbage colection pause", {}))
    assert answer.did_you_mean == "garbage collection pause"
    assert answer.hits[0].card.name == "javascript.gc.max_pause"


def test_a_word_with_a_slip_means_itself_before_its_synonyms(tmp_path: Path) -> None:
    tables = [table(f"{word}_{n}", f"{word}.") for word in ("retention", "churn") for n in range(5)]
    engine = engine_of(tmp_path, *tables, *(table(f"filler_{n}") for n in range(40)))
    names = found(engine, "retension")
    assert [name.partition("_")[0] for name in names] == ["telemetry.retention"] * 5 + ["telemetry.churn"] * 5


def test_a_measure_that_repeats_a_name_leaves_it_clear_what_is_meant(tmp_path: Path) -> None:
    measure = MeasureItem(
        id="measure/metric/firefox_desktop/gc_ms",
        kind="measure",
        name="gc_ms",
        title="gc_ms",
        type="metric",
        platform="firefox_desktop",
    )
    engine = engine_of(tmp_path / "one", metric("gc.ms"), measure)
    assert best_is_clear(engine.search(parse_query("gc_ms", {})), "gc_ms")
    engine = engine_of(tmp_path / "two", metric("gc.ms"), metric("gc_ms"), measure)
    assert not best_is_clear(engine.search(parse_query("gc_ms", {})), "gc_ms")


def test_it_is_said_how_many_hits_hold_all_words(tmp_path: Path) -> None:
    whole = [metric("panel.opened_twice", "Of the sidebar."), metric("sidebar.panel_opened_twice")]
    near = [metric(f"panel.opened_{n}", "Of the toolbar.") for n in ("first", "second", "third")]
    results = engine_of(tmp_path, *whole, *near).search(parse_query("sidebar panel opened twice"))
    assert (results.complete, results.total) == (2, 5)
    assert {hit.card.name for hit in results.hits[:2]} == {item.name for item in whole}


def test_a_synonym_is_worth_no_more_than_the_word_that_was_typed(tmp_path: Path) -> None:
    typed = metric("gc.slice")
    meant = metric("garbage.collection_slice")
    others = [metric(f"other.gc_number_{n}") for n in range(30)]  # a common word, beside two rare ones
    engine = engine_of(tmp_path, typed, meant, *others)
    names = found(engine, "gc slice")
    assert names.index("gc.slice") < names.index("garbage.collection_slice")


def test_of_a_question_a_word_of_no_name_weighs_less(tmp_path: Path) -> None:
    said = metric("other.thing", "What a flabbergasted reader sees.")
    meant = metric("reader.toolbar_buttons_pressed", "Pressed.")
    engine = engine_of(tmp_path, said, meant, *(metric(f"reader.number_{n}") for n in range(30)))
    assert found(engine, "flabbergasted reader toolbar buttons pressed")[0] == meant.name


def test_what_an_app_defines_itself_stands_before_what_many_apps_share(tmp_path: Path) -> None:
    own = metric("tabs.opened", "How often.")
    shared = replace(
        metric("tabs.opened_often", "How often."),
        id="metric/gecko/tabs.opened_often", origin="gecko", apps=("fenix", "focus", "klar", "reality"),
    )  # fmt: skip
    app = AppItem(id="app/fenix", kind="app", name="fenix", title="Fenix", apps=("fenix",))
    names = found(engine_of(tmp_path, own, shared, app), "fenix tabs opened how often")
    assert names.index("tabs.opened") < names.index("tabs.opened_often")


def board(name: str, *tiles: str, curated: bool = True) -> DashboardItem:
    return DashboardItem(
        id=f"dashboard/fenix/{name}", kind="dashboard", name=name, title=name, model="fenix", curated=curated,
        type="curated" if curated else "monitoring", labels=tiles,
        tiles=tuple(DashboardTileRef(tile, "looker_line") for tile in tiles),
    )  # fmt: skip


def test_who_says_dashboard_gets_curated_ones_before_what_is_called_so(tmp_path: Path) -> None:
    engine = engine_of(
        tmp_path,
        table("crash_summary", usage=200),
        table("crashes_daily"),
        board("stability", "Crash counts"),
        board("rollout", "Crash counts", curated=False),
        board("growth", "New profiles"),
    )
    found = [hit.card.id for hit in engine.search(parse_query("crash dashboard")).hits]
    assert found[0] == "dashboard/fenix/stability"
    assert found.index("dashboard/fenix/rollout") > 0
    assert engine.search(parse_query("crash")).hits[0].card.kind == "table"


def test_an_abbreviation_is_marked_as_it_is_written_and_its_letters_are_not(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, metric("a11y.theme", "Opens a tool of accessibility, a11y for short."))
    for typed in ("accessibility", "a11y"):
        (hit,) = engine.search(parse_query(typed)).hits
        assert [hit.card.name[a:b] for a, b in hit.name_marks] == ["a11y"]
        marked = [hit.snippet[a:b] for a, b in hit.marks]
        assert "a11y" in marked
        assert "a" not in marked
