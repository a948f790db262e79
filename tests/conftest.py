"""What pytest does before and after it looks for tests. The fixtures: tests/support/installations.py."""

from __future__ import annotations

import gc

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Makes the fixtures known, but not to a process that only hands out tests to others (pytest-xdist).

    All that they import takes a second of a core, for which its workers would wait.
    """
    if config.getoption("dist", "no") == "no" or config.getoption("collectonly"):
        config.pluginmanager.import_plugin("tests.support.installations")


def pytest_collection_finish() -> None:
    """Lets the garbage collector pass over what stays to the end: thousands of tests and all modules."""
    gc.freeze()
