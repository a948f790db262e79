"""Files from the public web, or from a mirror of it: polite, conditional, bounded.

A Fetcher turns a source's Requests into Fetched files. Over HTTP it asks again only
with ETag or Last-Modified, keeps bodies in a disk cache (http_cache.py), obeys Retry-After,
and takes nothing that is cut off, too large or too slow: each file has one deadline for all that
it takes, connecting, waiting and trying again included (transport.py). Whatever keeps a source from
its files raises SourceUnavailable with the cause; a 404 is an answer where the request
is optional. No address that is told, kept or logged holds a password.
"""

from __future__ import annotations

import hashlib
import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit, urlunsplit

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.util import make_headers

from indexer.config import Config
from indexer.crawl.answers import (
    TryAgain,
    answered,
    body_of,
    cause_of,
    is_unreachable,
    origin_of,
    redirected,
    retry_after,
)
from indexer.crawl.archives import ArchiveLimits, digest_folder, walk_archive
from indexer.crawl.http_cache import Entry, HttpCache
from indexer.crawl.transport import NotPublic, Transport, deadline
from indexer.sources import Fetched, Request, SourceUnavailable

GONE = (404, 410)
RETRIED = (429, 500, 502, 503, 504)
REDIRECTS = (301, 302, 303, 307, 308)
FOREVER = 86_400.0


