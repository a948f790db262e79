"""Generations: immutable folders with all that searching needs, and the pointer to the current one.

    <data>/generations/<id>/manifest.json  whoosh/  arrays/  catalogue.sqlite
    <data>/current                         the id of the generation that answers

A generation is built under another name, checked, renamed, and only then pointed to by
replacing the pointer file: a kill at any moment leaves a working index.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from indexer.arrays import Arrays, StringTable, open_arrays, write_arrays
from indexer.catalogue import Catalogue
from indexer.documents import ColumnText, Document, column_text, to_document
from indexer.inverting import invert, lay_down
from indexer.items import TableItem
from indexer.layout import in_order, lay_out, lay_out_streams
from indexer.postings import IndexReader, write_index
from indexer.schema import FORMAT_VERSION
from indexer.store import write_store

POINTER = "current"
FOLDER = "generations"
BUILDING = ".building-"  # followed by the process id and the generation's id


class GenerationRefused(RuntimeError):
    """A new generation failed its checks; the current one stays. The message says which check."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was made of and holds."""

    id: str
    built_at: str  # ISO time, UTC
    format_version: int
    inputs: dict[str, str]  # source -> digest of its snapshot
    today: str  # the date that statuses were decided by
    versions: dict[str, str]  # Firefox channel -> version that statuses were decided by
    counts: dict[str, int]  # kind -> items
    problems: dict[str, int] = field(default_factory=dict)
    next_change: str = ""  # the day on which a status changes by date
    sample: bool = False
    files: dict[str, str] = field(default_factory=dict)  # path -> sha256


