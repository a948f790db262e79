"""`make audit` against an advisory source on this machine: it asks of what is locked, and tells of a hole."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(find_spec("pip_audit") is None, reason="pip-audit is not installed: make audit"),
]

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements" / "base.txt"


class Advisories(BaseHTTPRequestHandler):
    """An OSV source that knows of holes in the packages of `holes`, and notes what it is asked."""

    holes: frozenset[str] = frozenset()
    asked: set[tuple[str, str]]

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name, version = question["package"]["name"], question["version"]
        self.asked.add((name.lower(), version))
        hole = {
            "id": "PYSEC-2026-1",
            "summary": "Made up.",
            "details": "Made up.",
            "aliases": [],
            "affected": [{"package": question["package"], "versions": [version], "ranges": []}],
        }
        body = json.dumps({"vulns": [hole]} if name.lower() in self.holes else {}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: Any) -> None:
        """Nothing on stderr."""


@contextmanager
def advisories(*holes: str) -> Iterator[tuple[str, set[tuple[str, str]]]]:
    """The address of a source with these holes, and what it was asked."""
    asked: set[tuple[str, str]] = set()
    handler = type("Handler", (Advisories,), {"holes": frozenset(holes), "asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1/query", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def audited(url: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "requirements" / "audit.py", url, LOCK]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)


def test_all_that_is_locked_is_asked_for_and_no_hole_is_success() -> None:
    with advisories() as (url, asked):
        done = audited(url)
    assert (done.returncode, "No known vulnerabilities found" in done.stderr) == (0, True), done.stderr
    locked = {(name.lower(), version) for name, version in
              re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", LOCK.read_text(), re.MULTILINE)}  # fmt: skip
    assert len(asked - {("pip", "1.0")}) > 20
    assert asked - {("pip", "1.0")} <= locked


def test_a_hole_is_told_with_its_package_and_fails() -> None:
    with advisories("flask") as (url, _):
        done = audited(url)
    assert done.returncode == 1
    assert re.search(r"flask\s+\S+\s+PYSEC-2026-1", done.stdout)
