"""How long an assistant waits for `/mcp` beside ordinary searches of the same server.

`python -m tests.measure_assistants DATA_DIR [--calls N] [--pace N]`: starts a server of one worker over a
data folder with the real data, asks each tool N times over one kept connection, other things each time, and
then again while another connection searches so many times a second. Prints median and 95th percentile of each
tool, in milliseconds, as the client waits by the clock; and what a call costs the server in processor time,
in which the rest of the machine has no part. Asserts nothing: what a clock says of a shared machine is no
test. It ends by itself: calls are counted, each has a deadline.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from http.client import HTTPConnection
from itertools import cycle, islice, pairwise, repeat
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import quote, urlsplit

from tests.support.assistant import META, NEWEST
from tests.support.servers import served

SECONDS = 20.0  # for one answer
PACE = 5.0  # searches a second of others
CALLS = 100  # of each tool
LIST = Path(__file__).parent / "answers" / "questions.jsonl"
WORDS = (
    "gc pause", "clients_daily", "bookmarks fenix", "default browser", "app:fenix type:event", "sync",
    "page load time", "search.counts", "crash ping", "private browsing ios", "newtab impressions", "tabs",
    "add-ons", "memory",
)  # fmt: skip
MOST_PAGES = 20


class Connection:
    """One kept connection to a server of this machine."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self._kept = HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=SECONDS)

    def ask(self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
        """The body of an answer. Raises RuntimeError where it is none with status 200."""
        self._kept.request("POST" if body else "GET", path, body, headers or {})
        response = self._kept.getresponse()
        content = response.read()
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status} {content[:200]!r}")
        return content

    def call(self, tool: str, arguments: dict[str, Any]) -> tuple[dict[str, Any], float]:
        """The answer of a tool and its milliseconds. Raises RuntimeError where it says what is wrong."""
        params = {"name": tool, "arguments": arguments, "_meta": META}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        headers = {"Content-Type": "application/json", "MCP-Protocol-Version": NEWEST,
                   "Mcp-Method": "tools/call", "Mcp-Name": tool}  # fmt: skip
        began = time.perf_counter()
        content = self.ask("/mcp", json.dumps(message).encode(), headers)
        took = (time.perf_counter() - began) * 1000
        result: dict[str, Any] = json.loads(content)["result"]
        if result["isError"]:
            raise RuntimeError(f"{tool} {arguments}: {content[:300]!r}")
        data: dict[str, Any] = result["structuredContent"]
        return data, took


def inputs(connection: Connection, calls: int) -> dict[str, list[dict[str, Any]]]:
    """What each tool is asked: other things each time, so that little of it was asked before."""
    metrics, tables, pings, boards = (
        _ids(connection, kind, calls) for kind in ("metric", "table", "ping", "dashboard")
    )
    queried = [each for each in metrics if each.startswith(("metric/fenix/", "metric/firefox_desktop/"))]
    mixed = [each for three in zip(metrics, tables, pings, strict=False) for each in three]
    questions = [json.loads(line)["q"] for line in LIST.read_text("utf-8").splitlines()]
    asked: dict[str, Iterable[dict[str, Any]]] = {
        "search": ({"query": words, "page": page} for page in range(1, MOST_PAGES) for words in WORDS),
        "get": ({"id": each} for each in cycle(mixed)),
        "sql": ({"id": each} for each in cycle(metrics)),
        "sql, chosen": ({"id": each, "days": 7, "by": ["date", "country"]} for each in cycle(queried)),
        "answer": ({"question": each} for each in cycle(questions)),
        "compare": ({"ids": list(each)} for each in cycle(pairwise(metrics))),
        "dashboards": (
            {"query": each} for each in cycle((*WORDS, *(each[10:].replace("_", " ") for each in boards)))
        ),
        "status": repeat({}),
    }
    return {tool: list(islice(each, calls)) for tool, each in asked.items()}


def _ids(connection: Connection, kind: str, most: int) -> list[str]:
    """Ids of things of a kind that are alive, as the tools find them."""
    found: dict[str, None] = {}
    for words in WORDS:
        asked = {"query": words, "kind": [kind], "status": ["active"], "limit": 20}
        found |= dict.fromkeys(hit["id"] for hit in connection.call("search", asked)[0].get("hits", ()))
    return list(found)[:most]


class Searches(threading.Thread):
    """Others who search meanwhile: so many a second, until they are told to stop."""

    def __init__(self, base: str, pace: float) -> None:
        super().__init__(daemon=True)
        self._connection, self._pause = Connection(base), 1 / pace
        self.took: list[float] = []
        self.done = threading.Event()

    def run(self) -> None:
        for place, words in enumerate(cycle(WORDS)):
            if self.done.wait(self._pause):
                return
            began = time.perf_counter()
            self._connection.ask(f"/?q={quote(words)}&page={1 + place // len(WORDS) % MOST_PAGES}")
            self.took.append((time.perf_counter() - began) * 1000)


def processor_seconds() -> float:
    """User and system time of the processes that this one started, from /proc."""
    ticks = 0
    for each in _children(os.getpid()):
        fields = Path(f"/proc/{each}/stat").read_text("ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> Iterator[int]:
    for each in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (each / "children").read_text("ascii").split()):
            yield child
            yield from _children(child)


def row(name: str, took: Sequence[float], cost: str = "") -> str:
    """A line of the table: how many, median, 95th percentile, slowest, processor time of one."""
    told = (median(took), quantiles(took, n=20)[-1], max(took))
    return f"  {name:12} {len(took):6} " + " ".join(f"{each:8.1f}" for each in told) + f" {cost:>8}"


def round_of(
    connection: Connection, asked: dict[str, list[dict[str, Any]]]
) -> Iterator[tuple[str, list[float], float]]:
    """(tool, milliseconds of each call, processor milliseconds of a call) of every tool."""
    for tool, several in asked.items():
        before = processor_seconds()
        took = [connection.call(tool.partition(",")[0], each)[1] for each in several]
        yield tool, took, (processor_seconds() - before) * 1000 / len(several)


def show(title: str, connection: Connection, asked: dict[str, list[dict[str, Any]]], with_cost: bool) -> None:
    """Ask every tool and print the table."""
    print(title)
    print(f"  {'':12} {'calls':>6} {'median':>8} {'p95':>8} {'max':>8} {'CPU' if with_cost else '':>8}")
    every: list[float] = []
    for tool, took, cost in round_of(connection, asked):
        every += took
        print(row(tool, took, f"{cost:.1f}" if with_cost else ""))
    print(row("all", every))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--pace", type=float, default=PACE)
    arguments = parser.parse_args()
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with served(arguments.data) as base:
        connection = Connection(base)
        asked = inputs(connection, 2 * arguments.calls)
        first = {tool: each[: arguments.calls] for tool, each in asked.items()}
        second = {tool: each[arguments.calls :] or each for tool, each in asked.items()}
        show("alone, ms", connection, first, with_cost=True)
        searches = Searches(base, arguments.pace)
        searches.start()
        show(f"beside {arguments.pace:g} searches a second, ms", connection, second, with_cost=False)
        searches.done.set()
        searches.join(SECONDS)
        if len(searches.took) > 1:
            print(row("the searches", searches.took))


if __name__ == "__main__":
    main()
