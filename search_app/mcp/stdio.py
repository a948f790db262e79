"""The protocol over standard streams: a message a line in, a message a line out, nothing else out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import BinaryIO

from pydantic_core import from_json, to_json

from search_app.mcp.protocol import LARGEST_MESSAGE, UNSAID, Reply

# (text of a message, version agreed on) -> what to answer
Answerer = Callable[[bytes, str], Reply]
INTERNAL_ERROR = -32603

log = logging.getLogger(__name__)


def serve_streams(answer: Answerer, incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Answer until the other side closes its end. A mistake of ours is logged and told, and ends nothing."""
    agreed = UNSAID
    for line in _lines(incoming):
        try:
            reply = answer(line, agreed)
        except Exception:
            log.exception("a message could not be answered")
            reply = _broken(line)
        if isinstance(reply.body, dict):
            agreed = reply.body.get("result", {}).get("protocolVersion", agreed)
        if reply.body is None:
            continue
        try:
            outgoing.write(to_json(reply.body) + b"\n")
            outgoing.flush()
        except BrokenPipeError:
            return


def _lines(incoming: BinaryIO) -> Iterator[bytes]:
    """The lines that say something; of one that is too long its beginning, which is no JSON any more."""
    while line := incoming.readline(LARGEST_MESSAGE + 1):
        whole = line.endswith(b"\n") or len(line) <= LARGEST_MESSAGE
        while not whole and (rest := incoming.readline(LARGEST_MESSAGE)):
            whole = rest.endswith(b"\n")
        if line.strip():
            yield line


def _broken(line: bytes) -> Reply:
    """The answer to a message at which our own program broke; null for the id of a batch."""
    message = from_json(line)
    request_id = message.get("id") if isinstance(message, dict) else None
    error = {"code": INTERNAL_ERROR, "message": "Something broke on our side. It has been logged."}
    return Reply({"jsonrpc": "2.0", "id": request_id, "error": error}, INTERNAL_ERROR)
