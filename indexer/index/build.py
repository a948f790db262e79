"""A new generation: the catalogue as documents, index, arrays and store, checked before it may answer.

It is built under another name beside the current one, and pointed to only when every check
is through: a kill at any moment leaves a working index.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from indexer.catalogue import Catalogue
from indexer.index.array_files import open_arrays
from indexer.index.arrays import Arrays
from indexer.index.columns import in_order
from indexer.index.documents.document import ColumnText, Document, own_document, with_columns
from indexer.index.documents.kept import FILE, KeptDocuments
from indexer.index.format import IDS
from indexer.index.generation import (
    BUILDING,
    FOLDER,
    FORMAT_VERSION,
    GenerationRefused,
    Manifest,
    file_digests,
    next_number,
    remove_leftovers,
    remove_old,
    switch_to,
    write_manifest,
)
from indexer.index.integrity import Choice, answering, answering_manifest, damaged_generations
from indexer.index.search_files import finish_search_files, start_search_files
from indexer.index.whoosh_index import WhooshReader
from indexer.model.items import AnyItem, TableItem
from indexer.model.turnover import is_loss
from indexer.runtime.disk import FolderUnusable, sync_folder, writing_to
from indexer.runtime.processes import Here, give_back_memory
from indexer.store.departed import note_departed
from indexer.store.writer import Packing, SchemaPacking, start_packing, write_store

log = logging.getLogger(__name__)


Ask = Callable[[Path], None]  # asks a whole generation, in its folder; raises GenerationRefused


@dataclass(frozen=True, slots=True)
class Inputs:
    """From what a generation is built, as far as it decides whether another build would differ."""

    digests: Mapping[str, str]  # source -> digest of its snapshot
    today: date
    versions: Mapping[str, str] = field(default_factory=dict)
    newest_release: str = ""
    sample: bool = False


def build_generation(
    catalogue: Catalogue,
    data_dir: Path,
    inputs: Inputs,
    *,
    keep: int = 3,
    guard: float = 0.3,
    workers: Executor | None = None,
    progress: Callable[[str], None] = lambda step: None,
    now: datetime | None = None,
    ask: Ask = lambda folder: None,
    schemas: SchemaPacking | None = None,
) -> Path:
    """Build, check and switch to a generation; returns its folder.

    `guard` is the largest share of any kind that may vanish against the current
    generation.
    What can be done beside the rest is done by `workers`, where there are any; `schemas`: those of the
    catalogue, which they are at already.
    `ask` asks the whole generation, in its place, before readers see it, and may refuse it.
    Raises GenerationRefused where a check fails, FolderUnusable where the disk does; the current generation
    then stays.
    """
    with _writing(data_dir):
        before = answering(data_dir)
        packing = start_packing(catalogue, workers or Here(), schemas)
        final = _build(catalogue, data_dir, inputs, guard, workers or Here(), packing, progress, now)
        progress("trying")
        give_back_memory()  # a server opens it beside this process
        try:
            ask(final)
        except BaseException:
            shutil.rmtree(final, ignore_errors=True)
            raise
        _note_departed(data_dir, before, catalogue, inputs)
        switch_to(data_dir, final.name)
        remove_old(data_dir, keep, {damage.generation for damage in damaged_generations(data_dir)})
    return final


def _build(
    catalogue: Catalogue,
    data_dir: Path,
    inputs: Inputs,
    guard: float,
    workers: Executor,
    packing: Packing,
    progress: Callable[[str], None],
    now: datetime | None,
) -> Path:
    """A whole generation in its place, not yet pointed to."""
    remove_leftovers(data_dir)
    built = now or datetime.now(UTC)
    name = _free_name(data_dir, built, inputs)
    temporary = data_dir / FOLDER / f"{BUILDING}{os.getpid()}-{name}"
    temporary.mkdir(parents=True)
    try:
        _fill(temporary, catalogue, packing, KeptDocuments(data_dir / FILE), workers, progress)
        progress("checking")
        _check(temporary, catalogue, answering_manifest(data_dir), guard)
        manifest = Manifest(
            id=name,
            # two builds of one second must not change places
            built_at=built.astimezone(UTC).isoformat(timespec="milliseconds"),
            format_version=FORMAT_VERSION,
            inputs=dict(inputs.digests),
            today=inputs.today.isoformat(),
            versions=dict(inputs.versions),
            counts=_counts(catalogue),
            newest_release=inputs.newest_release,
            problems=dict(catalogue.problems),
            next_change=catalogue.next_change,
            sample=inputs.sample,
            files=file_digests(temporary),
            number=next_number(data_dir),
        )
        write_manifest(temporary, manifest)
        final = data_dir / FOLDER / name
        temporary.rename(final)
        sync_folder(final.parent)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return final


def _note_departed(data_dir: Path, before: Choice | None, catalogue: Catalogue, inputs: Inputs) -> None:
    """Keep the addresses of what is no more. Those of the sample were never published."""
    if before is None or before.manifest.sample or inputs.sample:
        return
    try:
        note_departed(data_dir, before.folder / "catalogue.sqlite", before.manifest.built_at, catalogue)
    except (sqlite3.Error, ValueError) as error:  # of a format whose items this program cannot read
        log.error("ids that went are not noted: %s", error)


@contextlib.contextmanager
def _writing(data_dir: Path) -> Iterator[None]:
    """A disk that is full or cannot be written, told as FolderUnusable also where SQLite met it."""
    try:
        with writing_to(data_dir):
            yield
    except sqlite3.OperationalError as error:
        raise FolderUnusable(f"cannot write to {data_dir}: {error}") from error


def _fill(
    folder: Path,
    catalogue: Catalogue,
    packing: Packing,
    kept: KeptDocuments,
    workers: Executor,
    progress: Callable[[str], None],
) -> None:
    progress("reading columns")
    columns = {
        digest: kept.columns(packing.schemas.digests[digest], schema)
        for digest, schema in catalogue.schemas.items()
    }
    progress("making documents")
    documents = make_documents(
        catalogue, columns, lambda item: kept.document(packing.item_digests[item.id], item)
    )
    paths = {digest: text.paths for digest, text in columns.items()}
    begun = start_search_files(folder, documents, paths, workers, progress)
    kept.keep()
    del documents, columns, paths
    give_back_memory()  # workers need the most of theirs from now on
    progress("writing the catalogue store")
    write_store(folder / "catalogue.sqlite", catalogue, packing)
    finish_search_files(folder, begun)


def make_documents(
    catalogue: Catalogue,
    columns: Mapping[str, ColumnText],
    own: Callable[[AnyItem], Document] = own_document,
) -> list[Document]:
    """All documents, in the order that the index gives them their numbers.

    A view whose columns are not known is found by those of the table beneath it: they are searched, and
    neither shown nor filtered by.
    """
    tables = [item for item in catalogue.items if isinstance(item, TableItem)]
    beneath: dict[str, str] = {}
    for table in sorted(tables, key=lambda table: (table.family_rank, table.id)):
        if table.family and table.schema_digest:
            beneath.setdefault(table.family, table.schema_digest)

    def columns_of(table: TableItem) -> ColumnText | None:
        known = table.schema_digest or (beneath.get(table.family, "") if table.layer == "view" else "")
        return columns.get(known)

    return in_order(
        with_columns(own(item), columns_of(item) if isinstance(item, TableItem) else None)
        for item in catalogue.items
    )


def _counts(catalogue: Catalogue) -> dict[str, int]:
    return dict(Counter(item.kind for item in catalogue.items))


def _check(folder: Path, catalogue: Catalogue, current: Manifest | None, guard: float) -> None:
    """Raise GenerationRefused unless everything that was given can be found again."""
    counts = _counts(catalogue)
    if not counts:
        raise GenerationRefused("nothing to index")
    reader = WhooshReader(folder / "whoosh")
    indexed = len(reader)
    reader.close()
    if indexed != len(catalogue.items):
        raise GenerationRefused(f"{indexed} documents in the index for {len(catalogue.items)} items")
    _check_names(open_arrays(folder / "arrays"), catalogue)
    if current:
        for kind, before in current.counts.items():
            lost = guard < 1 and is_loss(before, counts.get(kind, 0), guard)  # 1: everything may go
            if lost and not current.sample:
                raise GenerationRefused(
                    f"{kind}: {counts.get(kind, 0)} items, {before} in the current generation"
                )


def _check_names(arrays: Arrays, catalogue: Catalogue, samples: int = 50) -> None:
    """Known queries: the exact id of items spread over the whole catalogue is found."""
    ids = IDS.read(arrays)
    for item in catalogue.items[:: max(1, len(catalogue.items) // samples)]:
        if ids.find(item.id) < 0:
            raise GenerationRefused(f"{item.id} is not found by its id")


def _free_name(data_dir: Path, built: datetime, inputs: Inputs) -> str:
    digest = hashlib.sha256(json.dumps(sorted(inputs.digests.items())).encode()).hexdigest()[:8]
    name = f"{built.astimezone(UTC):%Y%m%dT%H%M%S}-{digest}"
    taken = {path.name for path in (data_dir / FOLDER).glob("*")}
    return next(n for n in (name, *(f"{name}-{i}" for i in range(2, 10_000))) if n not in taken)
