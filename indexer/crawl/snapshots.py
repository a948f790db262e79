"""The last good records of each source, and what its last crawl saw.

A snapshot is two files: the records, named by their digest, and a small state that
names them. Each is put in place by os.replace after fsync, the records first, so that a
kill leaves the old snapshot or the new one. Records of one type lie together as one JSON
text, deflated; 850,000 columns are read in about two seconds.
"""

from __future__ import annotations

import functools
import hashlib
import json
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_args

from pydantic import TypeAdapter

from indexer.crawl.guard import Profile, TypeProfile
from indexer.model import records as record_types
from indexer.model.records import Record
from indexer.runtime.disk import replace_file
from indexer.runtime.processes import without_collection
from indexer.sources import FileColumns

FORMAT = 1  # of the files below
BESIDE = ("parts", "profile", "files")  # what lies beside records, by its ending
RECORD_TYPES: dict[str, type] = {kind.__name__: kind for kind in get_args(Record)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotState:
    """What is known of a source: its last good records, and how the last attempt went."""

    source: str
    last_success: str = ""  # ISO time (UTC) of the crawl that confirmed the records; "" = never
    last_attempt: str = ""
    error: str = ""  # of the last attempt; "" = it succeeded
    from_sample: bool = False  # the records are those of the shipped sample
    counts: dict[str, int] = field(default_factory=dict)  # record type -> how many
    files: int = 0  # that upstream had for it; 0: it needs no fetching, or all were absent
    seen: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)  # reason -> how many
    examples: dict[str, str] = field(default_factory=dict)  # reason -> the first thing skipped for it
    input_digest: str = ""  # of everything that the records were made from
    digest: str = ""  # of the records; also names their file
    parser_version: str = ""
    seconds: float = 0.0  # of the last attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class PartState:
    """Which of a snapshot's records came of some of the source's files, and what was seen there."""

    key: str  # of the files and of all else that decides what they give
    name: str = ""  # stays the same when the files change: a repository, a listing
    present: tuple[str, ...] = ()  # addresses of the files that were there
    counts: dict[str, int] = field(default_factory=dict)  # record type -> how many
    seen: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownFiles:
    """What files gave, by the digest of their content: for the next crawl by the same program."""

    made_by: str = ""  # digest of the parsers
    files: dict[str, FileColumns] = field(default_factory=dict)


class SnapshotDamaged(Exception):
    """The records' file is missing, cut or of another shape: crawl the source again."""


