"""Log lines on stderr: one for each event, for people or, as JSON, for programs."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Literal

LogFormat = Literal["text", "json"]
TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """A JSON object a line: time, level, logger, message, the trace of an error, and all `extra` fields."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON: time (UTC), level, logger, message, trace, and what was logged beside them."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": at, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        line |= {name: value for name, value in vars(record).items() if name not in _USUAL}
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """A line for people; what came from outside cannot begin another line."""

    def __init__(self) -> None:
        super().__init__(TEXT)

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line with its breaks written out, so that no text of a request forges a second one."""
        record.message = record.message.replace("\n", "\\n").replace("\r", "\\r")
        request = getattr(record, "request_id", "")
        return super().formatMessage(record) + (f" request={request}" if request else "")


def start_logging(level: int = logging.INFO, form: LogFormat = "text") -> None:
    """Log lines of this process from now on; a second call changes level and form."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each.formatter, JsonLines | TextLines)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # a source's own line says why it failed
