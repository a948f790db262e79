"""HTTP that ends when it must: connections whose every wait counts towards one deadline.

urllib3's own time-outs are for one silence: a status line, a header or the size of a chunk that comes
byte by byte holds a reader for ever. Here a thread says until when it has (`deadline`), and resolving a
name, connecting, the handshake of TLS and each receive take no longer than what is left.

Nothing is remembered and nothing is added: no cookies, no netrc. Proxies are taken from the environment,
as curl and requests do; certificates from REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE or SSL_CERT_FILE, else
certifi's.
"""

from __future__ import annotations

import contextlib
import ipaddress
import math
import os
import queue
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util import Timeout, make_headers

CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


class _Clock(threading.local):
    """Until when this thread has (time.monotonic()), and how long one silence may last."""

    until = math.inf
    silence = 60.0


_clock = _Clock()


class DeadlinePassed(TimeoutError):
    """What a thread was at takes longer than it has."""


class NotPublic(OSError):
    """A redirect leads to a host that is not on the public internet."""


@contextlib.contextmanager
def deadline(until: float, silence: float) -> Iterator[None]:
    """While inside, this thread waits for no network past `until`, and for no byte longer than `silence`."""
    before = _clock.until, _clock.silence
    _clock.until, _clock.silence = min(until, before[0]), silence
    try:
        yield
    finally:
        _clock.until, _clock.silence = before


def _left(most: float) -> float:
    """Seconds that a wait may take. Raises DeadlinePassed where there are none."""
    left = _clock.until - time.monotonic()
    if left <= 0:
        raise DeadlinePassed("timed out")
    return min(left, most)


class _TimedSocket(socket.socket):
    """A socket whose every operation takes no longer than its thread has."""

    def recv_into(self, *args: Any, **options: Any) -> int:
        self.settimeout(_left(_clock.silence))
        return super().recv_into(*args, **options)

    def sendall(self, *args: Any, **options: Any) -> None:
        self.settimeout(_left(_clock.silence))
        super().sendall(*args, **options)


class _TimedTLSSocket(ssl.SSLSocket):
    """The same over TLS."""

    def recv_into(self, *args: Any, **options: Any) -> int:
        self.settimeout(_left(_clock.silence))
        return super().recv_into(*args, **options)

    def sendall(self, *args: Any, **options: Any) -> None:
        self.settimeout(_left(_clock.silence))
        super().sendall(*args, **options)


class _Connecting(HTTPConnection):
    """How a connection is made: the name resolved in time, its addresses tried in time."""

    public_only = False

    def _new_conn(self) -> socket.socket:
        most = self.timeout if isinstance(self.timeout, int | float) else 60.0
        host = self._dns_host
        try:
            addresses = _resolve(host, self.port, most)
        except OSError as error:
            raise NewConnectionError(self, f"{host}: {error}") from error
        failed: OSError = OSError(f"{host} has no address")
        for family, kind, protocol, _, address in addresses:
            if self.public_only and self.proxy is None and not is_public(str(address[0])):
                raise NotPublic(f"redirected to {host}, which is not on the public internet")
            connection = _TimedSocket(family, kind, protocol)
            try:
                connection.settimeout(_left(most))
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.connect(address)
                return connection
            except OSError as error:
                connection.close()
                failed = error
        if isinstance(failed, TimeoutError):
            raise ConnectTimeoutError(self, f"{host}: no connection in time") from failed
        raise NewConnectionError(self, f"{host}: {failed}") from failed


class _Plain(_Connecting, HTTPConnection):
    pass


class _Secure(_Connecting, HTTPSConnection):
    pass


class _PublicPlain(_Plain):
    public_only = True


class _PublicSecure(_Secure):
    public_only = True


