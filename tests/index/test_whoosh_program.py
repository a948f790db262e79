"""A generation's index is open to any Whoosh program, and says there what our engine says."""

from __future__ import annotations

import io
import os
import pickle
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import whoosh
from hypothesis import given
from hypothesis import strategies as st
from whoosh import fields, index, query, scoring, sorting
from whoosh.analysis import Analyzer
from whoosh.qparser import QueryParser

from indexer.index.arrays import strings
from indexer.index.documents.document import FACETS, GROUPS
from indexer.index.format import POST_IDS, POST_ROWS, POST_STARTS, TERMS, WEIGHT_ROWS
from indexer.index.generation import Opened, open_current
from indexer.index.reader import IndexReader
from indexer.index.remake import differences
from indexer.index.schema import OwnWords, index_schema, plain_schema
from indexer.text.analysis import OWN_STEMS, words

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = re.findall(
    r"```python\n(.*?)```", (ROOT / "docs" / "whoosh.md").read_text(encoding="utf-8"), re.DOTALL
)
ONE_VALUE = ("kind", "type", "status")


@cache  # when it is first asked for: making it takes a quarter of a second
def plain_words() -> Analyzer:
    """The analyzer that lies in a generation."""
    analyzer: Analyzer = plain_schema()["prose"].analyzer
    return analyzer


@pytest.fixture(scope="module")
def whoosh_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what Whoosh-Reloaded needs, and nothing else."""
    folder = tmp_path_factory.mktemp("alone")
    packages = Path(whoosh.__file__).parents[1]
    for name in ("whoosh", "cached_property.py"):
        os.symlink(packages / name, folder / name)
    return folder


def run_alone(code: str, path: Path, *arguments: str) -> str:
    """What a program prints in an interpreter that sees one folder beside the standard library."""
    start = f"import sys; sys.path.append({str(path)!r})\n"
    command = [sys.executable, "-I", "-S", "-c", start + code, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def test_the_example_of_the_documentation_runs_where_whoosh_alone_is_installed(
    sample_data: Path, whoosh_alone: Path
) -> None:
    folder = open_current(sample_data).path / "whoosh"
    with pytest.raises(subprocess.CalledProcessError):
        run_alone("import indexer", whoosh_alone)
    printed = run_alone(EXAMPLES[0], whoosh_alone, str(folder), "search")
    groups, *hits = printed.splitlines()
    assert "'fenix'" in groups
    assert any("/metric/" in hit for hit in hits)
    assert '<b class="match' in printed
    assert len(EXAMPLES[0].strip().splitlines()) <= 11


def test_the_example_with_our_analyzer_finds_accented_words(sample_data: Path) -> None:
    folder = str(open_current(sample_data).path / "whoosh")
    command = [sys.executable, "-c", EXAMPLES[1], folder]
    found = [
        int(subprocess.run([*command, text], check=True, capture_output=True, text=True, cwd=ROOT).stdout)
        for text in ("searches", "séarches")
    ]
    assert found[0] == found[1] > 0


class Names(pickle.Unpickler):
    """Loads a pickle and remembers from which packages its classes and functions come."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data))
        self.packages: set[str] = set()

    def find_class(self, module: str, name: str) -> object:
        self.packages.add(module.partition(".")[0])
        return super().find_class(module, name)


def packages_in(schema: fields.Schema) -> set[str]:
    names = Names(pickle.dumps(schema, 2))
    names.load()
    return names.packages


def test_only_classes_and_functions_of_whoosh_stand_in_the_pickled_schema() -> None:
    python = {"builtins", "__builtin__", "copy_reg", "copyreg", "re", "collections"}
    assert packages_in(plain_schema()) - python == {"whoosh"}
    assert "indexer" in packages_in(index_schema())


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_our_analyzer_makes_the_words_that_documents_are_made_of(text: str) -> None:
    assert [token.text for token in OwnWords()(text)] == words(text)


@given(st.text(st.characters(max_codepoint=126, exclude_characters="'%"), max_size=40))
def test_the_pickled_analyzer_makes_the_same_words_of_plain_text(text: str) -> None:
    assert [token.text for token in plain_words()(text)] == words(text)


