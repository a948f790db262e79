"""Which metric probably replaces a probe: only where name or words are all but equal and one alone fits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from indexer.catalogue import Catalogue
from indexer.catalogue.replacements import core, words_of
from tests.support.upstream import Upstream, catalogue_of

PAUSE = "Longest idle slice in a collection of the whole heap (ms)"


@pytest.fixture
def upstream() -> Upstream:
    upstream = Upstream()
    upstream.app("firefox_desktop", "firefox.desktop", dependencies=["gecko"])
    upstream.library("gecko")
    upstream.ping("firefox-desktop", "metrics")
    return upstream


def histogram(upstream: Upstream, name: str, description: str, kind: str = "exponential") -> None:
    upstream.probe("histogram", name, {"description": description, "details": {"kind": kind}})


def replaced(catalogue: Catalogue, probe: str) -> Any:
    return next(item for item in catalogue.items if item.id == f"probe/{probe}").replaced_by  # type: ignore[union-attr]


def test_a_probe_and_a_metric_of_one_name_and_one_description_say_so_both_ways(
    upstream: Upstream, tmp_path: Path
) -> None:
    histogram(upstream, "GC_MAX_PAUSE_MS_2", PAUSE)
    upstream.metric("gecko", "javascript.gc.max_pause", type="timing_distribution", description=PAUSE[:-5])
    items = {item.id: item for item in catalogue_of(upstream, tmp_path).items}
    probe, metric = items["probe/histogram/GC_MAX_PAUSE_MS_2"], items["metric/gecko/javascript.gc.max_pause"]
    reason = "name and description are all but equal"
    assert (probe.replaced_by, probe.replaced_reason) == (metric.id, reason)  # type: ignore[union-attr]
    assert metric.replaces == ((probe.id, reason),)  # type: ignore[union-attr]
    assert probe.related["replaced_by"] == (metric.id,)
    assert metric.related["replaces"] == (probe.id,)


def test_equal_words_need_names_that_are_alike(upstream: Upstream, tmp_path: Path) -> None:
    words = "How long it took to send the whole request to the server"
    histogram(upstream, "HTTP_SEND_TIME", words)
    upstream.metric("gecko", "network.upload.duration", type="timing_distribution", description=words)
    assert replaced(catalogue_of(upstream, tmp_path), "histogram/HTTP_SEND_TIME") == ""


def test_an_equal_name_needs_words_that_are_alike(upstream: Upstream, tmp_path: Path) -> None:
    histogram(upstream, "CACHE_HIT_RATE", "Share of images that were decoded before they were asked for")
    upstream.metric(
        "gecko",
        "network.cache_hit_rate",
        type="custom_distribution",
        description="Found entries by size",
    )
    assert replaced(catalogue_of(upstream, tmp_path), "histogram/CACHE_HIT_RATE") == ""


def test_a_few_words_that_are_the_same_do_beside_an_equal_name(upstream: Upstream, tmp_path: Path) -> None:
    histogram(upstream, "AVIF_DECODER_KIND", "Decoder of the picture")
    histogram(upstream, "AVIF_DECODER_SIZE", "Size of it")
    for name, words in (("avif.decoder_kind", "Decoder of the picture."), ("avif.decoder_size", "Its size")):
        upstream.metric("gecko", name, type="custom_distribution", description=words)
    catalogue = catalogue_of(upstream, tmp_path)
    assert replaced(catalogue, "histogram/AVIF_DECODER_KIND") == "metric/gecko/avif.decoder_kind"
    assert replaced(catalogue, "histogram/AVIF_DECODER_SIZE") == ""


def test_where_two_fit_as_well_none_is_said(upstream: Upstream, tmp_path: Path) -> None:
    histogram(upstream, "GC_MAX_PAUSE_MS", PAUSE)
    for name in ("javascript.gc.max_pause", "cycle.gc.max_pause"):
        upstream.metric("gecko", name, type="timing_distribution", description=PAUSE)
    assert replaced(catalogue_of(upstream, tmp_path), "histogram/GC_MAX_PAUSE_MS") == ""


def test_a_declared_mirror_is_not_guessed_at_and_its_metric_replaces_no_other_probe(
    upstream: Upstream, tmp_path: Path
) -> None:
    histogram(upstream, "GC_MAX_PAUSE_MS", PAUSE)
    histogram(upstream, "GC_MAX_PAUSE_MS_2", PAUSE)
    histogram(upstream, "GC_PAUSE_MAX_ALL", PAUSE)
    upstream.metric(
        "gecko", "javascript.gc.max_pause", type="timing_distribution", description=PAUSE,
        telemetry_mirror="GC_MAX_PAUSE_MS_2",
    )  # fmt: skip
    catalogue = catalogue_of(upstream, tmp_path)
    assert replaced(catalogue, "histogram/GC_MAX_PAUSE_MS_2") == ""  # it is its mirror
    assert replaced(catalogue, "histogram/GC_PAUSE_MAX_ALL") == ""  # the metric mirrors another probe
    # an older version of the very probe that it mirrors
    assert replaced(catalogue, "histogram/GC_MAX_PAUSE_MS") == "metric/gecko/javascript.gc.max_pause"


def test_what_mirrors_a_version_replaces_the_ones_before_it_only(upstream: Upstream, tmp_path: Path) -> None:
    words = "What the server said of the reputation of a downloaded file"
    for name in ("REPUTATION_VERDICT", "REPUTATION_VERDICT_2", "REPUTATION_VERDICT_3"):
        histogram(upstream, name, words)
    upstream.metric(
        "gecko",
        "reputation.verdict",
        type="custom_distribution",
        description=words,
        telemetry_mirror="REPUTATION_VERDICT_2",
    )
    catalogue = catalogue_of(upstream, tmp_path)
    assert replaced(catalogue, "histogram/REPUTATION_VERDICT") == "metric/gecko/reputation.verdict"
    assert replaced(catalogue, "histogram/REPUTATION_VERDICT_3") == ""


def test_values_must_be_of_one_sort(upstream: Upstream, tmp_path: Path) -> None:
    words = "The name of the backend that plays sound on this system"
    upstream.probe("scalar", "media.audio_backend", {"description": words, "details": {"kind": "string"}})
    upstream.metric("gecko", "media.audio_backend", type="event", description=words)
    upstream.metric("gecko", "sound.media.audio_backend", type="counter", description=words)
    assert replaced(catalogue_of(upstream, tmp_path), "scalar/media.audio_backend") == ""


def test_a_number_of_an_enumeration_may_have_become_a_word(upstream: Upstream, tmp_path: Path) -> None:
    words = "Stage that was reached in the repair of a damaged database"
    histogram(upstream, "PLACES_REPAIR_STAGE", words, "enumerated")
    upstream.metric("gecko", "places.repair_stage", type="labeled_string", description=words)
    found = replaced(catalogue_of(upstream, tmp_path), "histogram/PLACES_REPAIR_STAGE")
    assert found == "metric/gecko/places.repair_stage"


def test_a_use_counter_is_replaced_by_what_counts_the_very_same(upstream: Upstream, tmp_path: Path) -> None:
    histogram(upstream, "USE_COUNTER2_CSS_PROPERTY_Foo_PAGE", "Whether a page used the CSS property foo")
    for what, name in (("page", "page"), ("document", "doc")):
        upstream.metric(
            "gecko", f"use.counter.css.{name}.css_foo", type="counter",
            description=f"Whether a {what} used the CSS property foo. Compare against `use.counter.all`.",
        )  # fmt: skip
    found = replaced(catalogue_of(upstream, tmp_path), "histogram/USE_COUNTER2_CSS_PROPERTY_Foo_PAGE")
    assert found == "metric/gecko/use.counter.css.page.css_foo"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("GC_MAX_PAUSE_MS_2", ("gc", "max", "pause")),
        ("javascript.gc.max_pause", ("javascript", "gc", "max", "pause")),
        ("MS_2", ("ms",)),
    ],
)
def test_the_core_of_a_name_has_no_units_and_numbers_at_its_end(name: str, words: tuple[str, ...]) -> None:
    assert core(name) == words


def test_what_a_definition_says_of_itself_is_not_compared() -> None:
    own = "Size of x. This metric was generated to correspond to the Legacy Telemetry histogram A_B."
    assert words_of(own) == ("size", "of", "x")
