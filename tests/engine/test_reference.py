"""The engine gives what the slow reference implementation gives: hits, order, variants, totals, facets."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from indexer.catalogue.model import Catalogue
from indexer.store.reader import Store
from search_app.engine import scorer as scoring
from search_app.engine.collapse import VARIANTS
from search_app.engine.engine import SearchEngine
from search_app.engine.facets import SHOWN
from search_app.engine.results import Hit, Results
from search_app.query.model import Query
from search_app.query.parser import parse_query
from tests.support.reference import Answer, Group, Reference, near_to
from tests.support.small_catalogue import FILLER, Made, generation_of, random_catalogue

SEEDS = (1, 2, 3)
SMALL = 150  # items of a small catalogue
SLICE = 1_200  # items of the real one

Pair = tuple[SearchEngine, Reference]


@pytest.fixture(autouse=True, scope="module")
def no_list_is_too_short_to_be_left_out() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring, "LONG", 0)
        yield


def pair_of(made: Made) -> Pair:
    """The engine and the reference over the same documents."""
    reference = Reference(made.documents, made.columns, made.opened.manifest.today)
    return SearchEngine(made.data_dir, results_kept=0, learned=False), reference


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> list[Pair]:
    folder = tmp_path_factory.mktemp("small")
    return [pair_of(generation_of(folder / str(seed), random_catalogue(seed, SMALL))) for seed in SEEDS]


@pytest.fixture(scope="module")
def real(mirror_data: Path, mirror_engine: SearchEngine, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Every n-th group of the real catalogue, whole."""
    return pair_of(generation_of(tmp_path_factory.mktemp("slice"), _slice_of(mirror_data, mirror_engine)))


