"""Completions of pasted beginnings, of slips, of extra keys; near values of filters; other scripts."""

from __future__ import annotations

import pytest

from indexer.text.analysis import identifier_words
from search_app.engine.engine import SearchEngine
from search_app.query.parser import parse_query


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("Glean.pwmgr", "pwmgr."),
        ("`mozdata.tel", "telemetry."),
        ("mozilla::glean::networking", "networking"),
        ("clinets_daily", "clients_daily"),
        ("javascript.gc.slice_tmie", "javascript.gc.slice_time"),
    ],
)
def test_a_pasted_beginning_or_a_slip_is_completed(
    mirror_engine: SearchEngine, typed: str, part: str
) -> None:
    assert any(part in each.text for each in mirror_engine.suggest(typed)[:5])


@pytest.mark.mirror
def test_the_beginning_of_a_column_has_the_metrics_of_its_type(mirror_engine: SearchEngine) -> None:
    for begun in ("metrics.counter.", "metrics.coun", "moz-fx-data-shared-prod.fenix.metrics.metrics.coun"):
        found = [each for each in mirror_engine.suggest(begun) if each.url]
        assert len(found) >= 5, begun
        assert all("counter" in each.detail for each in found), begun


@pytest.mark.mirror
def test_two_letters_that_are_a_word_come_before_longer_words(mirror_engine: SearchEngine) -> None:
    texts = [each.text for each in mirror_engine.suggest("gc")]
    gc = [place for place, text in enumerate(texts) if "gc." in text.lower() or "gc_" in text.lower()]
    assert any(text.startswith("javascript.gc.") for text in texts)
    assert gc[0] < next((place for place, text in enumerate(texts) if "gclid" in text), len(texts))


@pytest.mark.mirror
def test_an_extra_key_is_completed_as_a_filter(mirror_engine: SearchEngine) -> None:
    extra = mirror_engine._on.reader.facets["extra"]
    key = next(value for value in map(extra.values.__getitem__, range(len(extra.values))) if len(value) > 8)
    assert any(each.text == f"extra:{key} " for each in mirror_engine.suggest(key))
    found = mirror_engine.search(parse_query(f"extra:{key}"))
    assert found.total
    assert all(hit.match and hit.match.value == key for hit in found.hits)


@pytest.mark.mirror
@pytest.mark.parametrize("text", ["app:focus", "app:android", "app:firefox"])
def test_values_of_filters_are_matched_like_words(mirror_engine: SearchEngine, text: str) -> None:
    word = text.partition(":")[2]
    hits = mirror_engine.search(parse_query(f"{text} kind:app")).hits
    assert hits
    assert all(word in f"{hit.card.name} {hit.card.title}".lower() for hit in hits)


@pytest.mark.mirror
def test_a_value_with_a_slip_is_answered_with_the_nearest(mirror_engine: SearchEngine) -> None:
    results = mirror_engine.search(parse_query("ping:basline"))
    assert results.total == 0
    [near, *_] = [help_ for help_ in results.help if help_.kind == "near-value"]
    assert near.text == "ping: baseline"
    assert near.total == mirror_engine.search(parse_query(near.q)).total


@pytest.mark.mirror
def test_a_word_with_an_accent_is_not_mended_without_a_word(mirror_engine: SearchEngine) -> None:
    results = mirror_engine.search(parse_query("caf\u00e9 counts"))
    words = (results.did_you_mean or "").split()
    assert "caf\u00e9" not in words


def test_scripts_without_spaces_are_cut_into_pairs() -> None:
    assert identifier_words("\u7f51\u9875\u6d4f\u89c8\u5668 gc") == [
        "\u7f51\u9875",
        "\u9875\u6d4f",
        "\u6d4f\u89c8",
        "\u89c8\u5668",
        "gc",
    ]
    assert identifier_words("\ud55c\uad6d\uc5b4") == ["\ud55c\uad6d", "\uad6d\uc5b4"]
    assert identifier_words("\u65e5\u672c") == ["\u65e5\u672c"]
