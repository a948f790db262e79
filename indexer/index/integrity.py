"""Whether the files of generations are what was written, and which generation may answer.

The manifest holds a SHA-256 of every file. A generation is read through and compared before anything of it is
opened; 93 MB, the real catalogue, take 0.07 s of a core. Files behind the first 256 MB, smallest first,
are compared in the background (check_rest), so that a generation of any size opens at once. What was
compared is not read again until its size, time or inode changes: to look again costs half a millisecond.

Nothing is mended in place. A damaged generation is passed over, and the next build makes a new one.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from indexer.index.generation import (
    FOLDER,
    UNREADABLE,
    Generation,
    Manifest,
    current_name,
    generation_names,
    is_readable,
    list_generations,
    read_manifest,
)

AT_ONCE = 256_000_000  # bytes that are read before a generation answers
MANIFEST = "manifest.json"


class NothingIntact(FileNotFoundError):
    """No generation can answer: there is none, or each one is damaged. The message says which."""


class Stamp(NamedTuple):
    """By which a change of a file is noticed without reading it."""

    size: int
    changed: int  # nanoseconds
    inode: int


@dataclass(frozen=True, slots=True)
class Damage:
    """A generation that may not answer, and which of its files are missing or differ."""

    generation: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The generation that may answer, with those that were passed over for it."""

    folder: Path
    manifest: Manifest
    passed_over: tuple[Damage, ...]

    @property
    def generation(self) -> Generation:
        """Which data answers, and in whose place."""
        manifest = self.manifest
        passed = tuple(damage.generation for damage in self.passed_over)
        return Generation(manifest.id, manifest.built_at, manifest.sample, passed)


_compared: dict[str, tuple[Stamp, bool]] = {}  # path of a file -> as which it was read, whether it is whole


def damaged_files(folder: Path, at_once: int = AT_ONCE) -> tuple[str, ...]:
    """The files of a generation that are missing or differ from what was written, sorted.

    Reads what is new or has changed since it was read last; large files beyond `at_once` bytes count as
    whole until check_rest() has read them.
    """
    try:
        manifest = read_manifest(folder)
    except UNREADABLE:
        return (MANIFEST,)
    found = _stamps(folder, manifest)
    for name in _unread(folder, found):
        at_once -= found[name].size  # type: ignore[union-attr]  # the unread ones are there
        if at_once < 0:
            break
        _compare(folder, name, manifest)
    damaged = (name for name, stamp in found.items() if not stamp or _is_damaged(folder, name, stamp))
    return tuple(sorted(damaged))


def check_rest(folder: Path) -> None:
    """Read what damaged_files() left unread; for a thread in the background."""
    try:
        manifest = read_manifest(folder)
    except UNREADABLE:
        return
    for name in _unread(folder, _stamps(folder, manifest)):
        _compare(folder, name, manifest)


def is_checked(folder: Path) -> bool:
    """Whether every file of a generation has been read."""
    manifest = read_manifest(folder)
    return not list(_unread(folder, _stamps(folder, manifest)))


def choose(data_dir: Path) -> Choice:
    """The current generation, or where it is damaged the newest intact one. Raises NothingIntact."""
    passed: list[Damage] = []
    for name in _by_preference(data_dir):
        folder = data_dir / FOLDER / name
        if files := damaged_files(folder):
            passed.append(Damage(name, files))
        elif is_readable(manifest := read_manifest(folder)):
            return Choice(folder, manifest, tuple(passed))
    said = "; ".join(f"{each.generation} is damaged ({', '.join(each.files[:3])})" for each in passed)
    raise NothingIntact(f"no generation in {data_dir} can answer{': ' + said if said else ''}")


def answering(data_dir: Path) -> Choice | None:
    """The generation that answers; None where none can."""
    try:
        return choose(data_dir)
    except NothingIntact:
        return None


def answering_manifest(data_dir: Path) -> Manifest | None:
    """The manifest of the generation that answers; None where none can."""
    choice = answering(data_dir)
    return choice.manifest if choice else None


def damaged_generations(data_dir: Path) -> tuple[Damage, ...]:
    """All generations on disk that are damaged, newest name first."""
    found = ((name, damaged_files(data_dir / FOLDER / name)) for name in generation_names(data_dir))
    return tuple(Damage(name, files) for name, files in found if files)


def _by_preference(data_dir: Path) -> list[str]:
    """The current generation's name, then all others, newest first."""
    current = current_name(data_dir)
    others = [manifest.id for manifest in list_generations(data_dir)]
    return list(dict.fromkeys([current, *others] if current else others))


def _stamps(folder: Path, manifest: Manifest) -> dict[str, Stamp | None]:
    """Each file of a generation as it is now; None for one that is missing."""
    return {name: _stamp(f"{folder}/{name}") for name in manifest.files}


def _unread(folder: Path, found: Mapping[str, Stamp | None]) -> Iterator[str]:
    """The files that are there and were not read as they are now, smallest first."""
    there = [(stamp.size, name) for name, stamp in found.items() if stamp]
    for _, name in sorted(there):
        known = _compared.get(f"{folder}/{name}")
        if known is None or known[0] != found[name]:
            yield name


def _compare(folder: Path, name: str, manifest: Manifest) -> None:
    path = f"{folder}/{name}"
    stamp = _stamp(path)  # before it is read: a change meanwhile makes it unread again
    if stamp is None:
        return
    try:
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        digest = ""
    _compared[path] = (stamp, digest == manifest.files[name])


def _is_damaged(folder: Path, name: str, stamp: Stamp) -> bool:
    known = _compared.get(f"{folder}/{name}")
    return known is not None and known[0] == stamp and not known[1]


def _stamp(path: str) -> Stamp | None:
    """By strings, not Path: a status page asks it of each of a generation's 180 files."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ino)
