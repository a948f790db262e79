"""What a process loads that only answers: each worker would carry the rest in its memory."""

import subprocess
import sys

import pytest

LOADED = "import sys, {module}; print(*sys.modules)"


def loaded_by(module: str) -> set[str]:
    program = LOADED.format(module=module)
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("module", ["search_app.engine.engine", "search_app.evaluation.bench.ours"])
def test_what_answers_loads_neither_whooshs_index_nor_what_crawls_and_builds(module: str) -> None:
    loaded = loaded_by(module)
    assert module in loaded
    assert not loaded & {
        "whoosh.index", "whoosh.fields", "asyncio", "multiprocessing", "requests", "apscheduler",
        "indexer.catalogue", "indexer.index.build", "indexer.store.writer", "indexer.crawl.crawl",
        "indexer.sources",
    }  # fmt: skip


@pytest.mark.parametrize(
    "module", ["search_app.cli", "search_app.commands.serve", "search_app.commands.search"]
)
def test_a_command_loads_what_crawls_and_builds_only_where_it_does(module: str) -> None:
    loaded = loaded_by(module)
    assert module in loaded
    assert not loaded & {
        "whoosh.index", "sqlglot", "apscheduler", "urllib3", "lkml", "indexer.catalogue", "indexer.sqlread",
        "indexer.index.build", "indexer.build_job", "indexer.crawl.crawl", "indexer.store.writer",
    }  # fmt: skip


@pytest.mark.parametrize("module", ["search_app.commands.crawl", "search_app.commands.build"])
def test_what_crawls_and_builds_loads_no_server(module: str) -> None:
    loaded = loaded_by(module)
    assert module in loaded
    assert not loaded & {
        "flask",
        "gunicorn",
        "gevent",
        "search_app.web.app",
        "search_app.engine.engine",
    }
