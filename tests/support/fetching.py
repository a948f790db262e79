"""Files as the fetcher would hand them to a source: from a folder laid out by URL, or from bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from indexer.model.records import Record
from indexer.sources import Fetched, NamingMore, Report, Request, Source

GOLDEN = Path(__file__).parents[1] / "sources" / "golden"


def fetched(request: Request, path: Path | None) -> Fetched:
    """One file; None is a 404."""
    if path is None:
        assert request.optional, f"{request.url} is wanted and absent"
        return Fetched(request, 404, None, "")
    return Fetched(request, 200, path, hashlib.sha256(path.read_bytes()).hexdigest())


def fetch_all(source: Source, folder: Path, options: Mapping[str, Any]) -> list[Fetched]:
    """All that a source asks for, read from a folder laid out by URL."""

    def fetch(requests: Sequence[Request]) -> list[Fetched]:
        paths = [folder / request.url.partition("://")[2].partition("?")[0] for request in requests]
        return [fetched(r, path if path.is_file() else None) for r, path in zip(requests, paths, strict=True)]

    first = fetch(source.requests(options))
    return first + (fetch(source.more_requests(first, options)) if isinstance(source, NamingMore) else [])


def records_of(
    source: Source, files: Sequence[Fetched], options: Mapping[str, Any] | None = None
) -> tuple[list[Record], Report]:
    report = Report()
    return list(source.records(files, options or {}, report)), report
