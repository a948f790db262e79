"""The data tools of our own dictionary: what each is for, when to use it, who can open it.

Reads nothing from the web: the entries stand in config.yaml under `tools`, and the
settings hand them to this source as its option of that name, checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indexer.model.records import DataTool, Record
from indexer.sources import Fetched, Report, Request


class Source:
    """Requests: none; the tool dictionary stands in the settings."""

    name = "tools"
    version = 1

    def requests(self, options: Mapping[str, Any]) -> Sequence[Request]:
        """Nothing to fetch."""
        return ()

    def records(
        self, fetched: Sequence[Fetched], options: Mapping[str, Any], report: Report
    ) -> Iterator[Record]:
        """Each tool of options["tools"]; a second one of the same name is passed over."""
        names: set[str] = set()
        for tool in options.get("tools", ()):
            if not isinstance(tool, DataTool):
                report.skip("not a tool", type(tool).__name__)
            elif tool.name in names:
                report.skip("tool named twice", tool.name)
            else:
                names.add(tool.name)
                report.seen["tool"] += 1
                yield tool
