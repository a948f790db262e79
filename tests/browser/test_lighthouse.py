"""Lighthouse on the main pages, desktop and phone, where it is installed (`npm install -g lighthouse`).

Of its scores those are held that do not hang on a clock; that of performance is printed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.full, pytest.mark.mirror]

PAGES = {
    "start": "/",
    "results": "/?q=gc+pause",
    "metric": "/metric/fenix/browser.search.in_content",
    "the widest table": "/table/moz-fx-data-shared-prod.telemetry.main",
    "map": "/map",
}
CHROMIUM = "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
LEAST = 0.98
SECONDS = 180


@pytest.mark.parametrize("form", ["desktop", "mobile"])
@pytest.mark.parametrize("page", PAGES)
def test_lighthouse_finds_nothing_to_mend(mirror_server: str, tmp_path: Path, page: str, form: str) -> None:
    program, chromium = shutil.which("lighthouse"), shutil.which("chromium")
    if program is None or chromium is None:
        pytest.skip("there is no Lighthouse, or no Chromium")
    report = tmp_path / "report.json"
    command = [program, mirror_server + PAGES[page], "--quiet", "--output=json", f"--output-path={report}"]
    command += [f"--chrome-flags={CHROMIUM}", *(["--preset=desktop"] if form == "desktop" else [])]
    environment = {"CHROME_PATH": chromium, **_path(program)}
    for last in (False, False, True):  # on a busy machine it loses a trace and asks to be run again
        if not subprocess.run(command, check=last, timeout=SECONDS, env=environment).returncode:
            break
    told = json.loads(report.read_bytes())
    scores = {name: each["score"] for name, each in told["categories"].items()}
    print(page, form, scores)
    held = ["accessibility", "best-practices", *(["seo"] if page != "results" else [])]  # not to be indexed
    assert {name: scores[name] for name in held if scores[name] < LEAST} == {}
    assert told["audits"]["cumulative-layout-shift"]["numericValue"] < 0.01


def _path(program: str) -> dict[str, str]:
    """Where a program that was found finds node."""
    node = shutil.which("node")
    folders = [str(Path(each).parent) for each in (program, node) if each]
    return {"PATH": ":".join([*folders, "/usr/bin", "/bin"]), "HOME": str(Path.home())}