class SnapshotStore:
    """The folder of snapshots. Readers need no lock; writers are one crawl at a time (crawl.py)."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "snapshots"

    def state(self, source: str) -> SnapshotState | None:
        """The state of a source, None where it was never crawled."""
        try:
            return _state_adapter().validate_json(self._state_path(source).read_bytes())
        except (OSError, ValueError):
            return None

    def states(self) -> dict[str, SnapshotState]:
        """The states of all sources ever crawled here, by name."""
        names = sorted(
            path.name.removesuffix(".state.json") for path in self._folder.glob("[!.]*.state.json")
        )
        return {name: state for name in names if (state := self.state(name)) is not None}

    def read(self, source: str, kinds: Collection[str] = ()) -> list[Record]:
        """The last good records, or of them those of `kinds` (names of types); empty where there are none.

        Raises SnapshotDamaged.
        """
        state = self.state(source)
        if state is None or not state.digest:
            return []
        try:
            packed = self._records_path(state).read_bytes()
            return list(_unpack(packed, kinds))
        except (OSError, ValueError, KeyError, zlib.error) as error:
            raise SnapshotDamaged(f"{source}: {error}") from error

    def parts(self, state: SnapshotState) -> list[PartState]:
        """The parts of a state's records, in order; empty where they are not known."""
        try:
            return _parts_adapter().validate_json(self._parts_path(state).read_bytes())
        except (OSError, ValueError):
            return []

    def profile(self, state: SnapshotState) -> Profile:
        """What a state's records look like; only their counts where no more is known."""
        try:
            return _profile_adapter().validate_json(self._profile_path(state).read_bytes())
        except (OSError, ValueError):
            return Profile({name: TypeProfile(count) for name, count in state.counts.items()})

    def files(self, state: SnapshotState) -> KnownFiles:
        """What the files gave that a state's records were parsed from; nothing where that is not known."""
        try:
            return _files_adapter().validate_json(self._files_path(state).read_bytes())
        except (OSError, ValueError):
            return KnownFiles()

    def is_whole(self, state: SnapshotState) -> bool:
        """Whether the records that a state names are there."""
        return bool(state.digest) and self._records_path(state).is_file()

    def write(
        self,
        source: str,
        records: Iterable[Record],
        state: SnapshotState,
        parts: Sequence[PartState] = (),
        profile: Profile | None = None,
        files: KnownFiles | None = None,
    ) -> SnapshotState:
        """Keep records as the last good ones; `state` gets their counts and digest."""
        packed, counts = _pack(records)
        digest = hashlib.sha256(packed).hexdigest()[:32]
        done = _changed(state, source=source, counts=counts, digest=digest)
        replace_file(
            self._records_path(done), packed
        )  # also where one of that name lies there: it may be damaged
        if parts:  # before or after a kill, they hold for records of this digest
            replace_file(
                self._parts_path(done), _parts_adapter().dump_json(list(parts), exclude_defaults=True)
            )
        if profile is not None:
            replace_file(self._profile_path(done), _profile_adapter().dump_json(profile))
        if files is not None and files.files:
            replace_file(self._files_path(done), _files_adapter().dump_json(files, exclude_defaults=True))
        self.write_state(done)
        self._remove_others(done)
        return done

    def write_state(self, state: SnapshotState) -> None:
        """Note how an attempt went, the records being those that the state names."""
        replace_file(self._state_path(state.source), _state_adapter().dump_json(state, indent=1))

    def note_failure(self, source: str, error: str, at: str, seconds: float) -> SnapshotState:
        """Keep what there is and say why there is nothing newer."""
        state = self.state(source) or SnapshotState(source=source)
        failed = _changed(state, last_attempt=at, error=error, seconds=seconds)
        self.write_state(failed)
        return failed

    def sweep(self) -> None:
        """Remove what a killed crawl left: parts of files, and records that no state names."""
        kept = {path for state in self.states().values() for path in self._files(state)}
        for pattern in (".*", "*.records", *(f"*.{ending}" for ending in BESIDE)):
            for path in self._folder.glob(pattern):
                if path not in kept and path.is_file():
                    path.unlink(missing_ok=True)

    def _state_path(self, source: str) -> Path:
        return self._folder / f"{source}.state.json"

    def _records_path(self, state: SnapshotState) -> Path:
        return self._folder / f"{state.source}.{state.digest}.records"

    def _parts_path(self, state: SnapshotState) -> Path:
        return self._records_path(state).with_suffix(".parts")

    def _profile_path(self, state: SnapshotState) -> Path:
        return self._records_path(state).with_suffix(".profile")

    def _files_path(self, state: SnapshotState) -> Path:
        return self._records_path(state).with_suffix(".files")

    def _files(self, state: SnapshotState) -> set[Path]:
        records = self._records_path(state)
        return {records, *(records.with_suffix(f".{ending}") for ending in BESIDE)}

    def _remove_others(self, state: SnapshotState) -> None:
        kept = self._files(state)
        for ending in ("records", *BESIDE):
            for path in self._folder.glob(f"{state.source}.*.{ending}"):
                if path not in kept:
                    path.unlink(missing_ok=True)


def record_shape() -> str:
    """A digest of all record types' fields: records kept in another shape are parsed again."""
    lines = [
        f"{name}.{entry.name}: {entry.type}"
        for name, kind in vars(record_types).items()
        if isinstance(kind, type) and hasattr(kind, "__dataclass_fields__")
        for entry in fields(kind)
    ]
    return hashlib.sha256("\n".join((f"format {FORMAT}", *lines)).encode()).hexdigest()[:12]


def _changed(state: SnapshotState, **changes: Any) -> SnapshotState:
    values = {entry.name: getattr(state, entry.name) for entry in fields(state)}
    return SnapshotState(**{**values, **changes})


def _pack(records: Iterable[Record]) -> tuple[bytes, dict[str, int]]:
    """A header line {type: bytes of its section}, then the sections, each a JSON array."""
    by_type: dict[str, list[Record]] = {}
    for record in records:
        by_type.setdefault(type(record).__name__, []).append(record)
    sections = {name: _adapter(name).dump_json(by_type[name]) for name in sorted(by_type)}
    header = json.dumps({name: len(section) for name, section in sections.items()}).encode()
    packed = zlib.compress(b"\n".join((header, *sections.values(), b"")), 1)
    return packed, {name: len(by_type[name]) for name in sections}


def _unpack(packed: bytes, kinds: Collection[str]) -> Iterator[Record]:
    text = memoryview(zlib.decompress(packed))
    end = bytes(text[:4096]).index(b"\n")
    start = end + 1
    with without_collection():
        for name, size in json.loads(bytes(text[:end])).items():
            if not kinds or name in kinds:
                yield from _adapter(name).validate_json(bytes(text[start : start + size]))
            start += size + 1


@functools.cache
def _adapter(name: str) -> TypeAdapter[list[Any]]:
    return TypeAdapter(list[RECORD_TYPES[name]])  # type: ignore[valid-type]


@functools.cache
def _state_adapter() -> TypeAdapter[SnapshotState]:
    return TypeAdapter(SnapshotState)


@functools.cache
def _parts_adapter() -> TypeAdapter[list[PartState]]:
    return TypeAdapter(list[PartState])


@functools.cache
def _profile_adapter() -> TypeAdapter[Profile]:
    return TypeAdapter(Profile)


@functools.cache
def _files_adapter() -> TypeAdapter[KnownFiles]:
    return TypeAdapter(KnownFiles)