def _slice_of(data: Path, engine: SearchEngine) -> Catalogue:
    generation = data / "generations" / engine.generation.id
    store = Store(generation / "catalogue.sqlite")
    ids = [id_ for kind in store.count() for id_ in store.ids(kind)]
    chance = random.Random(5)
    items = {item.id: item for item in store.items(sorted(chance.sample(ids, SLICE // 2)))}
    wanted = {item.family or item.id for item in items.values()}
    for start in range(0, len(ids), 2_000):
        for item in store.items(ids[start : start + 2_000]):
            if (item.family or item.id) in wanted and len(items) < SLICE:
                items[item.id] = item
    ordered = tuple(items[id_] for id_ in sorted(items))
    digests = {digest for item in ordered if (digest := getattr(item, "schema_digest", ""))}
    return Catalogue(ordered, {digest: tuple(store.columns(digest)) for digest in digests}, {}, {})


# ------------------------------------------------------------------ queries


def slip(draw: st.DrawFn, word: str) -> str:
    """The word with a letter left out, doubled or replaced."""
    at = draw(st.integers(0, max(0, len(word) - 1)))
    return word[:at] + draw(st.sampled_from(("", word[at : at + 1] * 2, "q"))) + word[at + 1 :]


@st.composite
def texts(draw: st.DrawFn, reference: Reference) -> str:
    """What a person might type over these documents, and what nobody would."""
    return " ".join(_token(draw, reference) for _ in range(draw(st.integers(0, 4))))


def _token(draw: st.DrawFn, reference: Reference) -> str:
    card = reference.cards[draw(st.integers(0, len(reference.cards) - 1))]
    name, prose = str(card["name"]), str(card["description"]).split() or ["nothing"]
    pieces = name.replace("#", ".").replace("/", ".").replace("_", ".").split(".")
    piece = draw(st.sampled_from([part for part in pieces if part] or ["x"]))
    at = draw(st.integers(0, len(prose) - 1))
    word = prose[at].strip("\"'`-:*()") or "word"
    columns = reference.column_paths or ["client_id"]
    forms: dict[str, Callable[[], str]] = {
        "piece": lambda: piece,
        "word": lambda: word,
        "name": lambda: name,
        "unfinished": lambda: piece[: max(2, len(piece) - 2)],
        "half a name": lambda: name[: max(4, len(name) * 2 // 3)],
        "slip": lambda: slip(draw, piece),
        "slip in a name": lambda: slip(draw, name),
        "filler": lambda: draw(st.sampled_from(FILLER)),
        "app": lambda: draw(st.sampled_from(["fenix", "firefox for android", "desktop"])),
        "kind": lambda: draw(st.sampled_from(["metrics", "pings", "tables", "events", "expired probes"])),
        "phrase": lambda: f'"{" ".join(prose[at : at + 2])}"',
        "without": lambda: f"-{piece}",
        "said without": lambda: draw(st.sampled_from(SAID)) + " " + draw(st.sampled_from([piece, *UNWANTED])),
        "prefix": lambda: f"{piece[:3]}*",
        "either": lambda: f"{piece} OR {word}",
        "two in one": lambda: "".join(pieces[:2]).lower(),
        "filter": lambda: draw(st.sampled_from(FILTERS)),
        "column": lambda: draw(st.sampled_from(columns)),
        "code": lambda: f"Glean.{name}.add({piece}, value);",
        "SQL": lambda: f"SELECT {draw(st.sampled_from(columns))} FROM mozdata.{name} WHERE x = '{word}'",
    }
    return forms[draw(st.sampled_from(sorted(forms)))]()


SAID = ("but not", "without", "excluding the", "except", ", not")
UNWANTED = ("desktop", "mobile", "events", "pings", "expired", "fenix and counters", "tables")
FILTERS = (
    "kind:metric", "kind:table", "-kind:metric", "app:fenix", "-app:fenix", 'app:"Firefox for Android"',
    "type:counter", "ping:metrics", "ping:first_session", "status:active", "status:inactive", "tag:Search",
    "table:fenix.metrics", "dataset:telemetry", "sensitivity:technical", "column:client_info.app_build",
    "column:metrics.counter.search_count", "owner:perf", "bug:1234567", "expires:never", "expires:expired",
    "extra:tab", "extra:search_count", "-label:search", "label:tab", "sql:select", 'sql:"select tab"',
    "sql:1", "changed:2025", "changed:>=2026-06-01", "removed:2024", "-removed:2020..2027",
    "expires:100..130", "expires:90d", "-expires:never", "added:30d", "added:2024", "added:>=2025-01-01",
)  # fmt: skip
CHOSEN: tuple[dict[str, list[str]], ...] = (
    {}, {}, {}, {"kind": ["metric"]}, {"kind": ["metric", "table"], "status": ["active"]},
    {"app": ["fenix", "firefox_desktop"]}, {"type": ["counter"]}, {"tag": ["Search"], "app": ["fenix"]},
    {"kind": ["doc"]}, {"dataset": ["nothing"]},
)  # fmt: skip


def queries(reference: Reference) -> st.SearchStrategy[Query]:
    """Texts with filters, sorts and pages."""

    def made(text: str, chosen: dict[str, list[str]], sort: str, page: int, size: int) -> Query:
        return parse_query(text, {**chosen, "sort": sort, "page": str(page), "size": str(size)})

    return st.builds(
        made,
        texts(reference),
        st.sampled_from(CHOSEN),
        st.sampled_from(["relevance", "relevance", "relevance", "name", "newest"]),
        st.sampled_from([1, 1, 2]),
        st.sampled_from([7, 20, 100]),
    )


# ------------------------------------------------------------------ comparing


def compare(pair: Pair, query: Query) -> None:
    """Everything that the engine answers against what it must answer."""
    engine, reference = pair
    wanted = reference.answer(query)
    assume(not wanted.doubtful)
    found = engine.search(query)
    assert (found.total, found.relaxed) == (wanted.total, wanted.relaxed)
    _compare_hits(found, wanted, reference, query)
    _compare_facets(found, wanted, query)


def _compare_hits(found: Results, wanted: Answer, reference: Reference, query: Query) -> None:
    """Each hit is as good as the group that must stand in its place, and shows its own members in order."""
    first = (query.page - 1) * query.size
    due = wanted.groups[first : first + query.size]
    assert len(found.hits) == len(due)
    assert len({hit.card.id for hit in found.hits}) == len(due)
    family_of = {reference.documents[d].id: f for f in wanted.groups for _, d in f.members}
    for hit, in_place in zip(found.hits, due, strict=True):
        group, place = family_of[hit.card.id], in_place.worth
        slack = near_to(place) if query.sort == "relevance" else 0.0
        assert group.lowest - slack <= place <= group.highest + slack, (hit.card.id, place)
        _compare_members(hit, group, reference)


def _compare_members(hit: Hit, group: Group, reference: Reference) -> None:
    """The best or the living member stands for the group with its score, the others follow in order."""
    shown = [hit.card.id, *(variant.id for variant in hit.variants)]
    numbers = {reference.documents[document].id: document for _, document in group.members}
    values = {document: value for value, document in group.members}
    assert len(set(shown)) == len(shown) == min(len(group.members), VARIANTS + 1)
    assert hit.variant_count == len(group.members) - 1
    assert numbers[hit.card.id] in group.representatives
    others = [member for member in group.members if member[1] != numbers[hit.card.id]]
    for id_, (value, _) in zip(shown[1:], others, strict=False):
        assert abs(values[numbers[id_]] - value) <= near_to(value), id_
    score = group.scores[numbers[hit.card.id]]
    assert abs(hit.score - score) <= near_to(score) + 0.0005  # shown with three digits


def _compare_facets(found: Results, wanted: Answer, query: Query) -> None:
    """The most frequent values, equal ones by name, and the chosen ones."""
    assert [facet.name for facet in found.facets] == list(query.facets)
    for facet in found.facets:
        counts = {value: count for value, count in wanted.facets[facet.name].items() if count}
        order = sorted(counts, key=lambda value: (-counts[value], value.encode()))
        shown = {value.value: value.count for value in facet.values}
        assert list(shown)[: min(SHOWN, len(order))] == order[:SHOWN], facet.name
        assert all(count == counts.get(value, 0) for value, count in shown.items()), facet.name
        assert facet.total == len(counts), facet.name


SETTINGS = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
}


@settings(max_examples=150, derandomize=True, **SETTINGS)
@given(data=st.data())
def test_random_queries_over_small_catalogues_are_answered_by_definition(
    small: list[Pair], data: st.DataObject
) -> None:
    pair = data.draw(st.sampled_from(small))
    compare(pair, data.draw(queries(pair[1])))


@pytest.mark.slow
def test_thousands_of_random_queries_over_small_catalogues_are_answered_by_definition(
    small: list[Pair],
) -> None:
    _ask_at_random(small, 2_000)


@pytest.mark.mirror
@pytest.mark.slow
def test_random_queries_over_a_slice_of_the_real_catalogue_are_answered_by_definition(real: Pair) -> None:
    _ask_at_random([real], 500)


@pytest.mark.full
def test_many_more_random_queries_over_small_catalogues_are_answered_by_definition(small: list[Pair]) -> None:
    _ask_at_random(small, 20_000)


@pytest.mark.full
@pytest.mark.mirror
def test_many_more_random_queries_over_the_slice_are_answered_by_definition(real: Pair) -> None:
    _ask_at_random([real], 5_000)


def _ask_at_random(pairs: list[Pair], often: int) -> None:
    """Other queries at each run."""

    @settings(max_examples=often, **SETTINGS)
    @given(data=st.data())
    def asked(data: st.DataObject) -> None:
        pair = data.draw(st.sampled_from(pairs))
        compare(pair, data.draw(queries(pair[1])))

    asked()
