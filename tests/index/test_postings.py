"""The adapter to Whoosh's private parts: what it reads is what was written, and what Whoosh itself reads.

The same tests run on whoosh3, the other living Whoosh (test_the_adapter_works_on_whoosh3).
"""

from __future__ import annotations

import ast
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import whoosh
from whoosh import index
from whoosh.reading import TermNotFound

from indexer.index import inverted as inverting
from indexer.index.arrays import StringTable, strings
from indexer.index.documents.document import GROUPS, Document
from indexer.index.generation import open_current
from indexer.index.inverted import invert, invert_facets, lay_down
from indexer.index.weights import DAMPING
from indexer.index.whoosh_index import WhooshReader, shown, write_index
from indexer.model.card import Card

ROOT = Path(__file__).resolve().parents[2]
MANY = 9_000  # documents: more than two posting blocks of the commonest terms


def document(number: int, groups: dict[str, dict[str, float]]) -> Document:
    name = f"doc/{number}"
    no: tuple[str, ...] = ()
    card = Card(
        name, "doc", str(number), "", "", no, no, no, "", no, 0, no, "active", "", False, no, no,
        "", "", "",
    )  # fmt: skip
    return Document(name, "doc", name, 0, groups, (), {}, {}, card, ())


def random_documents(count: int) -> list[Document]:
    """Terms in one document, in a few, in nearly all; counts that are whole, halves and tenths."""
    chance = random.Random(3)
    documents = []
    for number in range(count):
        groups = {
            group: {
                f"{group[0]}{min(chance.randrange(1, 3000), chance.randrange(1, 3000)) // 7}": weight
                for weight in chance.choices((1.0, 2.0, 0.5, 1.4, 7.0), k=chance.randrange(4))
            }
            for group in GROUPS
        }
        groups["prose"]["everywhere"] = 1.0
        if number % 2:
            groups["name"]["everywhere"] = 3.0
        if number == 7:
            groups["label"] = {"日本": 1.0, "=odd": 0.5, "zz": 2.0}
        documents.append(document(number, groups))
    return documents


def written(documents: list[Document], group: str) -> dict[str, dict[int, float]]:
    """Term -> document -> weight, straight from the documents."""
    found: dict[str, dict[int, float]] = {}
    for number, each in enumerate(documents):
        terms, rule = each.groups[group], DAMPING[group]
        for term, count in terms.items():
            weight = count / (1.0 - rule.share + rule.share * sum(terms.values()) / rule.usual)
            found.setdefault(term, {})[number] = float(np.float16(weight))
    return found


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return random_documents(MANY)