def _pools(plain: type, secure: type) -> dict[str, type]:
    """urllib3's pool classes, with connections of ours."""
    return {
        "http": type("TimedPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("TimedTLSPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }


TRUSTED = _pools(_Plain, _Secure)
PUBLIC = _pools(_PublicPlain, _PublicSecure)


class Transport:
    """Asks for one address at a time, without following redirects. Safe for threads."""

    def __init__(self, headers: Mapping[str, str], at_once: int, connect_seconds: float) -> None:
        self._headers = dict(headers)
        self._connect = connect_seconds
        self._at_once = at_once
        self._managers: dict[tuple[str, bool], urllib3.PoolManager] = {}
        self._lock = threading.Lock()

    def get(
        self, url: str, headers: Mapping[str, str], *, public_only: bool = False
    ) -> urllib3.BaseHTTPResponse:
        """The answer, its body not yet read. Raises what urllib3 raises, DeadlinePassed, and NotPublic.

        With `public_only` the host must be on the public internet. Who resolves names is the proxy, where
        there is one: then only addresses that are written out can be judged.
        """
        proxy = _proxy_of(url)
        if proxy and public_only and not is_public(urlsplit(url).hostname or ""):
            raise NotPublic(f"redirected to {urlsplit(url).hostname}, which is not on the public internet")
        return self._manager(proxy, public_only).request(
            "GET",
            url,
            headers={**self._headers, **headers},
            redirect=False,
            retries=False,
            preload_content=False,
            decode_content=False,
            timeout=Timeout(connect=_left(self._connect), read=_left(_clock.silence)),
        )

    def close(self) -> None:
        """Close all connections that are kept open."""
        for manager in self._managers.values():
            manager.clear()

    def _manager(self, proxy: str, public_only: bool) -> urllib3.PoolManager:
        with self._lock:
            key = (proxy, public_only)
            if key not in self._managers:
                self._managers[key] = self._new_manager(proxy, PUBLIC if public_only else TRUSTED)
            return self._managers[key]

    def _new_manager(self, proxy: str, pools: dict[str, type]) -> urllib3.PoolManager:
        given = {"maxsize": self._at_once, "ssl_context": _tls()}
        manager: urllib3.PoolManager
        if proxy:
            parts = urlsplit(proxy)
            own = f"{parts.username}:{parts.password or ''}" if parts.username else None
            manager = urllib3.ProxyManager(
                proxy, proxy_headers=make_headers(proxy_basic_auth=own), **cast(Any, given)
            )
        else:
            manager = urllib3.PoolManager(**cast(Any, given))
        manager.pool_classes_by_scheme = cast(Any, pools)
        return manager


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet; a name is, unless it is one for local use."""
    try:
        ip = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return address.lower().rstrip(".").rpartition(".")[2] not in ("localhost", "local", "internal", "")
    if isinstance(ip, ipaddress.IPv6Address) and (inner := ip.ipv4_mapped or ip.sixtofour):
        ip = inner
    return ip.is_global and not ip.is_multicast


def _resolve(host: str, port: int, most: float) -> list[Any]:
    """getaddrinfo(), which cannot be hurried: in a thread, which is left behind where it takes too long."""
    found: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.put(error)

    threading.Thread(target=ask, name=f"resolve-{host}", daemon=True).start()
    try:
        answer = found.get(timeout=_left(most))
    except queue.Empty:
        raise TimeoutError("its name was not resolved in time") from None
    if isinstance(answer, UnicodeError):
        raise OSError(f"not a name of a host: {answer}") from answer
    if isinstance(answer, OSError):
        raise answer
    return cast(list[Any], answer)


def _proxy_of(url: str) -> str:
    """The proxy that the environment names for an address, "" where there is none."""
    parts = urlsplit(url)
    if urllib.request.proxy_bypass(parts.netloc.rpartition("@")[2]):
        return ""
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all") or ""
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _tls() -> ssl.SSLContext:
    named = next((value for name in CERTIFICATES if (value := os.environ.get(name))), None) or certifi.where()
    folder = os.path.isdir(named)
    context = ssl.create_default_context(cafile=None if folder else named, capath=named if folder else None)
    context.sslsocket_class = _TimedTLSSocket
    return context
