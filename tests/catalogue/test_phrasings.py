"""How people ask for things, in our own words: read, checked, put on the things, and found by."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.catalogue.phrasings import FOLDER, PhrasingProblem, phrasings_of, shipped_phrasings
from indexer.index.documents.document import to_document
from indexer.model.items import DocItem
from indexer.model.records import DocSection
from indexer.text.analysis import stem, words
from search_app.engine.engine import SearchEngine

DOC = {"thing": "doc:concepts/help.md#chat", "asked": ["where do i ask a person"]}


def test_a_thing_has_its_own_phrases_then_those_of_its_families_the_nearest_first() -> None:
    found = phrasings_of(
        [
            {"thing": "metric:gfx.*", "asked": ["drawing on the screen"]},
            {"thing": "metric:gfx.checkerboard.*", "asked": ["white areas"]},
            {"thing": "metric:gfx.checkerboard.severity", "asked": ["how bad are white areas"]},
        ]
    )
    assert found.of("metric", "gfx.checkerboard.severity") == (
        "how bad are white areas", "white areas", "drawing on the screen",
    )  # fmt: skip
    assert found.of("metric", "gfx.feature") == ("drawing on the screen",)
    assert found.of("metric", "gf") == ()
    assert found.of("probe", "gfx.checkerboard.severity") == ()


@pytest.mark.parametrize(
    "entry",
    [
        "doc:concepts/help.md",
        {"thing": "doc:concepts/help.md"},
        {"thing": "doc:concepts/help.md", "asked": "a text alone"},
        {"thing": "doc:concepts/help.md", "asked": []},
        {"thing": "doc:concepts/help.md", "asked": ["one " * 11]},
        {"thing": "doc:concepts/help.md", "asked": [""]},
        {"thing": "doc:concepts/help.md", "asked": [7]},
        {"thing": "planet:mars", "asked": ["where is it"]},
        {"thing": "metric:*", "asked": ["everything"]},
        {**DOC, "because": "there is no such key"},
    ],
)
def test_a_bad_entry_is_refused_by_name(entry: object) -> None:
    with pytest.raises(PhrasingProblem):
        phrasings_of([entry])


def test_a_thing_stands_once() -> None:
    with pytest.raises(PhrasingProblem, match="stands twice"):
        phrasings_of([DOC, DOC])


def test_a_phrase_is_searched_like_a_label() -> None:
    section = DocSection(
        path="concepts/help.md", slug="chat", heading="Chat", page_title="Help", level=2, text="Rooms.",
    )  # fmt: skip
    item = DocItem(
        id="doc/concepts/help.md#chat", kind="doc", name="concepts/help.md#chat", title="Chat",
        section=section, asked=("where do i ask a person",),
    )  # fmt: skip
    document = to_document(item)
    assert stem("person") in document.groups["label"]
    assert stem("person") not in document.groups["name"] | document.groups["prose"]


def test_the_shipped_phrases_are_read_and_are_many() -> None:
    shipped = shipped_phrasings()
    assert sum(len(asked) for names in shipped.exact.values() for asked in names.values()) > 5_000
    assert all(path.suffix == ".yaml" for path in FOLDER.iterdir())


@pytest.mark.mirror
@pytest.mark.slow
def test_every_phrase_is_of_a_thing_that_is_there_and_brings_a_word_that_the_thing_lacks(
    mirror_data: Path,
) -> None:
    """A phrase whose words the thing holds already adds nothing but weight."""
    store = SearchEngine(mirror_data).searchable.store
    shipped = shipped_phrasings()
    named: dict[tuple[str, str], set[str]] = {}
    for item in store.every_item():
        if item.asked:
            own = to_document(item, None)
            held = set(own.groups["name"]) | set(own.groups["prose"])
            named.setdefault((item.kind, item.name), held).intersection_update(held)
    exact = {(kind, name) for kind, names in shipped.exact.items() for name in names}
    assert exact - named.keys() == set()
    begun = {(kind, begin) for kind, begins in shipped.families.items() for begin in begins}
    assert {
        (kind, begin)
        for kind, begin in begun
        if not any(of == kind and name.startswith(begin) for of, name in named)
    } == set()
    assert {
        (kind, name, phrase)
        for kind, name in exact
        for phrase in shipped.exact[kind][name]
        if set(words(phrase)) <= named[kind, name]
    } == set()
