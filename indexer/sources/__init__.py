"""The contract of a source, and how sources are found.

A source is one module of this folder whose name does not start with an underscore.
It has facts at the top, and one class named `Source` with:

    name            the key of its entry in config.yaml (`sources: <name>: …`)
    version         an int, raised whenever its records would come out differently
    requests(options)      -> the first requests, as `Request`s
    records(fetched, options, report)   -> an iterable of records

and, where it may truly have nothing to say of files that are there, `may_be_empty = True`: else files
that give no record at all are taken for an error that came with status 200.

`crawl` (crawl.py) asks for the requests, fetches them, asks for more where files name
further ones (NamingMore), and hands all that was fetched to `records`. Sources do no
I/O of their own (bigquery.py is the one exception: its client library does), so that
they can be tested on files and run in other processes. A source with `parts` (InParts)
is parsed part by part, and only where something changed.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from indexer.model.records import Record
from indexer.model.table_records import TableSchema
from indexer.runtime.limited import begin_step


class SourceUnavailable(Exception):
    """Upstream does not answer, or its answer cannot be read: its last good records stay."""


@dataclass(frozen=True, slots=True)
class Request:
    """A file that a source wants."""

    url: str
    kind: str = "file"  # file, or archive: a .tar.gz to be walked member by member
    optional: bool = False  # 404 is an answer, not a failure
    tag: str = ""  # what the source needs to know again when the file comes back


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file as fetched: `body` for a file; `path` (and members()) for an archive; neither for a 404."""

    request: Request
    status: int  # 200 (also for a body that was revalidated by 304) or 404
    path: Path | None  # where the body lies on this disk
    digest: str  # of the body, "" for a 404
    members: Callable[[], Iterable[tuple[str, bytes]]] | None = None  # archives: safe (path, content) pairs

    def body(self) -> bytes:
        """The whole body. Raises ValueError where upstream had none (404)."""
        if self.path is None:
            raise ValueError(f"{self.request.url} has no body (status {self.status})")
        begin_step(self.request.url)
        return self.path.read_bytes()


@dataclass(frozen=True, slots=True)
class FileColumns:
    """What a file with columns gave: it need not be parsed again while its content is the same."""

    schema: str  # digest of its columns, "" of none
    count: int
    skipped: tuple[tuple[str, str], ...] = ()  # reason, and what in the file


@dataclass(frozen=True, slots=True)
class Recalled:
    """What files gave in the last crawl, by the digest of their content, and the schemas themselves."""

    files: Mapping[str, FileColumns] = field(default_factory=dict)
    schemas: Mapping[str, TableSchema] = field(default_factory=dict)


@dataclass(slots=True)
class Report:
    """What a source saw, kept and skipped; shown on /status and in one log line."""

    seen: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)  # reason -> count
    examples: dict[str, str] = field(default_factory=dict)  # reason -> the first thing skipped for it
    recalled: Recalled = field(default_factory=Recalled)
    files: dict[str, FileColumns] = field(default_factory=dict)  # of this crawl, for the next one

    def skip(self, reason: str, what: str = "") -> None:
        """Count one thing that is passed over, and keep the first as example."""
        self.skipped[reason] += 1
        self.examples.setdefault(reason, what[:200])


class Source(Protocol):
    """One upstream: which files it wants, and the records in them. Pure; raise `version` when the
    same files give others.
    """

    name: str
    version: int

    def requests(self, options: Mapping[str, Any]) -> Sequence[Request]:
        """The files that it wants, by its options in the settings."""
        ...

    def records(
        self, fetched: Sequence[Fetched], options: Mapping[str, Any], report: Report
    ) -> Iterable[Record]:
        """The records of the files that came. What it passes over it counts in `report`; junk never
        raises.
        """
        ...


@runtime_checkable
class NamingMore(Protocol):
    """A source whose files name further files: a listing of apps, say."""

    def more_requests(self, fetched: Sequence[Fetched], options: Mapping[str, Any]) -> Sequence[Request]:
        """What is wanted besides, after so much was fetched; asked again until nothing is new."""
        ...


@runtime_checkable
class InParts(Protocol):
    """A source whose files fall into parts that make records by themselves: only what changed is parsed."""

    def parts(self, fetched: Sequence[Fetched]) -> Sequence[Sequence[Fetched]]:
        """The files by part. records() of all is records() of each, one after another."""
        ...


def find_sources() -> dict[str, Source]:
    """All sources by name. Adding a file to this folder is the registration."""
    found: dict[str, Source] = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            source: Source = importlib.import_module(f"{__name__}.{module.name}").Source()
            found[source.name] = source
    return found
