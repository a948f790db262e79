"""Archives as the fetcher hands them to a source: from a folder, a tar file of the mirror, or from texts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from indexer.crawl.archives import ArchiveLimits, walk_archive
from indexer.sources import Fetched, Request, Source

LIMITS = ArchiveLimits(members=200_000, member_bytes=50_000_000, total_bytes=2_000_000_000)


def archive_of(source: Source, root: Path) -> list[Fetched]:
    """The one archive that a source asks for, below a folder laid out by URL."""
    (archive,) = archives_of(source, root)
    return [archive]


def archives_of(source: Source, root: Path) -> list[Fetched]:
    """The archives that a source asks for, below a folder laid out by URL; an absent one is a 404."""
    found = []
    for request in source.requests({}):
        path = root / request.url.partition("://")[2]
        assert path.exists() or request.optional, path
        walk = partial(walk_archive, path, LIMITS)
        found.append(
            Fetched(request, 200, path, "digest", walk) if path.exists() else Fetched(request, 404, None, "")
        )
    return found


def archive_with(files: Mapping[str, bytes | str]) -> list[Fetched]:
    """An archive that holds these files, in this order."""
    members = [(path, text.encode() if isinstance(text, str) else text) for path, text in files.items()]
    return [
        Fetched(Request("https://example.org/main.tar.gz", kind="archive"), 200, None, "", lambda: members)
    ]