def test_the_pickled_analyzer_knows_the_stems_that_are_ours_but_of_forms_that_do_not_begin_with_them() -> (
    None
):
    different = {word for word in OWN_STEMS if [token.text for token in plain_words()(word)] != words(word)}
    assert different == {word for word, own in OWN_STEMS.items() if not word.startswith(own)}


def test_a_lock_file_is_no_part_of_a_generation(sample_data: Path) -> None:
    opened = open_current(sample_data)
    assert not list((opened.path / "whoosh").glob("*LOCK*"))
    assert not [name for name in opened.manifest.files if "LOCK" in name]


def says_the_same(opened: Opened, asked: int) -> None:
    """One-word queries, groups of every facet, sorting and weights: Whoosh's own searcher and our arrays."""
    reader = IndexReader(opened)
    folder = str(opened.path / "whoosh")
    typed = [word for word in strings(reader.surface) if word.isascii() and word.isalpha()]
    typed = typed[:: max(1, len(typed) // asked)][:asked]
    for schema in (None, index_schema()):
        with index.open_dir(folder, schema=schema).searcher(weighting=scoring.Frequency()) as searcher:
            for group, name in enumerate(GROUPS):
                parser = QueryParser(name, searcher.schema)
                for word in typed:
                    found = searcher.search(parser.parse(word), limit=None)
                    due = holders(opened, words(word)[0], group)
                    assert sorted(hit.docnum for hit in found) == sorted(due), (name, word)
                    assert {hit.docnum: hit.score for hit in found} == pytest.approx(due, rel=0.01), word
    groups_are_ours(reader, folder)


def holders(opened: Opened, term: str, group: int) -> dict[int, float]:
    """The documents that hold a term in a group of text, by our arrays, with its weight in each."""
    arrays = opened.arrays
    place = TERMS.read(arrays).find(term)
    low, high = POST_STARTS.read(arrays)[place : place + 2].tolist() if place >= 0 else (0, 0)
    weights = WEIGHT_ROWS.read(arrays)[POST_ROWS.read(arrays)[low:high], group].tolist()
    pairs = zip(POST_IDS.read(arrays)[low:high].tolist(), weights, strict=True)
    return {document: weight for document, weight in pairs if weight}


def groups_are_ours(reader: IndexReader, folder: str) -> None:
    with index.open_dir(folder).searcher() as searcher:
        facets = {name: sorting.FieldFacet(name, allow_overlap=name not in ONE_VALUE) for name in FACETS}
        found = searcher.search(query.Every(), limit=None, groupedby=facets, sortedby="name")
        for name in FACETS:
            index_ = reader.facets[name]
            due = {
                index_.values[code]: index_.by_value.row(code).tolist() for code in range(len(index_.values))
            }
            groups = {
                value: sorted(docs) for value, docs in found.groups(name).items() if value not in (None, "")
            }
            assert groups == due, name
        names = [hit["name"].encode() for hit in found]
        assert names == sorted(names)
        assert [hit["id"] for hit in found][:1] == [reader.card(found.docnum(0)).id]
        card = reader.card(found.docnum(0))
        assert found[0].fields()["title"] == card.title
        assert found[0].fields()["description"] == card.description


def test_whoosh_and_our_arrays_find_weigh_and_group_the_same(sample_data: Path) -> None:
    says_the_same(open_current(sample_data), 12)


def test_the_arrays_are_made_again_from_the_index_and_the_catalogue_byte_for_byte(
    sample_data: Path,
) -> None:
    assert differences(open_current(sample_data).path) == []


@pytest.mark.mirror
@pytest.mark.slow
def test_whoosh_and_our_arrays_say_the_same_of_the_whole_catalogue(mirror_data: Path) -> None:
    says_the_same(open_current(mirror_data), 100)


@pytest.mark.mirror
@pytest.mark.slow
def test_every_array_of_the_whole_catalogue_can_be_made_again_byte_for_byte(mirror_data: Path) -> None:
    assert differences(open_current(mirror_data).path) == []


@pytest.mark.mirror
@pytest.mark.slow
def test_the_example_runs_on_the_whole_catalogue(mirror_data: Path, whoosh_alone: Path) -> None:
    printed = run_alone(EXAMPLES[0], whoosh_alone, str(open_current(mirror_data).path / "whoosh"), "gc pause")
    assert "firefox_desktop" in printed
    assert len(printed.splitlines()) == 11