class Fetcher:
    """Fetches for one crawl. Safe for threads; `close` when done."""

    def __init__(self, config: Config, cache_dir: Path, until: float = math.inf) -> None:
        """`until`: time.monotonic() at which the crawl must be through with fetching."""
        self._limits = config.crawl
        self._archive_limits = ArchiveLimits(
            config.crawl.archive_members, config.crawl.archive_member_bytes, config.crawl.archive_bytes
        )
        self._authorizations: dict[str, str] = {}  # origin -> header, of addresses with a password
        self._mirror = self._without_password(config.mirror.rstrip("/"))
        self._cache = HttpCache(cache_dir)
        headers = {"User-Agent": config.crawl.user_agent, "Accept-Encoding": "gzip"}
        self._transport = Transport(headers, config.crawl.at_once, config.crawl.connect_seconds)
        self._until = until
        self._at_once = threading.Semaphore(config.crawl.at_once)
        self._hosts: dict[str, ThreadPoolExecutor] = {}
        self._hosts_lock = threading.Lock()
        self._unreachable: dict[str, str] = {}  # host -> why; asked no more in this crawl

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Drop the requests that have not begun, wait for those that have, and close the connections."""
        for host in self._hosts.values():
            host.shutdown(cancel_futures=True)
        self._transport.close()

    def fetch(
        self,
        wanted: Sequence[Request],
        progress: Callable[[int], None] | None = None,
        until: float = math.inf,
    ) -> list[Fetched]:
        """The files of the requests, in their order; `progress` is told of each one that is in.

        Raises SourceUnavailable at the first that fails, without waiting for the rest, and where not all
        are in at `until` (time.monotonic()).
        """
        until = min(until, self._until)
        wanted = [replace(request, url=self._without_password(request.url)) for request in wanted]
        futures = [self._turns_at(request).submit(self._fetch_one, request, until) for request in wanted]
        if progress is not None:
            for future in futures:
                future.add_done_callback(lambda _: progress(1))
        left = max(0.0, min(until - time.monotonic(), FOREVER))
        done, pending = wait(futures, timeout=left, return_when=FIRST_EXCEPTION)
        for future in pending:
            future.cancel()
        for future in done:
            if not future.cancelled() and (error := future.exception()) is not None:
                raise error
        if pending:
            raise SourceUnavailable(f"took too long: {len(done)} of {len(futures)} files were in")
        return [future.result() for future in futures]

    def forget(self, fetched: Sequence[Fetched]) -> None:
        """Ask for these anew the next time: what cannot be used may have been damaged on its way."""
        for file in fetched:
            self._cache.forget(self._address(file.request.url))

    def _without_password(self, url: str) -> str:
        """An address without user and password, which are kept for its origin alone."""
        parts = urlsplit(url) if "://" in url else None
        if parts is None or "@" not in parts.netloc:
            return url
        plain = parts._replace(netloc=parts.netloc.rpartition("@")[2])
        own = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        self._authorizations[origin_of(url)] = make_headers(basic_auth=own)["authorization"]
        return urlunsplit(plain)

    def _turns_at(self, request: Request) -> ThreadPoolExecutor:
        """The threads of a host, so that one that is slow does not hold up the others."""
        host = urlsplit(request.url).netloc
        with self._hosts_lock:
            if host not in self._hosts:
                self._hosts[host] = ThreadPoolExecutor(self._limits.per_host, f"fetch-{host}")
            return self._hosts[host]

    def _address(self, url: str) -> str:
        """Where a file is asked for: at its own address, or at the mirror's."""
        if not self._mirror:
            return url
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return f"{self._mirror}/{parts.netloc}{parts.path}{query}"

    def _fetch_one(self, request: Request, until: float) -> Fetched:
        if self._mirror and "://" not in self._mirror:
            parts = urlsplit(request.url)
            return self._read_folder(request, parts.netloc, parts.path)
        url = self._address(request.url)
        if not self._at_once.acquire(timeout=max(0.0, min(until - time.monotonic(), FOREVER))):
            raise SourceUnavailable(f"{url}: took too long (others were before it)")
        try:
            with deadline(
                min(until, time.monotonic() + self._limits.file_seconds), self._limits.read_seconds
            ):
                entry = self._ask(url, min(until, time.monotonic() + self._limits.file_seconds))
        finally:
            self._at_once.release()
        if entry is None:
            return self._missing(request)
        return self._found(request, self._cache.body_path(entry), entry.digest)

    def _read_folder(self, request: Request, host: str, path: str) -> Fetched:
        """A file of a folder mirror; a path that ends in a slash is its index.json. Queries are ignored."""
        parts = [part for part in (host, *unquote(path).split("/")) if part]
        if ".." in parts or any("\0" in part for part in parts):
            raise SourceUnavailable(f"{request.url}: not a path of a mirror")
        file = Path(self._mirror, *parts)
        if path.endswith("/"):
            file /= "index.json"
        if file.is_dir() and request.kind == "archive":
            return self._found(request, file, digest_folder(file))
        if not file.is_file():
            return self._missing(request)
        with file.open("rb") as body:
            return self._found(request, file, hashlib.file_digest(body, "sha256").hexdigest())

    def _found(self, request: Request, path: Path, digest: str) -> Fetched:
        walk = partial(walk_archive, path, self._archive_limits, request.url)
        members = walk if request.kind == "archive" else None
        return Fetched(request, 200, path, digest, members)

    def _missing(self, request: Request) -> Fetched:
        if not request.optional:
            raise SourceUnavailable(f"{request.url}: not found (404)")
        return Fetched(request, 404, None, "")

    def _ask(self, url: str, until: float) -> Entry | None:
        """The cache's entry of a URL, fetched or revalidated now; None for a 404."""
        host = urlsplit(url).netloc
        for attempt in range(self._limits.retries + 1):
            if host in self._unreachable:
                raise SourceUnavailable(f"{url}: {self._unreachable[host]}")
            last = attempt == self._limits.retries
            try:
                return self._ask_once(url)
            except TryAgain as error:
                cause, after = str(error), error.after
            except NotPublic as error:
                raise SourceUnavailable(f"{url}: {error}") from error
            except (HTTPError, OSError) as error:
                cause, after = cause_of(error), 0.0
                if is_unreachable(error) and attempt:  # where there is no network, patience does not help
                    self._unreachable[host], last = cause, True
            if time.monotonic() >= until:
                raise SourceUnavailable(f"{url}: took too long ({cause})")
            pause = max(after, self._limits.backoff_seconds * 2**attempt)
            if last or time.monotonic() + pause >= until:
                asks = f"; it asks for {after:.0f} s of patience" if after > 1 else ""
                raise SourceUnavailable(f"{url}: {cause}{asks}")
            time.sleep(pause)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _ask_once(self, url: str) -> Entry | None:
        known = self._cache.get(url)
        answer = self._get(url, known.conditions() if known else {})
        try:
            if answer.status == 304 and known is not None:
                if self._cache.is_whole(known):
                    return known
                self._cache.forget(url)
                raise TryAgain("what was kept of it is damaged")
            if answer.status in GONE:
                return None
            if answer.status in RETRIED:
                raise TryAgain(answered(answer), retry_after(answer))
            if answer.status != 200:
                raise SourceUnavailable(f"{url}: {answered(answer)}")
            with self._cache.writer() as body:
                digest = self._copy(url, answer, body)
                tags = [str(answer.headers.get(name, ""))[:1000] for name in ("ETag", "Last-Modified")]
                entry = self._cache.put(url, body, digest, *tags)
            answer.release_conn()
            return entry
        finally:
            answer.close()  # a body that was not read to its end cannot be followed by another one

    def _get(self, url: str, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        """The answer at the end of all redirects, whose own bodies are not read.

        Only the origin that was asked for may be a private address, and only it is shown a password.
        """
        home, at = origin_of(url), url
        for _ in range(self._limits.max_redirects + 1):
            own = self._authorizations.get(home) if origin_of(at) == home else None
            sent = {**headers, "Authorization": own} if own else headers
            answer = self._transport.get(at, sent, public_only=origin_of(at) != home)
            target = answer.headers.get("Location")
            if answer.status not in REDIRECTS or not target:
                return answer
            answer.close()
            at = redirected(at, target)
        raise SourceUnavailable(f"{url}: more than {self._limits.max_redirects} redirects")

    def _copy(self, url: str, answer: urllib3.BaseHTTPResponse, to: BinaryIO) -> str:
        """The body, whole or not at all, written to `to`; its digest."""
        digest = hashlib.sha256()
        size = 0
        for chunk in body_of(url, answer, self._limits.max_bytes):
            size += len(chunk)
            if size > self._limits.max_bytes:
                raise SourceUnavailable(f"{url}: larger than {self._limits.max_bytes} bytes")
            digest.update(chunk)
            to.write(chunk)
        return digest.hexdigest()
