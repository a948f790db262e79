"""Set-up: what each verb installs, and that somebody who waits for pip is told what it does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INSTALL = ROOT / "requirements" / "install.py"


def would_run(verb: str, tmp_path: Path) -> str:
    """What `make <verb>` would do where nothing is installed yet."""
    return subprocess.run(
        ["make", "--dry-run", f"VENV={tmp_path / 'venv'}", verb],
        cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, "MAKEFLAGS": ""},
    ).stdout  # fmt: skip


def packages(name: str) -> set[str]:
    text = (ROOT / "requirements" / name).read_text()
    return set(re.findall(r"^([\w.-]+==\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("verb", ["setup", "run", "serve", "crawl", "build", "schedule"])
def test_what_running_needs_is_all_that_running_installs(verb: str, tmp_path: Path) -> None:
    planned = would_run(verb, tmp_path)
    assert "requirements/base.txt" in planned
    assert "requirements/dev.txt" not in planned


@pytest.mark.parametrize("verb", ["test", "lint", "types", "slow", "wheel"])
def test_what_testing_needs_is_installed_with_it(verb: str, tmp_path: Path) -> None:
    planned = would_run(verb, tmp_path)
    assert "requirements/base.txt" in planned
    assert "requirements/dev.txt" in planned


def test_running_needs_far_fewer_packages_than_testing_and_the_same_versions() -> None:
    assert packages("base.txt") < packages("dev.txt")
    assert len(packages("base.txt")) <= 60
    assert packages("build.txt") < packages("dev.txt")


def test_no_lock_names_a_registry_or_leaves_a_package_without_its_hash() -> None:
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        text = lock.read_text()
        assert "://" not in text, lock.name
        assert "--index-url" not in text, lock.name
        for entry in re.findall(r"^[\w.-]+==(?:.*\\\n)*.*", text, re.MULTILINE):
            assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_installing_tells_how_many_packages_and_ends_with_the_seconds() -> None:
    """Of build.txt, which is there already: nothing is fetched."""
    done = subprocess.run(
        [sys.executable, INSTALL, "requirements/build.txt"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0
    lines = done.stderr.splitlines()
    assert lines[0].startswith("Installing 1 locked packages (requirements/build.txt)")
    assert re.fullmatch(r"Installed in \d+ s\.", lines[-1])


def test_what_pip_says_is_shown_where_it_fails(tmp_path: Path) -> None:
    wanted = tmp_path / "wanted.txt"
    wanted.write_text("this is no requirement\n")
    done = subprocess.run([sys.executable, INSTALL, wanted], capture_output=True, text=True)
    assert done.returncode != 0
    assert "Invalid requirement" in done.stderr
    assert "could not be installed" in done.stderr


def test_ci_prints_the_seconds_of_each_stage(tmp_path: Path) -> None:
    """The stages of .ci/run itself, with make and the packages replaced by programs that do nothing."""
    for name in ("make", "chromium", "zsh", "fish"):
        (tmp_path / name).write_text('#!/bin/sh\necho "$0 $*"\n')
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        ["bash", ROOT / ".ci" / "run"], capture_output=True, text=True, check=True,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
    )  # fmt: skip
    stages = re.findall(r"^== stage (\w+): \d+ s$", done.stdout, re.MULTILINE)
    assert stages == ["packages", "dev", "test", "lint", "types", "contracts"]
    assert done.stdout.splitlines()[-1].endswith("make slow")


@pytest.mark.parametrize("verb", ["test", "slow"])
def test_what_is_run_by_hand_is_in_no_other_verb(verb: str, tmp_path: Path) -> None:
    (asked,) = re.findall(r'-m "([^"]+)"', would_run(verb, tmp_path))
    assert asked.endswith("and not full and not soak")
