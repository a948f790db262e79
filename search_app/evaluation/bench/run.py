"""One run of the bench: build every engine at every size, ask them side by side, serve the real size."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from indexer.config import Config
from indexer.index.generation import open_current
from search_app.evaluation.bench import measuring, serving
from search_app.evaluation.bench.corpus import REAL, Corpus, made_corpus, real_corpus, sample_corpus
from search_app.evaluation.bench.figures import Engine, Report, Served, Sized
from search_app.evaluation.bench.machine import machine, versions
from search_app.evaluation.bench.peers import missing_modules, peer_modules
from search_app.evaluation.bench.questions import Question, questions, typed_ahead

LARGEST_FOR_WHOOSH = 100_000  # things for which Whoosh's own searcher can be borne
Say = Callable[[str], None]
Keep = Callable[[Report], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    sizes: tuple[int, ...]
    each: int  # queries of a class
    rounds: int
    seconds: int  # of each wrk run, 0 for none


FULL = Plan((10_000, REAL, 100_000, 1_000_000), 24, 5, 8)
QUICK = Plan((REAL,), 12, 3, 3)


def bench(config: Config, plan: Plan, folder: Path, say: Say, keep: Keep) -> Report:
    """Measure; `folder` holds the indexes while it runs and is emptied at the end.

    `keep` is handed the report after each size: a run that is broken off loses only what it was at.
    """
    report = Report(datetime.now(UTC).date().isoformat(), machine(), versions())
    report.notes.extend(
        f"{name.removesuffix('_peer')} is not installed: make bench" for name in missing_modules()
    )
    opened = open_current(config.data_dir)
    say("reading the real catalogue")
    real = real_corpus(opened)
    try:
        for size in plan.sizes:
            corpus = _corpus(real, size)
            report.sizes.append(_measured(corpus, size, plan, folder / str(size), say))
            if size == REAL and plan.seconds:
                asked = questions(corpus.documents, plan.each)
                report.served.extend(_served(config, asked, plan, folder / str(size), report.notes, say))
            shutil.rmtree(folder / str(size), ignore_errors=True)
            keep(report)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return report


def _corpus(real: Corpus, size: int) -> Corpus:
    if size == REAL:
        return real
    return sample_corpus(real, size) if size < len(real.documents) else made_corpus(real, size)


def _measured(corpus: Corpus, size: int, plan: Plan, folder: Path, say: Say) -> Sized:
    label = "The catalogue as it is" if size == REAL else f"Made: {size:,}"
    modules = peer_modules()
    asked, typed = questions(corpus.documents, plan.each), typed_ahead(corpus.documents, plan.each * 8)
    folders, built = {}, {}
    for name, module in modules.items():
        if name == measuring.SLOW and len(corpus.documents) > LARGEST_FOR_WHOOSH:
            continue
        say(f"{label}: building {module.NAME}")
        folders[name] = folder / name
        built[name] = measuring.build(name, folders[name], corpus)
    say(f"{label}: asking {len(asked)} queries, {plan.rounds} rounds")
    answers = measuring.alone(measuring.ask, folders, asked, typed, plan.rounds)
    memory = {
        name: measuring.workers_memory(name, folders[name], asked[:: len(asked) // answers[name].queries])
        for name in folders
        if name != measuring.SLOW
    }
    engines = {
        name: Engine(
            modules[name].NAME, modules[name].LACKS, built[name], answers[name], memory.get(name, ())
        )
        for name in folders
    }
    return Sized(label, len(corpus.documents), engines)


def _served(
    config: Config, asked: Sequence[Question], plan: Plan, folder: Path, notes: list[str], say: Say
) -> list[Served]:
    if not serving.has_wrk():
        notes.append("wrk is not installed, so nothing was measured through gunicorn")
        return []
    found = []
    for workers in (1, 2):
        for what, command, environment, base in _servers(config, folder, workers):
            port = serving.free_port()
            say(f"serving {what}, {workers} workers")
            addresses = serving.paths(base, asked)
            given = [part.replace("PORT", str(port)) for part in command]
            found.append(
                serving.served(what, given, environment, port, addresses, workers, plan.seconds, folder)
            )
    return found


def _servers(config: Config, folder: Path, workers: int) -> list[tuple[str, list[str], dict[str, str], str]]:
    """What is served: name, command, environment, address of the queries."""
    servers = []
    for kept, name in ((0, "no result cache"), (100_000, "all results cached")):
        settings = folder / f"settings-{kept}.json"  # JSON is YAML
        settings.write_text(json.dumps({"search": {"result_cache": kept}}), encoding="utf-8")
        environment = {
            "STARCHART_CONFIG": str(settings),
            "STARCHART_DATA_DIR": str(config.data_dir.resolve()),
        }
        command = [
            sys.executable,
            "-m",
            "search_app.cli",
            "serve",
            "--port",
            "PORT",
            "--workers",
            str(workers),
        ]
        servers.append((f"JSON, {name}", command, environment, "/api/v1/search"))
        servers.append((f"page, {name}", command, environment, "/"))
    bare = [name for name in ("tantivy_peer",) if name in peer_modules()]
    for name in bare:
        application = f"search_app.evaluation.bench.views:peer_app({name!r}, {str(folder / name)!r})"
        servers.append(
            (f"{peer_modules()[name].NAME}, bare view", serving.gunicorn(application, workers), {}, "/")
        )
    servers.append(
        ("empty view", serving.gunicorn("search_app.evaluation.bench.views:empty_app()", workers), {}, "/")
    )
    return servers


def default_folder(config: Config) -> Path:
    """Where indexes stand while the bench runs."""
    return config.data_dir / f"bench-{os.getpid()}"
