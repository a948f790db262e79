"""Which request a log line belongs to, and a line for each request where the settings want one."""

from __future__ import annotations

import logging
import time

from flask import Response, g, has_request_context, request

from search_app.web.state import asked_by_ourselves

log = logging.getLogger(__name__)


def log_access(response: Response) -> Response:
    """One line on the request, when its answer has been sent; for after_request."""
    if asked_by_ourselves():
        return response
    fields = {
        "request_id": g.get("request_id", ""),
        "client": request.remote_addr or "",
        "method": request.method,
        "address": request.full_path.rstrip("?"),
        "status": response.status_code,
        "bytes": response.content_length,
    }
    started = g.get("started", time.perf_counter())

    def write() -> None:
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        log.info(
            "%(client)s %(method)s %(address)s %(status)s %(ms)s ms",
            {**fields, "ms": milliseconds},
            extra={**fields, "ms": milliseconds},
        )

    response.call_on_close(write)
    return response


class RequestId(logging.Filter):
    """Puts the request's id on every line that is logged while one is answered."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Writes the id of the request under way into a record of the log; lets every record pass."""
        if not hasattr(record, "request_id") and has_request_context():
            record.request_id = g.get("request_id", "")
        return True
