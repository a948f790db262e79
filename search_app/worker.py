"""A worker of the server: one request is worked on at a time, and thousands of connections may wait.

Query time is processor time, so a second thread of a worker gains nothing and costs much
(docs/speed.md); but connections are slow, idle, or hostile. Here each of them is a greenlet,
which costs some kilobytes while it waits for a byte to come or to go. Every wait has an end:
a request must have come in within `request_seconds`, byte by byte or at once, and its answer must
have been taken within `answer_seconds` (both are settings of the server); else the connection is closed.
"""

from __future__ import annotations

import json
import re
from typing import Any

import gevent
from gevent import monkey, socket
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
from gunicorn.workers.ggevent import GeventWorker

CONNECTIONS = 2_000  # of a worker; more wait in the kernel's queue


class Worker(GeventWorker):  # type: ignore[misc]
    """gunicorn's gevent worker, with an end to every wait, and with errors in the shape that is asked for."""

    sockets: list[Any]
    request_seconds = 15.0
    answer_seconds = 60.0

    def patch(self) -> None:
        """Let sockets and pauses of this process wait together; nothing else in it ever waits."""
        monkey.patch_time()
        monkey.patch_socket()
        self.sockets = [
            socket.socket(each.FAMILY, socket.SOCK_STREAM, fileno=each.sock.detach()) for each in self.sockets
        ]

    def timeout_ctx(self) -> gevent.Timeout:
        """Around the reading of a request, from the first wait for it to its last header."""
        return gevent.Timeout(self.request_seconds, False)

    def handle(self, listener: Any, client: Any, address: Any) -> None:
        """Serve a connection that knows how each request began: a refused one is answered in its shape."""
        super().handle(listener, Beginning(client), address)

    def handle_request(self, listener_name: Any, request: Any, client: Any, address: Any) -> None:
        """Answer one request. Ends the connection where the answer is not taken in `answer_seconds`."""
        ended = False
        with gevent.Timeout(self.answer_seconds, False):
            super().handle_request(listener_name, request, client, address)
            ended = True
        if not ended:
            self.log.info("an answer was not taken within %g s: %s", self.answer_seconds, address)
            raise StopIteration  # half of an answer is out: nothing can follow on this connection

    def handle_error(self, request: Any, client: Any, address: Any, error: BaseException) -> None:
        """A request that no application sees: too long a line on the JSON interface is told as JSON."""
        too_long = isinstance(error, LimitRequestLine | LimitRequestHeaders)
        if too_long and isinstance(client, Beginning) and client.is_of_api:
            client.sendall(_too_long(error))
            return
        super().handle_error(request, client, address, error)


def worker_class(request_seconds: float, answer_seconds: float) -> type[Worker]:
    """The class of workers with these ends to waiting."""
    ends = {"request_seconds": request_seconds, "answer_seconds": answer_seconds}
    return type("Worker", (Worker,), ends)


class Beginning:
    """A connection that knows how what was received last began."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.received = b""

    def recv(self, *arguments: Any) -> bytes:
        """What came, as of a socket; remembers the first line where a request begins with it."""
        data: bytes = self._client.recv(*arguments)
        if re.match(rb"[A-Z]{3,10} /", data):
            self.received = data[:64]
        return data

    @property
    def is_of_api(self) -> bool:
        """Whether the request that came last goes to the JSON interface."""
        return bool(re.match(rb"[A-Z]{3,10} /api/", self.received))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def _too_long(error: BaseException) -> bytes:
    is_line = isinstance(error, LimitRequestLine)
    status = "414 URI Too Long" if is_line else "431 Request Header Fields Too Large"
    message = "The address is too long." if is_line else "The headers of the request are too long."
    body = json.dumps({"error": {"code": "too_long", "message": message, "parameter": None}})
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"X-Content-Type-Options: nosniff\r\nAccess-Control-Allow-Origin: *\r\n"
        f"Connection: close\r\n\r\n{body}"
    ).encode()
