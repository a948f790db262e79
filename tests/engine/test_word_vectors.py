"""Vectors of words: what stands among the same words is near, whatever it is spelt like."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from indexer.catalogue.model import Catalogue
from indexer.index.array_files import open_arrays
from indexer.index.format import TERMS, VECTORS
from indexer.index.generation import FOLDER, VECTORS_SINCE, file_digests, open_generation
from indexer.index.reader import IndexReader
from indexer.index.word_vectors import DIMENSIONS, SCALE, gists_of, lay_out_vectors
from indexer.model.items import MetricItem
from indexer.text.analysis import stem
from search_app.engine.engine import SearchEngine
from search_app.engine.features import WordVectors
from search_app.query.parser import parse_query
from tests.support.generations import write_changed
from tests.support.small_catalogue import Made, generation_of

# Each word of a circle stands in several sentences, and no two circles share one.
CIRCLES = (
    ("theme", "dark", "night", "colour", "wallpaper", "appearance"),
    ("crash", "minidump", "stack", "signature", "process", "failure"),
    ("battery", "charge", "watt", "energy", "power", "laptop"),
)


def catalogue() -> Catalogue:
    """Things whose descriptions are words of one circle; of `night` and `dark` never both."""
    items = []
    for number, circle in enumerate(CIRCLES):
        for turn in range(12):
            said = [circle[(turn + step) % len(circle)] for step in range(len(circle))]
            said = [word for word in said if word != ("dark", "night")[turn % 2]]
            name = f"circle{number}.thing{turn}"
            items.append(
                MetricItem(
                    id=f"metric/fenix/{name}",
                    kind="metric",
                    name=name,
                    title=name,
                    origin="fenix",
                    apps=("fenix",),
                    app_titles=("Firefox for Android",),
                    type="counter",
                    description=" ".join(said),
                )
            )
    return Catalogue(tuple(sorted(items, key=lambda item: item.id)), {}, {}, {})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return generation_of(tmp_path_factory.mktemp("vectors"), catalogue())


@pytest.fixture(scope="module")
def reader(made: Made) -> IndexReader:
    return IndexReader(made.opened)


def nearness(reader: IndexReader, words: Sequence[str], worth: Sequence[float] = ()) -> dict[str, float]:
    """How near each thing is to words."""
    places = [reader.terms.find(stem(word)) for word in words]
    near = WordVectors(reader.opened.arrays).nearness(places, worth or [1.0] * len(words), reader.group)
    return {str(reader.card(n).name): float(value) for n, value in enumerate(near)}


def test_a_thing_is_near_to_words_that_it_does_not_hold(reader: IndexReader) -> None:
    near = nearness(reader, ["night"])
    without = {name for name in near if name.startswith("circle0") and int(name[len("circle0.thing") :]) % 2}
    others = [value for name, value in near.items() if not name.startswith("circle0")]
    assert len(without) == 6
    assert min(near[name] for name in without) > max(others) + 0.3


def test_what_weighs_more_in_a_query_pulls_more(reader: IndexReader) -> None:
    to_crashes = nearness(reader, ["battery", "crash"], [0.2, 1.0])
    to_batteries = nearness(reader, ["battery", "crash"], [1.0, 0.2])
    assert to_crashes["circle1.thing0"] > to_crashes["circle2.thing0"]
    assert to_batteries["circle1.thing0"] < to_batteries["circle2.thing0"]


@pytest.mark.parametrize("places", [[], [-1], [10**6]])
def test_nothing_is_near_to_words_that_nobody_knows(reader: IndexReader, places: list[int]) -> None:
    near = WordVectors(reader.opened.arrays).nearness(places, [1.0] * len(places), reader.group)
    assert near.tolist() == [0.0] * reader.size


def test_vectors_have_length_one_or_none_and_each_group_has_one(sample_data: Path) -> None:
    arrays = SearchEngine(sample_data).searchable.reader.opened.arrays
    groups = arrays["group_vectors"].astype(np.float64) / SCALE
    lengths = np.linalg.norm(groups, axis=1)
    assert groups.shape == (len(arrays["group_size"]), DIMENSIONS)
    assert np.all((np.abs(lengths - 1) < 0.05) | (lengths == 0))
    assert np.count_nonzero(lengths) > len(lengths) / 2


def test_the_same_documents_make_the_same_vectors(made: Made) -> None:
    kept = open_arrays(made.opened.path / "arrays")
    again = lay_out_vectors(gists_of(made.documents, TERMS.read(kept)))
    assert sorted(again) == sorted(each.name for each in VECTORS)
    assert all(array.tobytes() == kept[name].tobytes() for name, array in again.items())


def test_a_catalogue_of_one_thing_has_no_words_to_learn_from(tmp_path: Path) -> None:
    one = catalogue().items[:1]
    reader = IndexReader(generation_of(tmp_path, Catalogue(one, {}, {}, {})).opened)
    assert nearness(reader, ["night", "dark"]) == {str(one[0].name): 0.0}


def test_a_generation_from_before_vectors_answers_and_a_newer_one_without_them_is_refused(
    tmp_path: Path,
) -> None:
    made = generation_of(tmp_path, catalogue())
    folder = tmp_path / FOLDER / "made"
    for each in VECTORS:
        (folder / "arrays" / f"{each.name}.npy").unlink()
    (folder / "manifest.json").rename(tmp_path / "manifest.json")
    digests = file_digests(folder)
    (tmp_path / "manifest.json").rename(folder / "manifest.json")
    write_changed(folder, folder, files=digests)
    with pytest.raises(ValueError, match="lacks the arrays"):
        open_generation(folder)
    write_changed(folder, folder, format_version=VECTORS_SINCE - 1, files=digests)
    found = SearchEngine(made.data_dir).search(parse_query("dark theme colour"))
    assert [hit for hit in found.hits if hit.card.name.startswith("circle0")]
