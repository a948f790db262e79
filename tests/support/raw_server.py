"""A server that says byte for byte what a test wants: slowly, half, or not HTTP at all."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable, Iterator

Answer = Iterable[bytes]  # pieces, sent one after another with a pause between
Answering = Callable[[str, dict[str, str]], Answer]  # by path and headers (lower case)

PAUSE = 0.02
MOST = 30.0  # seconds that one connection may take, whatever is asked of it


class RawServer:
    """Listens at the loopback address; `asked` holds path and headers of each request."""

    def __init__(self, answering: Answering, pause: float = PAUSE) -> None:
        self._answering = answering
        self._pause = pause
        self._stop = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.port: int = self._listener.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self._threads[0].start()

    def close(self) -> None:
        self._stop.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        """One request, one answer, and the end of the connection."""
        with contextlib.suppress(OSError), connection:
            connection.settimeout(MOST)
            request = self._read(connection)
            if request is None:
                return
            self.asked.append(request)
            for count, piece in enumerate(self._answering(*request)):
                if count and (self._stop.wait(self._pause) or count * self._pause > MOST):
                    return
                connection.sendall(piece)

    def _read(self, connection: socket.socket) -> tuple[str, dict[str, str]] | None:
        head = b""
        while b"\r\n\r\n" not in head:
            more = connection.recv(65_536)
            if not more:
                return None
            head += more
        first, *lines = head.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        return first.split(" ")[1], {name.lower(): value for name, value in headers.items()}


@contextlib.contextmanager
def raw_server(answering: Answering, pause: float = PAUSE) -> Iterator[RawServer]:
    server = RawServer(answering, pause)
    try:
        yield server
    finally:
        server.close()


def answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    """A whole answer."""
    head = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers)
    return "\r\n".join((*head, "", "")).encode("latin-1") + body


def drip(content: bytes) -> Iterator[bytes]:
    """Byte by byte."""
    for byte in content:
        yield bytes((byte,))