@dataclass(frozen=True, slots=True)
class Inputs:
    """From what a generation is built, as far as it decides whether another build would differ."""

    digests: Mapping[str, str]  # source -> digest of its snapshot
    today: date
    versions: Mapping[str, str] = field(default_factory=dict)
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A generation ready to be read."""

    path: Path
    manifest: Manifest
    arrays: Arrays

    @property
    def store_path(self) -> Path:
        return self.path / "catalogue.sqlite"


def build_generation(
    catalogue: Catalogue,
    data_dir: Path,
    inputs: Inputs,
    *,
    keep: int = 3,
    guard: float = 0.3,
    more_arrays: Callable[[Arrays], Arrays] | None = None,
    progress: Callable[[str], None] = lambda step: None,
    now: datetime | None = None,
) -> Path:
    """Build, check and switch to a generation; returns its folder.

    `guard` is the largest share of any kind that may vanish against the current
    generation. `more_arrays` adds arrays made from the others (completions, spelling).
    Raises GenerationRefused where a check fails; the current generation then stays.
    """
    remove_leftovers(data_dir)
    built = now or datetime.now(UTC)
    name = _free_name(data_dir, built, inputs)
    temporary = data_dir / FOLDER / f"{BUILDING}{os.getpid()}-{name}"
    temporary.mkdir(parents=True)
    try:
        _fill(temporary, catalogue, more_arrays, progress)
        progress("checking")
        _check(temporary, catalogue, current_manifest(data_dir), guard)
        manifest = Manifest(
            id=name,
            # two builds of one second must not change places
            built_at=built.astimezone(UTC).isoformat(timespec="milliseconds"),
            format_version=FORMAT_VERSION,
            inputs=dict(inputs.digests),
            today=inputs.today.isoformat(),
            versions=dict(inputs.versions),
            counts=_counts(catalogue),
            problems=dict(catalogue.problems),
            next_change=catalogue.next_change,
            sample=inputs.sample,
            files=_digests(temporary),
        )
        write_manifest(temporary, manifest)
        final = data_dir / FOLDER / name
        temporary.rename(final)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    switch_to(data_dir, name)
    remove_old(data_dir, keep)
    return final


def _fill(
    folder: Path,
    catalogue: Catalogue,
    more_arrays: Callable[[Arrays], Arrays] | None,
    progress: Callable[[str], None],
) -> None:
    progress("reading columns")
    columns = {digest: column_text(schema) for digest, schema in catalogue.schemas.items()}
    progress("making documents")
    documents = make_documents(catalogue, columns)
    paths = {digest: text.paths for digest, text in columns.items()}
    write_search_files(folder, documents, paths, more_arrays, progress)
    progress("writing the catalogue store")
    write_store(folder / "catalogue.sqlite", catalogue)


def write_search_files(
    folder: Path,
    documents: Sequence[Document],
    paths: Mapping[str, str],
    more_arrays: Callable[[Arrays], Arrays] | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> None:
    """whoosh/ and arrays/ of documents that are in_order(); `paths`: schema digest -> its column paths."""
    progress(f"indexing {len(documents)} documents")
    inverted = invert(documents)
    write_index(folder / "whoosh", (document.id for document in documents), inverted)
    progress("laying down arrays")
    arrays = lay_down(inverted)
    del inverted
    arrays |= lay_out_streams(documents, StringTable.open(arrays, "terms"))
    arrays |= lay_out(documents, paths)
    if more_arrays:
        arrays |= more_arrays(arrays)
    write_arrays(folder / "arrays", arrays)


def make_documents(catalogue: Catalogue, columns: Mapping[str, ColumnText]) -> list[Document]:
    """All documents, in the order that the index gives them their numbers."""
    return in_order(
        to_document(item, columns.get(item.schema_digest) if isinstance(item, TableItem) else None)
        for item in catalogue.items
    )


def _counts(catalogue: Catalogue) -> dict[str, int]:
    return dict(Counter(item.kind for item in catalogue.items))


# ------------------------------------------------------------------ checks


def _check(folder: Path, catalogue: Catalogue, current: Manifest | None, guard: float) -> None:
    """Raise GenerationRefused unless everything that was given can be found again."""
    counts = _counts(catalogue)
    if not counts:
        raise GenerationRefused("nothing to index")
    reader = IndexReader(folder / "whoosh")
    indexed = len(reader)
    reader.close()
    if indexed != len(catalogue.items):
        raise GenerationRefused(f"{indexed} documents in the index for {len(catalogue.items)} items")
    _check_names(open_arrays(folder / "arrays"), catalogue)
    if current:
        for kind, before in current.counts.items():
            if counts.get(kind, 0) < before * (1 - guard) and not current.sample:
                raise GenerationRefused(
                    f"{kind}: {counts.get(kind, 0)} items, {before} in the current generation"
                )


def _check_names(arrays: Arrays, catalogue: Catalogue, samples: int = 50) -> None:
    """Known queries: the exact id of items spread over the whole catalogue is found."""
    ids = StringTable.open(arrays, "ids")
    for item in catalogue.items[:: max(1, len(catalogue.items) // samples)]:
        if ids.find(item.id) < 0:
            raise GenerationRefused(f"{item.id} is not found by its id")


def _digests(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def damaged_files(path: Path) -> list[str]:
    """The files of a generation that are missing or differ from their digest in the manifest."""
    written = read_manifest(path).files
    found = _digests(path)
    return sorted(name for name, digest in written.items() if found.get(name) != digest)


# ------------------------------------------------------------------ the pointer


def switch_to(data_dir: Path, name: str) -> None:
    """Let a generation answer from now on. Raises FileNotFoundError where there is none of that name."""
    read_manifest(data_dir / FOLDER / name)
    temporary = data_dir / f".{POINTER}-{os.getpid()}"
    with temporary.open("w", encoding="utf-8") as file:
        file.write(name + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, data_dir / POINTER)


def current_name(data_dir: Path) -> str:
    """The name of the generation that answers, "" before the first one."""
    try:
        return (data_dir / POINTER).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def current_manifest(data_dir: Path) -> Manifest | None:
    """The manifest of the generation that answers; None before the first one of this format."""
    name = current_name(data_dir)
    try:
        manifest = read_manifest(data_dir / FOLDER / name) if name else None
    except (OSError, ValueError, TypeError):
        return None
    return manifest if manifest and manifest.format_version == FORMAT_VERSION else None


def read_manifest(path: Path) -> Manifest:
    """The manifest in a generation's folder. Raises FileNotFoundError where there is none."""
    return Manifest(**json.loads((path / "manifest.json").read_text(encoding="utf-8")))


