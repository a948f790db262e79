"""The wheel carries all that the program needs, and runs from any folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import requests

from tests.support.servers import free_port, wait_until_ready

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without network and off a copy: a build leaves its traces."""
    out = tmp_path_factory.mktemp("wheel")
    copy = tmp_path_factory.mktemp("project") / "starchart"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "data", "build", "*.egg-info", "tests"))
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, copy],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    (built,) = out.glob("starchart-*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; its dependencies are those of this environment."""
    folder = tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=120)
    (site,) = folder.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    # Not by a .pth file: that would bring in the editable installation of this very project.
    (own,) = [Path(path) for path in sys.path if path.endswith("site-packages") and sys.prefix in path]
    for entry in own.iterdir():
        if "starchart" not in entry.name and not (site / entry.name).exists() and entry.suffix != ".pth":
            (site / entry.name).symlink_to(entry)
    return folder / "bin/python"


def starchart(python: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("STARCHART_", "PYTHON"))}
    return subprocess.run(
        [python, "-m", "search_app.cli", *words],
        cwd=folder, env=clean, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_the_wheel_holds_templates_static_files_sample_and_settings(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for wanted in (ROOT / "indexer/sample", ROOT / "search_app/static"):
        for file in (path for path in wanted.rglob("*") if path.is_file()):
            assert file.relative_to(ROOT).as_posix() in names
    for pattern in ("templates/base.html", "templates/item/metric.html", "config.yaml"):
        assert any(name.endswith(pattern) for name in names), pattern
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_it_runs_from_another_folder_without_the_project(python: Path, tmp_path: Path) -> None:
    where = subprocess.run(
        [python, "-c", "import indexer, search_app; print(indexer.__file__, search_app.__file__)"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert str(ROOT) not in where
    assert "Search over everything" in starchart(python, tmp_path, "--help").stdout
    nothing = starchart(python, tmp_path, "search", "gc")
    assert (nothing.returncode, "nothing is indexed yet" in nothing.stderr) == (1, True)


def test_its_server_serves_the_sample_with_pages_and_static_files(python: Path, tmp_path: Path) -> None:
    port = free_port()
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("STARCHART_", "PYTHON"))}
    process = subprocess.Popen(
        [python, "-m", "search_app.cli", "run"],
        cwd=tmp_path, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        env={**clean, "PORT": str(port), "STARCHART_MIRROR": "http://127.0.0.1:9"},
    )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(base, process)
        page = requests.get(f"{base}/?q=gc+pause", timeout=30).text
        assert "javascript.gc.slice_time" in page
        style = page.split('rel="stylesheet" href="')[1].split('"')[0]
        assert requests.get(base + style, timeout=30).ok
        assert requests.get(f"{base}/metric/gecko/javascript.gc.slice_time", timeout=30).ok
    finally:
        process.terminate()
        assert process.wait(60) == 0
    assert (tmp_path / "data/current").is_file()
    found = starchart(python, tmp_path, "search", "gc pause")
    assert (found.returncode, "javascript.gc.slice_time" in found.stdout) == (0, True)