@pytest.fixture(scope="module")
def folder(documents: list[Document], tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("index") / "whoosh"
    assert write_index(made, map(shown, documents), invert(documents) | invert_facets(documents)) == MANY
    return made


def test_what_is_read_is_what_was_written(documents: list[Document], folder: Path) -> None:
    reader = WhooshReader(folder)
    assert reader.ids() == [each.id for each in documents]
    for group in GROUPS:
        due = written(documents, group)
        assert [term.decode() for term in reader.terms(group)] == sorted(due, key=str.encode)
        for term, weights in due.items():
            found = reader.postings(group, term.encode())
            assert dict(zip(found.ids.tolist(), found.weights.tolist(), strict=True)) == weights, term
            assert found.ids.tolist() == sorted(weights), term
    reader.close()


def test_whoosh_itself_reads_the_same(documents: list[Document], folder: Path) -> None:
    opened = index.open_dir(str(folder))
    ours = WhooshReader(folder)
    with opened.reader() as reader:
        assert reader.doc_count() == MANY
        assert reader.stored_fields(MANY - 1)["id"] == documents[-1].id
        for group in GROUPS:
            for term in list(written(documents, group))[:60]:
                matcher = reader.postings(group, term.encode())
                ids, weights = [], []
                while matcher.is_active():
                    ids.append(matcher.id())
                    weights.append(matcher.weight())
                    matcher.next()
                found = ours.postings(group, term.encode())
                assert (found.ids.tolist(), found.weights.tolist()) == (ids, weights), (group, term)
    ours.close()
    opened.close()


def test_an_unknown_term_is_not_found(folder: Path) -> None:
    reader = WhooshReader(folder)
    with pytest.raises(TermNotFound):
        reader.postings("name", b"nowhere")
    reader.close()


def test_an_index_of_several_segments_is_refused(tmp_path: Path) -> None:
    documents = random_documents(5)
    write_index(tmp_path / "whoosh", map(shown, documents), invert(documents))
    opened = index.open_dir(str(tmp_path / "whoosh"))
    writer = opened.writer()
    writer.add_document(id="doc/more", name="more")
    writer.commit(merge=False)
    with pytest.raises(ValueError, match="more than one segment"):
        WhooshReader(tmp_path / "whoosh")


def test_an_empty_index_has_no_terms_and_no_documents(tmp_path: Path) -> None:
    write_index(tmp_path / "whoosh", [], invert([]))
    reader = WhooshReader(tmp_path / "whoosh")
    assert (len(reader), reader.ids(), list(reader.terms("name"))) == (0, [], [])
    assert len(lay_down(invert([]))["post_ids"]) == 0


def test_the_arrays_hold_the_postings_of_all_groups_side_by_side(
    documents: list[Document],
) -> None:
    arrays = lay_down(invert(documents))
    by_group = [written(documents, group) for group in GROUPS]
    terms = StringTable.open(arrays, "terms")
    assert [terms[i] for i in range(len(terms))] == sorted(set().union(*by_group), key=str.encode)
    for place in range(len(terms)):
        low, high = arrays["post_starts"][place : place + 2]
        ids = arrays["post_ids"][low:high].tolist()
        assert ids == sorted(set().union(*(found.get(terms[place], {}) for found in by_group)))
        for group, found in enumerate(by_group):
            due = [np.float16(found.get(terms[place], {}).get(number, 0.0)) for number in ids]
            held = arrays["weights"][arrays["post_rows"][low:high], group]
            assert held.tolist() == [float(weight) for weight in due]


def test_weights_are_rounded_as_little_as_lets_two_bytes_number_them(
    documents: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = lay_down(invert(documents))
    monkeypatch.setattr(inverting, "MOST_ROWS", len(exact["weights"]) - 1)
    rounded = lay_down(invert(documents))
    assert len(rounded["weights"]) < len(exact["weights"])
    before, after = (a["weights"][a["post_rows"]].astype(float) for a in (exact, rounded))
    assert (before != after).any()
    assert (np.abs(after - before) <= before / 8).all()


def test_nothing_but_the_adapter_touches_what_whoosh_keeps_to_itself() -> None:
    """Of the other modules that may know Whoosh none reads a private name of a foreign object."""
    for path in (*(ROOT / "indexer").rglob("*.py"), *(ROOT / "search_app").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "whoosh" not in text:
            continue
        tree = ast.parse(text)
        imports = {
            name.split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in (
                [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            )
        }
        if "whoosh" not in imports or path == ROOT / "indexer/index/whoosh_index.py":
            continue
        private = [
            f"{path.name}:{node.lineno} {node.attr}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr.startswith("_")
            if not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"))
        ]
        assert private == []
        assert path.name in ("analysis.py", "schema.py", "generation.py", "whoosh_peer.py")


def test_this_whoosh_is_the_one_that_was_asked_for() -> None:
    wanted = os.environ.get("STARCHART_TEST_WHOOSH", "2.7.5")
    assert ".".join(str(part) for part in whoosh.__version__) == wanted


@pytest.mark.slow
def test_the_adapter_works_on_whoosh3(tmp_path: Path) -> None:
    if "STARCHART_TEST_WHOOSH" in os.environ:
        pytest.skip("this is the run on whoosh3")
    requirement = ROOT / "requirements" / "whoosh3.txt"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
         "--require-hashes", "--target", str(tmp_path), "-r", str(requirement)],
        check=True,
    )  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "STARCHART_TEST_WHOOSH": "3.54.0"}
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "not mirror", "-p", "no:cacheprovider", __file__],
        env=environment, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout
    assert "9 passed, 1 skipped" in run.stdout, run.stdout


@pytest.mark.mirror
@pytest.mark.slow
def test_the_arrays_of_the_real_generation_are_the_postings_of_its_index(mirror_data: Path) -> None:
    generation = open_current(mirror_data)
    arrays, reader = generation.arrays, WhooshReader(generation.path / "whoosh")
    terms = StringTable.open(arrays, "terms")
    number = {terms[place]: place for place in range(len(terms))}
    left = arrays["weights"][arrays["post_rows"]]
    for group, name in enumerate(GROUPS):
        for term in reader.terms(name):
            low, high = arrays["post_starts"][number[term.decode()] : number[term.decode()] + 2]
            found = reader.postings(name, term)
            places = low + np.searchsorted(arrays["post_ids"][low:high], found.ids)
            assert (arrays["post_ids"][places] == found.ids).all(), term
            assert (left[places, group] == found.weights.astype(np.float16)).all(), term
            left[places, group] = 0
    assert not left.any()  # and nothing else stands in the arrays
    ids, stored = StringTable.open(arrays, "ids"), reader.ids()
    assert [stored[document] for document in arrays["id_docs"].tolist()] == list(strings(ids))
    reader.close()