def write_manifest(path: Path, manifest: Manifest) -> None:
    """The last file of a generation: a folder without it is none."""
    (path / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")


def list_generations(data_dir: Path) -> list[Manifest]:
    """All generations of this format, newest first; those that another version wrote are left out."""
    found = []
    for path in (data_dir / FOLDER).glob("*/manifest.json"):
        if path.parent.name.startswith("."):
            continue
        with contextlib.suppress(OSError, ValueError, TypeError):
            manifest = read_manifest(path.parent)
            if manifest.format_version == FORMAT_VERSION:
                found.append(manifest)
    return sorted(found, key=lambda m: (m.built_at, m.id), reverse=True)


def roll_back(data_dir: Path) -> str:
    """Switch to the newest generation older than the current one; returns its name. LookupError if none."""
    names = [manifest.id for manifest in list_generations(data_dir)]
    current = current_name(data_dir)
    older = names[names.index(current) + 1 :] if current in names else names
    if not older:
        raise LookupError("there is no older generation")
    switch_to(data_dir, older[0])
    return older[0]


def open_generation(path: Path) -> Opened:
    """Map a generation's arrays. Raises ValueError where it is of another format version."""
    manifest = read_manifest(path)
    if manifest.format_version != FORMAT_VERSION:
        raise ValueError(
            f"{path.name} has format {manifest.format_version}, this program reads {FORMAT_VERSION}"
        )
    return Opened(path, manifest, open_arrays(path / "arrays"))


def open_current(data_dir: Path) -> Opened:
    """The generation that answers. Raises FileNotFoundError before the first one."""
    name = current_name(data_dir)
    if not name:
        raise FileNotFoundError(f"no generation in {data_dir}")
    return open_generation(data_dir / FOLDER / name)


# ------------------------------------------------------------------ housekeeping


def _free_name(data_dir: Path, built: datetime, inputs: Inputs) -> str:
    digest = hashlib.sha256(json.dumps(sorted(inputs.digests.items())).encode()).hexdigest()[:8]
    name = f"{built.astimezone(UTC):%Y%m%dT%H%M%S}-{digest}"
    taken = {path.name for path in (data_dir / FOLDER).glob("*")}
    return next(n for n in (name, *(f"{name}-{i}" for i in range(2, 10_000))) if n not in taken)


def remove_leftovers(data_dir: Path) -> None:
    """Remove folders of builds whose process is gone."""
    for path in (data_dir / FOLDER).glob(f"{BUILDING}*"):
        process = path.name.removeprefix(BUILDING).split("-", 1)[0]
        if not process.isdigit() or not _is_running(int(process)):
            shutil.rmtree(path, ignore_errors=True)


def _is_running(process: int) -> bool:
    if process == os.getpid():
        return False  # this process starts a build now: what bears its number is of an earlier life
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def remove_old(data_dir: Path, keep: int) -> Sequence[str]:
    """Remove all but the newest `keep` generations; the current one always stays. Returns what was removed.

    A reader that still has the files mapped keeps them until it lets go: removing is safe for it.
    """
    kept = {manifest.id for manifest in list_generations(data_dir)[: max(1, keep)]} | {current_name(data_dir)}
    folders = sorted(path for path in (data_dir / FOLDER).iterdir() if not path.name.startswith("."))
    removed = [path for path in folders if path.name not in kept]
    for path in removed:
        shutil.rmtree(path, ignore_errors=True)
    return [path.name for path in removed]
