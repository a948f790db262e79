"""Files from the public web, or from a mirror of it: polite, conditional, bounded.

A Fetcher turns a source's Requests into Fetched files. Over HTTP it asks again only
with ETag or Last-Modified, keeps bodies in a disk cache (cache.py), obeys Retry-After,
and takes nothing that is cut off, too large or too slow. Whatever keeps a source from
its files raises SourceUnavailable with the cause; a 404 is an answer where the request
is optional.
"""

from __future__ import annotations

import hashlib
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError
from urllib3.util.retry import Retry

from indexer.config import Config, CrawlConfig
from indexer.crawl.archives import ArchiveLimits, digest_folder, walk_archive
from indexer.crawl.http_cache import Entry, HttpCache
from indexer.sources import Fetched, Request, SourceUnavailable

CHUNK = 1 << 16
GONE = (404, 410)
RETRIED = (429, 500, 502, 503, 504)


class _Incomplete(Exception):
    """A body that ended early; worth another try."""


class _Session(requests.Session):
    """Follows no redirect, not even to prepare the next request: for that, requests reads the whole body."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None

    def target_of(self, answer: requests.Response) -> str | None:
        """Where an answer redirects to, None where it does not."""
        return super().get_redirect_target(answer)


class Fetcher:
    """Fetches for one crawl. Safe for threads; `close` when done."""

    def __init__(self, config: Config, cache_dir: Path) -> None:
        self._limits = config.crawl
        self._archive_limits = ArchiveLimits(
            config.crawl.archive_members, config.crawl.archive_member_bytes, config.crawl.archive_bytes
        )
        self._mirror = config.mirror.rstrip("/")
        self._cache = HttpCache(cache_dir)
        self._session = _session(config.crawl)
        self._at_once = threading.Semaphore(config.crawl.at_once)
        self._hosts: dict[str, ThreadPoolExecutor] = {}
        self._hosts_lock = threading.Lock()
        self._unreachable: dict[str, str] = {}  # host -> why; asked no more in this crawl

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for host in self._hosts.values():
            host.shutdown(cancel_futures=True)
        self._session.close()

    def fetch(
        self, wanted: Sequence[Request], progress: Callable[[int], None] | None = None
    ) -> list[Fetched]:
        """The files of the requests, in their order; `progress` is told of each one that is in.

        Raises SourceUnavailable at the first that fails, without waiting for the rest.
        """
        futures = [self._turns_at(request).submit(self._fetch_one, request) for request in wanted]
        if progress is not None:
            for future in futures:
                future.add_done_callback(lambda _: progress(1))
        done, pending = wait(futures, return_when=FIRST_EXCEPTION)
        for future in pending:
            future.cancel()
        for future in done:
            if not future.cancelled() and (error := future.exception()) is not None:
                raise error
        return [future.result() for future in futures]

    def _turns_at(self, request: Request) -> ThreadPoolExecutor:
        """The threads of a host, so that one that is slow does not hold up the others."""
        host = urlsplit(request.url).netloc
        with self._hosts_lock:
            if host not in self._hosts:
                self._hosts[host] = ThreadPoolExecutor(self._limits.per_host, f"fetch-{host}")
            return self._hosts[host]

    def _fetch_one(self, request: Request) -> Fetched:
        parts = urlsplit(request.url)
        if self._mirror and "://" not in self._mirror:
            return self._read_folder(request, parts.netloc, parts.path)
        url = request.url
        if self._mirror:
            query = f"?{parts.query}" if parts.query else ""
            url = f"{self._mirror}/{parts.netloc}{parts.path}{query}"
        with self._at_once:
            entry = self._ask(url)
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
        members = partial(walk_archive, path, self._archive_limits) if request.kind == "archive" else None
        return Fetched(request, 200, path, digest, members)

    def _missing(self, request: Request) -> Fetched:
        if not request.optional:
            raise SourceUnavailable(f"{request.url}: not found (404)")
        return Fetched(request, 404, None, "")

    def _ask(self, url: str) -> Entry | None:
        """The cache's entry of a URL, fetched or revalidated now; None for a 404."""
        host = urlsplit(url).netloc
        if host in self._unreachable:
            raise SourceUnavailable(f"{url}: {self._unreachable[host]}")
        for attempt in range(self._limits.retries + 1):
            try:
                return self._ask_once(url)
            except _Incomplete as error:
                if attempt == self._limits.retries:
                    raise SourceUnavailable(f"{url}: {error}") from error
                time.sleep(self._limits.backoff_seconds * 2**attempt)
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                if _is_unreachable(error):
                    self._unreachable[host] = _cause(error)
                raise SourceUnavailable(f"{url}: {_cause(error)}") from error
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _ask_once(self, url: str) -> Entry | None:
        known = self._cache.get(url)
        headers = known.conditions() if known else {}
        with self._get(url, headers) as answer:
            if answer.status_code == 304 and known is not None:
                return known
            if answer.status_code in GONE:
                return None
            if answer.status_code != 200:
                raise SourceUnavailable(f"{url}: answered {answer.status_code} {answer.reason}")
            with self._cache.writer() as body:
                digest = self._copy(url, answer, body)
                return self._cache.put(
                    url, body, digest, answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")
                )

    def _get(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        """The answer at the end of all redirects; their bodies, which requests would read whole, are left."""
        seconds = (self._limits.connect_seconds, self._limits.read_seconds)
        at = url
        for _ in range(self._limits.max_redirects + 1):
            answer = self._session.get(
                at, headers=headers, stream=True, timeout=seconds, allow_redirects=False
            )
            target = self._session.target_of(answer)
            if target is None:
                return answer
            answer.close()
            at = redirected(at, target)
        raise SourceUnavailable(f"{url}: more than {self._limits.max_redirects} redirects")

    def _copy(self, url: str, answer: requests.Response, to: BinaryIO) -> str:
        """The body, whole or not at all, written to `to`; its digest."""
        digest = hashlib.sha256()
        size = 0
        for chunk in _decoded(answer, time.monotonic() + self._limits.file_seconds):
            size += len(chunk)
            if size > self._limits.max_bytes:
                raise SourceUnavailable(f"{url}: larger than {self._limits.max_bytes} bytes")
            digest.update(chunk)
            to.write(chunk)
        return digest.hexdigest()


def redirected(address: str, target: str) -> str:
    """Where a redirect leads. Raises SourceUnavailable where it would leave https."""
    there = urljoin(address, target)
    if urlsplit(address).scheme == "https" != urlsplit(there).scheme:
        raise SourceUnavailable(f"{address}: redirected from https to {there[:200]}")
    return there


def _decoded(answer: requests.Response, deadline: float) -> Iterator[bytes]:
    """The body in pieces, gzip undone here so that the end of both layers can be checked."""
    coding = answer.headers.get("Content-Encoding", "identity").lower()
    if coding not in ("identity", "gzip", "x-gzip"):
        raise SourceUnavailable(f"{answer.url}: coded as {coding}, which was not asked for")
    unzip = zlib.decompressobj(wbits=31) if "gzip" in coding else None
    received = 0
    try:
        # read1 gives what is there: a body that drips must not hide from the deadline.
        while raw := answer.raw.read1(CHUNK, decode_content=False):
            received += len(raw)
            if time.monotonic() > deadline:
                raise SourceUnavailable(f"{answer.url}: took too long")
            while unzip and raw:
                yield unzip.decompress(raw, CHUNK * 16)
                raw = unzip.unconsumed_tail
            if raw:
                yield raw
    except (urllib3.exceptions.ProtocolError, urllib3.exceptions.ReadTimeoutError, zlib.error) as error:
        raise _Incomplete(f"cut off after {received} bytes ({_cause(error)})") from error
    length = answer.headers.get("Content-Length", "")
    if (length.isdigit() and received != int(length)) or (unzip and not unzip.eof):
        raise _Incomplete(f"cut off after {received} of {length or 'unknown'} bytes")


def _session(limits: CrawlConfig) -> _Session:
    """One session for all threads: no cookies are kept, connections are pooled by host."""
    session = _Session()
    session.headers.update({"User-Agent": limits.user_agent, "Accept-Encoding": "gzip"})
    retry = Retry(
        total=limits.retries,
        connect=1,  # where there is no network, patience does not help
        backoff_factor=limits.backoff_seconds,
        status_forcelist=RETRIED,
        allowed_methods=("GET",),
        raise_on_status=False,
        retry_after_max=int(limits.file_seconds),
    )
    adapter = HTTPAdapter(pool_maxsize=limits.at_once, max_retries=retry)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _cause(error: BaseException) -> str:
    """The innermost reason, in one line: "Connection refused" rather than four wrapped names."""
    innermost = _chain(error)[-1]
    return " ".join(f"{type(innermost).__name__}: {innermost}".split())[:300]


def _is_unreachable(error: BaseException) -> bool:
    """Whether there was no connection at all, to the host or to the proxy on the way."""
    none = (NewConnectionError, requests.ConnectTimeout, requests.exceptions.ProxyError)
    return any(isinstance(each, none) for each in _chain(error))


def _chain(error: BaseException) -> list[BaseException]:
    """An error and those that it wraps, the innermost last."""
    chain = [error]
    while True:
        last = chain[-1]
        wrapped = (getattr(last, "reason", None), *last.args, last.__cause__)
        inner = next((each for each in wrapped if isinstance(each, BaseException)), None)
        if inner is None or inner in chain:
            return chain
        chain.append(inner)
