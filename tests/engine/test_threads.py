"""One engine shared by threads gives each of them what it gives to one alone."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.index.completion.suggester import Suggestion
from indexer.text.analysis import identifier_words
from search_app.engine.engine import SearchEngine
from search_app.engine.results import Results
from search_app.query.model import Query
from search_app.query.parser import parse_query
from tests.support.small_catalogue import generation_of, random_catalogue

THREADS = 8
ANSWERS = 50_000
QUESTIONS = 1_000
FILTERS: tuple[dict[str, list[str]], ...] = (
    {}, {}, {}, {"kind": ["metric"]}, {"app": ["fenix"], "status": ["active"]}, {"sort": ["newest"]},
)  # fmt: skip


def questions(names: list[str]) -> list[Query]:
    """Names, words of them, unfinished and mistyped ones, with and without filters."""
    chance = random.Random(11)
    found = []
    for number in range(QUESTIONS):
        name = chance.choice(names)
        words = identifier_words(f"{name} {chance.choice(names)}")
        text = chance.choice(
            (name, name[:-2], name.replace("e", "", 1), " ".join(chance.sample(words, min(2, len(words)))))
        )
        found.append(parse_query(text, FILTERS[number % len(FILTERS)]))
    return found


def asked(engine: SearchEngine, query: Query) -> tuple[Results, list[Suggestion]]:
    """An answer without the time that it took, and the completions of the same text."""
    return replace(engine.search(query), took_ms=0.0), engine.suggest(query.text)


def in_threads(engine: SearchEngine, queries: list[Query], answers: int) -> int:
    """How many of that many answers, in any order by eight threads at once, are not those of one thread."""
    alone = SearchEngine(engine._data_dir, results_kept=0)
    due = [asked(alone, query) for query in queries]
    together = threading.Barrier(THREADS)

    def ask(thread: int) -> int:
        chance = random.Random(thread)
        together.wait()  # the first touch of everything is a race, too
        return sum(
            asked(engine, queries[place]) != due[place]
            for place in (chance.randrange(len(queries)) for _ in range(answers // THREADS))
        )

    with ThreadPoolExecutor(THREADS) as threads:
        return sum(threads.map(ask, range(THREADS)))


@pytest.fixture(scope="module")
def small_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generation_of(tmp_path_factory.mktemp("threads"), random_catalogue(9, 300)).data_dir


def names_of(engine: SearchEngine) -> list[str]:
    return [hit.card.name for hit in engine.search(Query("", sort="name", size=100, facets=())).hits]


@pytest.mark.slow
def test_eight_threads_on_one_engine_answer_as_one(small_data: Path) -> None:
    engine = SearchEngine(small_data, results_kept=0)
    assert in_threads(engine, questions(names_of(SearchEngine(small_data)))[:60], 240) == 0


def test_eight_threads_share_kept_answers(small_data: Path) -> None:
    engine = SearchEngine(small_data, results_kept=10)
    assert in_threads(engine, questions(names_of(SearchEngine(small_data)))[:30], 240) == 0
    assert len(engine._kept) <= 10


@pytest.mark.slow
def test_fifty_thousand_answers_of_eight_threads_are_those_of_one(small_data: Path) -> None:
    engine = SearchEngine(small_data, results_kept=0)
    assert in_threads(engine, questions(names_of(SearchEngine(small_data))), ANSWERS) == 0


@pytest.mark.slow
@pytest.mark.mirror
def test_threads_answer_as_one_over_the_real_catalogue(mirror_data: Path) -> None:
    engine = SearchEngine(mirror_data, results_kept=0)
    names: list[str] = []
    for page in range(1, 90, 11):
        found = engine.search(Query("", sort="name", size=100, page=page, facets=()))
        names += [hit.card.name for hit in found.hits]
    fresh = SearchEngine(mirror_data, results_kept=0)
    assert in_threads(fresh, questions(names)[:400], 4_000) == 0
