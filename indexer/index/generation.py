"""Generations: immutable folders with all that searching needs, and the pointer to the current one.

    <data>/generations/<id>/manifest.json  whoosh/  arrays/  catalogue.sqlite
    <data>/current                         the id of the generation that answers

build.py makes them; here they are listed, opened, switched between and cleared away. integrity.py says
which of them are whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from indexer.index.array_files import open_arrays
from indexer.index.arrays import Arrays
from indexer.index.format import missing_arrays
from indexer.runtime.disk import replace_file, sync_tree
from indexer.runtime.locking import is_running

# Raised whenever a generation would come out differently from the same inputs: then one is built anew.
FORMAT_VERSION = 59
# The oldest format whose files mean the same to readers: after an upgrade a generation of it answers until
# the first new build. Raised to FORMAT_VERSION where an array or the field of an item means something else.
# Words that have another stem since are found again after that build.
OLDEST_READABLE = 28
VECTORS_SINCE = 47  # an older generation has none, and nothing is near in meaning there
SEALED_SINCE = 21  # manifests hold a digest of themselves
UNREADABLE = (OSError, ValueError, TypeError, KeyError, AttributeError)  # a manifest can raise
SEAL = "digest"  # what a manifest calls it
POINTER = "current"
FOLDER = "generations"
BUILDING = ".building-"  # followed by the process id and the generation's id


class GenerationRefused(RuntimeError):
    """A new generation failed its checks; the current one stays. The message says which check."""


@dataclass(frozen=True, slots=True)
class Generation:
    """Which data answered."""

    id: str
    built_at: str
    sample: bool = False
    passed_over: tuple[str, ...] = ()  # names of damaged generations in whose place it answers


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
    number: int = 0  # one more than the greatest before it: clocks jump
    newest_release: str = ""  # day of the newest Firefox release that was known, "" where none was


_KNOWN = frozenset(each.name for each in fields(Manifest))  # a later version may have more


@dataclass(frozen=True, slots=True)
class Opened:
    """A generation ready to be read."""

    path: Path
    manifest: Manifest
    arrays: Arrays
    passed_over: tuple[str, ...] = ()  # names of damaged generations in whose place it answers

    @property
    def generation(self) -> Generation:
        """Which data answers."""
        manifest = self.manifest
        return Generation(manifest.id, manifest.built_at, manifest.sample, self.passed_over)

    @property
    def store_path(self) -> Path:
        """The file of whole items and columns (SQLite)."""
        return self.path / "catalogue.sqlite"


def switch_to(data_dir: Path, name: str) -> None:
    """Let a generation answer from now on. Raises FileNotFoundError where there is none of that name."""
    read_manifest(data_dir / FOLDER / name)
    replace_file(data_dir / POINTER, f"{name}\n".encode())


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
    except UNREADABLE:
        return None
    return manifest if manifest and is_readable(manifest) else None


def is_readable(manifest: Manifest) -> bool:
    """Whether this program can answer from a generation."""
    return OLDEST_READABLE <= manifest.format_version <= FORMAT_VERSION


def read_manifest(path: Path) -> Manifest:
    """The manifest in a generation's folder.

    Raises FileNotFoundError where there is none, or another of UNREADABLE where it is not what was written.
    """
    values = json.loads((path / "manifest.json").read_bytes())
    seal = values.pop(SEAL, None)
    if seal != _seal(values) and (seal is not None or values["format_version"] >= SEALED_SINCE):
        raise ValueError(f"{path.name}: the manifest is damaged")
    return Manifest(**{name: value for name, value in values.items() if name in _KNOWN})


def write_manifest(path: Path, manifest: Manifest) -> None:
    """The last file of a generation: a folder without it is none. Then all of it outlives a power cut."""
    values = asdict(manifest)
    text = json.dumps(values | {SEAL: _seal(values)}, indent=1)
    (path / "manifest.json").write_text(text, encoding="utf-8")
    sync_tree(path)


def _seal(values: Mapping[str, Any]) -> str:
    """The digest of all else that a manifest holds."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def list_generations(data_dir: Path) -> list[Manifest]:
    """All generations that this program can read, newest first; one with a damaged manifest is left out."""
    found = []
    for name in generation_names(data_dir):
        with contextlib.suppress(*UNREADABLE):
            manifest = read_manifest(data_dir / FOLDER / name)
            if is_readable(manifest):
                found.append(manifest)
    return sorted(found, key=lambda m: (m.number, m.built_at, m.id), reverse=True)


