"""An HTTP answer as it stands: where it leads, what it asks for, its body proved whole; why there is none."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit, urlunsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ProxyError

from indexer.sources import SourceUnavailable

CHUNK = 1 << 16


class TryAgain(Exception):
    """What went wrong may go right in a moment: a body that ended early, a server that is busy."""

    def __init__(self, why: str, after: float = 0.0) -> None:
        super().__init__(why)
        self.after = after  # seconds that the server asks for


def redirected(address: str, target: str) -> str:
    """Where a redirect leads. Raises SourceUnavailable where it would leave https, or is no address."""
    try:
        there = urljoin(address, target)
        parts = urlsplit(there)
        origin_of(there)
    except ValueError:
        raise SourceUnavailable(f"{address}: redirected to what is no address") from None
    if parts.scheme not in ("http", "https") or urlsplit(address).scheme == "https" != parts.scheme:
        raise SourceUnavailable(f"{address}: redirected from {urlsplit(address).scheme} to {there[:200]}")
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def body_of(url: str, answer: urllib3.BaseHTTPResponse, most: int) -> Iterator[bytes]:
    """The body in pieces, gzip undone here so that the end of both layers can be checked."""
    coding = answer.headers.get("Content-Encoding", "identity").lower()
    if coding not in ("identity", "gzip", "x-gzip"):
        raise SourceUnavailable(f"{url}: coded as {coding[:50]}, which was not asked for")
    length = answer.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > most:
        raise SourceUnavailable(f"{url}: larger than {most} bytes")
    unzip = zlib.decompressobj(wbits=31) if "gzip" in coding else None
    received = 0
    try:
        # read1 gives what is there: a body that drips must not hide from the deadline.
        while raw := answer.read1(CHUNK, decode_content=False):
            received += len(raw)
            if received > most:
                raise SourceUnavailable(f"{url}: larger than {most} bytes")
            while unzip and raw:
                if unzip.eof:
                    raise SourceUnavailable(f"{url}: something stands behind its end")
                yield unzip.decompress(raw, CHUNK * 16)
                raw = unzip.unconsumed_tail or unzip.unused_data
            if raw:
                yield raw
    except (HTTPError, zlib.error) as error:
        raise TryAgain(f"cut off after {received} bytes ({cause_of(error)})") from error
    if (length.isdigit() and received != int(length)) or (unzip and not unzip.eof):
        raise TryAgain(f"cut off after {received} of {length or 'unknown'} bytes")


def answered(answer: urllib3.BaseHTTPResponse) -> str:
    """Status and reason of an HTTP answer, for people: of the server's words 100 printable characters."""
    reason = "".join(char for char in str(answer.reason or "") if char.isprintable())[:100]
    return f"answered {answer.status} {reason}".strip()


def retry_after(answer: urllib3.BaseHTTPResponse) -> float:
    """Seconds that a server asks to be left alone for; 0 where it does not, or not in a way that is known."""
    asked = answer.headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked[:9])
    try:
        return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0


def origin_of(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{port}"


def cause_of(error: BaseException) -> str:
    """The innermost reason, in one line: "Connection refused" rather than four wrapped names."""
    innermost = _chain(error)[-1]
    return " ".join(f"{type(innermost).__name__}: {innermost}".split())[:300]


def is_unreachable(error: BaseException) -> bool:
    """Whether there was no connection at all, to the host or to the proxy on the way."""
    none = (NewConnectionError, ConnectTimeoutError, ProxyError)
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
