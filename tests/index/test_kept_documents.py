"""What an earlier build made of the same items is taken again, and changes nothing of what comes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.build_job import build
from indexer.config import Config
from indexer.crawl.crawl import crawl
from indexer.index.documents import kept as kept_documents
from indexer.index.documents.document import own_document
from indexer.index.documents.kept import FILE, KeptDocuments
from indexer.index.generation import FOLDER, current_name, file_digests
from indexer.runtime.kept import read_kept
from indexer.store.reader import Store
from tests.support.small_world import small_world
from tests.support.upstream import built, config_of, copied_world


@pytest.fixture
def config(small_config: Config, tmp_path: Path) -> Config:
    return copied_world(small_config, tmp_path)


def built_files(config: Config) -> dict[str, str]:
    """The digests of what another build makes; Whoosh names its files by chance."""
    build(config, force=True)
    digests = file_digests(config.data_dir / FOLDER / current_name(config.data_dir))
    return {name: digests[name] for name in digests if name.startswith(("arrays/", "catalogue"))}


def items_of(config: Config) -> Store:
    return Store(config.data_dir / FOLDER / current_name(config.data_dir) / "catalogue.sqlite")


def test_a_document_is_the_same_after_it_was_kept(config: Config) -> None:
    for item in items_of(config).every_item():
        document = own_document(item)
        assert kept_documents._document(kept_documents._plain(document)) == document


def test_with_kept_documents_a_build_makes_none_and_the_same_files(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    (config.data_dir / FILE).unlink(missing_ok=True)
    without = built_files(config)
    assert (config.data_dir / FILE).exists()

    def not_made(*_: object) -> None:
        raise AssertionError("it was kept")

    monkeypatch.setattr(kept_documents, "own_document", not_made)
    monkeypatch.setattr(kept_documents, "column_text", not_made)
    assert built_files(config) == without


def flipped(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


HARM = {
    "of another program": lambda content: bytes(32) + content[32:],
    "a bit flipped": flipped,
    "cut short": lambda content: content[:100],
    "empty": lambda content: b"",
    "something else": lambda content: b"[1, 2]",
}


@pytest.mark.parametrize("harm", HARM)
def test_a_file_that_is_damaged_or_foreign_counts_as_none_and_is_replaced(config: Config, harm: str) -> None:
    kept = config.data_dir / FILE
    kept.unlink(missing_ok=True)
    whole = built_files(config)
    content = kept.read_bytes()
    kept.write_bytes(HARM[harm](content))
    assert built_files(config) == whole
    assert kept.read_bytes() == content


def test_it_holds_what_one_build_used_and_is_left_alone_where_hardly_anything_is_new(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = list(items_of(config).every_item())
    keys = {item.id: item.id.encode() for item in items}
    path = config.data_dir / "kept"

    def used(some: slice) -> int:
        kept = KeptDocuments(path)
        for item in items[some]:
            assert kept.document(keys[item.id], item) == own_document(item)
        kept.keep()
        return len(read_kept(path, kept_documents._program()))

    assert used(slice(0, 20)) == 20
    assert used(slice(10, 30)) == 20
    monkeypatch.setattr(kept_documents, "ENOUGH", 0.1)
    assert used(slice(11, 31)) == 20
    before = path.read_bytes()
    assert used(slice(12, 32)) == 20
    assert path.read_bytes() == before  # two of twenty are no more than a tenth
    assert used(slice(13, 33)) == 20
    assert path.read_bytes() != before


def test_what_changed_is_made_anew_as_if_nothing_were_kept(tmp_path: Path) -> None:
    world = small_world()
    config = built(world, tmp_path)
    assert (config.data_dir / FILE).exists()
    columns = {"submission_date": "DATE", "days_in_a_row": "INTEGER"}
    world.table("fenix_derived.active_users_v1", columns, description="Said otherwise.")
    crawl(config_of(world.write(tmp_path / "mirror"), config.data_dir))
    with_kept = built_files(config)
    table = items_of(config).item("table/moz-fx-data-shared-prod.fenix_derived.active_users_v1")
    assert table is not None
    assert table.description == "Said otherwise."
    (config.data_dir / FILE).unlink()
    assert built_files(config) == with_kept
