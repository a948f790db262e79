"""Bodies that were fetched over HTTP, kept for conditional requests.

A body lies in a file named by its digest; a small JSON file named by the URL says which
body, ETag and Last-Modified it had. Both are put in place by os.replace, the body first,
so that a kill leaves the old pair or the new one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from indexer.runtime.disk import writing_to


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a URL's body."""

    url: str
    digest: str  # sha256 of the decoded body
    size: int
    etag: str
    last_modified: str

    def conditions(self) -> dict[str, str]:
        """Request headers by which upstream can answer 304."""
        if self.etag:
            return {"If-None-Match": self.etag}
        return {"If-Modified-Since": self.last_modified} if self.last_modified else {}


class HttpCache:
    """A folder of bodies. Threads may share it; two crawls may not (crawl.py holds a lock)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, url: str) -> Entry | None:
        """The entry of a URL whose body lies here unharmed, else None."""
        try:
            entry = Entry(**json.loads(self._entry_path(url).read_bytes()))
            whole = self.body_path(entry).stat().st_size == entry.size
        except (OSError, ValueError, TypeError):
            return None
        return entry if whole and entry.url == url else None

    def is_whole(self, entry: Entry) -> bool:
        """Whether an entry's body still is what was written: a power cut leaves files of the right size."""
        try:
            with self.body_path(entry).open("rb") as body:
                return hashlib.file_digest(body, "sha256").hexdigest() == entry.digest
        except OSError:
            return False

    def forget(self, url: str) -> None:
        """Let go of what is known of a URL; its body goes with the next `prune`."""
        self._entry_path(url).unlink(missing_ok=True)

    def body_path(self, entry: Entry) -> Path:
        """Where the body of a digest lies, or would."""
        return self._folder / f"{entry.digest}.body"

    @contextlib.contextmanager
    def writer(self) -> Iterator[BinaryIO]:
        """A file to write a body to; gone afterwards unless `put` has taken it. Raises FolderUnusable."""
        with writing_to(self._folder), self._part() as body:
            yield body

    @contextlib.contextmanager
    def _part(self) -> Iterator[BinaryIO]:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix="part-", dir=self._folder)
        try:
            os.close(handle)
            with open(name, "wb") as body:  # by its name, which `put` needs
                yield body
        finally:
            Path(name).unlink(missing_ok=True)

    def put(self, url: str, body: BinaryIO, digest: str, etag: str, last_modified: str) -> Entry:
        """Take a written body as the one of a URL."""
        body.flush()
        entry = Entry(url, digest, os.fstat(body.fileno()).st_size, etag, last_modified)
        os.replace(body.name, self.body_path(entry))
        note = self._folder / f"part-{digest[:16]}-{_key(url)}"
        note.write_text(json.dumps(asdict(entry)))
        os.replace(note, self._entry_path(url))
        return entry

    def prune(self) -> int:
        """Remove bodies that no entry names, and parts of interrupted crawls; how many went."""
        kept = set()
        for path in self._folder.glob("*.json"):
            with contextlib.suppress(OSError, ValueError, KeyError):
                kept.add(f"{json.loads(path.read_bytes())['digest']}.body")
        loose = [p for p in self._folder.glob("*.body") if p.name not in kept]
        loose.extend(self._folder.glob("part-*"))
        for path in loose:
            path.unlink(missing_ok=True)
        return len(loose)

    def _entry_path(self, url: str) -> Path:
        return self._folder / f"{_key(url)}.json"


def _key(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:40]
