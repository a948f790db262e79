"""The bench: the same catalogue gives the same things and queries, and its report says what was measured."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import groupby
from pathlib import Path

import pytest

from search_app.evaluation.bench import fts5_peer, measuring, ours, serving
from search_app.evaluation.bench.corpus import Corpus, made_corpus, sample_corpus
from search_app.evaluation.bench.figures import Asked, Built, Engine, Report, Sized, Spread
from search_app.evaluation.bench.plot import growth_svg
from search_app.evaluation.bench.questions import RULES, Question, questions, typed_ahead
from search_app.evaluation.bench.report import markdown
from tests.support.small_catalogue import generation_of, random_catalogue


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    made = generation_of(tmp_path_factory.mktemp("bench"), random_catalogue(4, 200))
    return Corpus(made.documents, {})


def test_a_made_catalogue_is_of_the_wanted_size_and_the_same_each_time(corpus: Corpus) -> None:
    first, second = made_corpus(corpus, 900), made_corpus(corpus, 900)
    assert len(first.documents) == 900
    assert first == second
    assert len({document.id for document in first.documents}) == 900
    assert [d.id for d in sample_corpus(corpus, 50).documents] == [
        d.id for d in sample_corpus(corpus, 50).documents
    ]


def test_a_made_catalogue_has_families_and_facets_as_often_as_the_real_one(corpus: Corpus) -> None:
    def sizes(documents: Corpus) -> list[int]:
        return sorted(len(list(group)) for _, group in groupby(documents.documents, key=lambda d: d.family))

    twice = made_corpus(corpus, 2 * len(corpus.documents))
    assert sizes(twice) == sorted([*sizes(corpus), *sizes(corpus)])
    for facet in ("kind", "app", "status"):
        before = sorted(value for d in corpus.documents for value in d.facets.get(facet, ()))
        after = sorted(value for d in twice.documents for value in d.facets.get(facet, ()))
        assert after == sorted([*before, *before])


def test_queries_are_of_every_class_and_the_same_each_time(corpus: Corpus) -> None:
    asked = questions(corpus.documents, 5)
    assert [question.kind for question in asked] == [kind for kind in RULES for _ in range(5)]
    assert asked == questions(corpus.documents, 5)
    assert all(question.text.endswith("*") for question in asked if question.kind == "prefix")
    assert all(question.filters for question in asked if question.kind == "filter")
    assert typed_ahead(corpus.documents, 20) == typed_ahead(corpus.documents, 20)


def test_peers_find_the_same_documents(corpus: Corpus, tmp_path: Path) -> None:
    """Whatever holds the word is found by both; families are one hit here and several there."""
    pages = {}
    for peer in (ours, fts5_peer):
        peer.build(tmp_path / peer.__name__, corpus)
        opened = peer.open_peer(tmp_path / peer.__name__)
        pages[peer.__name__] = opened.ask(Question("words", "wallpaper", {"kind": ("doc",)}))
    found = {name: {hit["id"] for hit in page.hits} for name, page in pages.items()}
    assert (
        found["search_app.evaluation.bench.ours"] == found["search_app.evaluation.bench.fts5_peer"] != set()
    )
    kinds = {name: page.facets["kind"] for name, page in pages.items()}
    assert ("doc", len(found["search_app.evaluation.bench.ours"])) in kinds[
        "search_app.evaluation.bench.fts5_peer"
    ]


@pytest.mark.slow
def test_memory_is_that_of_two_processes_which_answered_and_end_then(corpus: Corpus, tmp_path: Path) -> None:
    ours.build(tmp_path, corpus)
    asked = [Question("words", "wallpaper", {"kind": ("doc",)})]
    sizes = measuring.workers_memory("ours", tmp_path, asked)
    assert len(sizes) == 2
    assert all(size > 10 for size in sizes) or not Path("/proc/self/smaps_rollup").exists()
    with pytest.raises(RuntimeError, match="ours did not answer"):
        measuring.workers_memory("ours", tmp_path / "nothing", asked)


def test_a_slow_engine_is_asked_a_query_of_each_class_at_least(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fts5_peer.build(tmp_path / "fts5", corpus)
    asked = questions(corpus.documents, 4)
    folders = {"fts5_peer": tmp_path / "fts5"}
    assert measuring.ask(folders, asked, ["wal"], 1)["fts5_peer"].queries == len(asked)
    monkeypatch.setattr(measuring, "LONGEST_ROUND", 1e-6)
    thinned = measuring.ask(folders, asked, ["wal"], 1)["fts5_peer"]
    assert thinned.queries == len(thinned.classes) == len({question.kind for question in asked})


def test_the_report_gives_ratios_and_the_plot_a_line_for_each_engine() -> None:
    def engine(name: str, factor: float) -> Engine:
        spread = Spread(1.0 * factor, 2.0 * factor, 3.0, 4.0)
        asked = Asked(5.0, 192, spread, spread, spread, {"words": spread}, None, 7.0, "words: tab")
        return Engine(name, "nothing", Built(10.0 * factor, 11.0, 12.0 * factor, 13.0), asked, (50.0, 40.0))

    sizes = [
        Sized("Small", 10_000, {"ours": engine("Ours", 1.0), "other": engine("Other", 4.0)}),
        Sized("Large", 1_000_000, {"ours": engine("Ours", 5.0), "other": engine("Other", 50.0)}),
    ]
    report = Report("2026-07-01", {"cores": "2"}, {"numpy": "2.4"}, sizes)
    text = markdown(report)
    assert "Against Other (nothing): p50 0.25 x, p95 0.25 x, first p50 0.25 x, build CPU 0.25 x" in text
    assert "| memory of a second worker, MB | 40.0 | 40.0 |" in text
    drawn = ET.fromstring(growth_svg(report))
    assert len(drawn.findall(".//{http://www.w3.org/2000/svg}polyline")) == 2 * 4


def test_spread_is_of_all_runs() -> None:
    assert Spread.of([float(n) for n in range(1, 102)]) == Spread(51.0, 96.0, 100.0, 101.0)


def test_queries_become_addresses_with_their_filters() -> None:
    question = Question("filter", "tab count", {"app": ("fenix", "klar_ios")})
    assert serving.paths("/x", [question]) == ["/x?q=tab+count&app=fenix&app=klar_ios"]