def generation_names(data_dir: Path) -> list[str]:
    """The names of all folders of generations, whatever is in them, newest name first."""
    folder = data_dir / FOLDER
    if not folder.is_dir():
        return []
    names = (each.name for each in folder.iterdir() if each.is_dir())
    return sorted((name for name in names if not name.startswith(".")), reverse=True)


def roll_back(data_dir: Path, damaged: Collection[str] = ()) -> str:
    """Switch to the newest generation older than the current one that is not damaged; returns its name.

    Raises LookupError where there is none.
    """
    names = [manifest.id for manifest in list_generations(data_dir)]
    current = current_name(data_dir)
    older = names[names.index(current) + 1 :] if current in names else names
    older = [name for name in older if name not in damaged]
    if not older:
        raise LookupError("there is no older generation")
    switch_to(data_dir, older[0])
    return older[0]


def open_generation(path: Path, passed_over: tuple[str, ...] = ()) -> Opened:
    """Map a generation's arrays. Raises ValueError where it is of a format that this program cannot read."""
    manifest = read_manifest(path)
    if not is_readable(manifest):
        raise ValueError(
            f"{path.name} has format {manifest.format_version}, this program reads {FORMAT_VERSION}"
        )
    arrays = open_arrays(path / "arrays")
    missing = missing_arrays(arrays, vectors=manifest.format_version >= VECTORS_SINCE)
    if missing:
        raise ValueError(f"{path.name} lacks the arrays {', '.join(missing[:3])}")
    return Opened(path, manifest, arrays, passed_over)


def open_current(data_dir: Path) -> Opened:
    """The generation that answers. Raises FileNotFoundError before the first one."""
    name = current_name(data_dir)
    if not name:
        raise FileNotFoundError(f"no generation in {data_dir}")
    return open_generation(data_dir / FOLDER / name)


def file_digests(folder: Path) -> dict[str, str]:
    """Each file of a generation, by its path in it, with its sha256."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def next_number(data_dir: Path) -> int:
    """The number of the generation that is to be the newest."""
    return 1 + max((manifest.number for manifest in list_generations(data_dir)), default=0)


def remove_leftovers(data_dir: Path) -> None:
    """Remove what killed processes left: folders of builds, parts of the pointer and of progress."""
    for path in (*data_dir.glob(f".{POINTER}-*"), *data_dir.glob(".gone-back-from-*")):
        path.unlink(missing_ok=True)
    for path in data_dir.glob("progress.*"):
        process = path.suffix.removeprefix(".")
        if process.isdigit() and not is_running(int(process)):
            path.unlink(missing_ok=True)
    for path in (data_dir / FOLDER).glob(f"{BUILDING}*"):
        process = path.name.removeprefix(BUILDING).split("-", 1)[0]
        # a folder with this process's own number is of an earlier life: a build starts only now
        if not process.isdigit() or int(process) == os.getpid() or not is_running(int(process)):
            shutil.rmtree(path, ignore_errors=True)


def remove_old(data_dir: Path, keep: int, damaged: Collection[str] = ()) -> Sequence[str]:
    """Remove all but the newest `keep` generations; the current one always stays. Returns what was removed.

    Damaged ones do not count and go too: nobody can go back to them. A reader that still has the files
    mapped keeps them until it lets go: removing is safe for it.
    """
    intact = [manifest.id for manifest in list_generations(data_dir) if manifest.id not in damaged]
    kept = {*intact[: max(1, keep)], current_name(data_dir)}
    folders = sorted(path for path in (data_dir / FOLDER).iterdir() if not path.name.startswith("."))
    removed = [path for path in folders if path.name not in kept]
    for path in removed:
        shutil.rmtree(path, ignore_errors=True)
    return [path.name for path in removed]
