"""The commands.

Exit code 0: done; 1: it failed, with the reason on stderr; 2: bad usage. `status` has two more.

What crawls and builds is imported by the commands that do: who serves, searches or asks for the status starts
a third sooner without it, and a server does not carry it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from indexer.config import Config, ConfigProblem, load_config
from indexer.crawl.snapshots import SnapshotDamaged
from indexer.index.generation import GenerationRefused, generation_names, list_generations
from indexer.index.integrity import answering_manifest, damaged_generations
from indexer.runtime.disk import FolderUnusable
from indexer.runtime.locking import Busy
from indexer.runtime.logs import start_logging
from indexer.runtime.processes import ON_CALL, PARENT, end_with_parent
from indexer.runtime.progress import Progress, ProgressState
from indexer.status import read_status, status_json
from search_app.answers.answering import may_be_asked
from search_app.assistant_command import mcp_command
from search_app.evaluation.bench.command import bench_command
from search_app.evaluation.command import evaluate_command
from search_app.ports import PortUnusable, check_port
from search_app.query.model import QueryProblem
from search_app.query.parser import parse_query
from search_app.server import Server
from search_app.source_command import check_sources_command
from search_app.sql_command import sql_command
from search_app.terminal.completion import completion_command
from search_app.terminal.installation import crawled_line, generation_line, status_lines
from search_app.terminal.results import look_of, results_lines, show
from search_app.trial import trial_of
from search_app.web.app import create_app
from search_app.web.guards.hosts import address
from search_app.web.results.answer import answer_of
from search_app.web.results.json import results_text
from search_app.web.state import NothingIndexed, current_site

NEEDS_LOOKING_AFTER = 3  # exit codes of `status`, for monitoring
NOTHING_TO_SERVE = 4


@dataclass(frozen=True, slots=True)
class Settings:
    """What all commands share."""

    config: Config
    path: Path | None
    beside: bool = False  # of the other processes of `starchart run`
    on_call: bool = False  # a server opens its generation when standard input ends


pass_settings = click.make_pass_decorator(Settings)
accept_loss = click.option(
    "--accept-loss", is_flag=True, help="Take it as true that much of what was there is gone."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A settings file, laid over the shipped ones (else STARCHART_CONFIG).",
)
@click.option("--quiet", is_flag=True, help="Say only what goes wrong.")
@click.pass_context
def main(context: click.Context, path: Path | None, quiet: bool) -> None:
    """Search over everything that Mozilla publishes about its telemetry."""
    if parent := os.environ.pop(PARENT, ""):
        end_with_parent(int(parent))  # and a scheduler runs beside this
    on_call = bool(os.environ.pop(ON_CALL, ""))
    level = logging.WARNING if quiet else logging.INFO
    start_logging(level)
    try:
        config = load_config(path)
    except ConfigProblem as problem:
        raise click.UsageError(str(problem)) from None
    start_logging(level, config.logging.format)
    context.obj = Settings(config, path, bool(parent), on_call)


@main.command()
@pass_settings
def run(settings: Settings) -> None:
    """Serve, and crawl and build beside it. Ctrl-C stops both."""
    from search_app.supervisor import ensure_generation, run_together

    with _told():
        check_port(settings.config.server.host, settings.config.server.port)
        ensure_generation(settings.config)
    own = ["--config", str(settings.path)] if settings.path else []
    sys.exit(run_together([[*own, "serve"], [*own, "schedule"]]))


@main.command("crawl")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--accept",
    "accepted",
    multiple=True,
    metavar="SOURCE:WHAT",
    help="Take as true, this once, what the guard refused; /status and the log name it.",
)
@accept_loss
@pass_settings
def crawl_command(
    settings: Settings, sources: tuple[str, ...], accepted: tuple[str, ...], accept_loss: bool
) -> None:
    """Fetch and parse the sources named, or all that are enabled, and keep their records.

    A source that fails keeps its last good records; the exit code is 1 only if nothing could be fetched.
    With --accept, and no SOURCE, only the sources that it names are crawled.
    """
    from indexer.crawl.crawl import UnknownSource, crawl
    from indexer.crawl.crawled import reached_nothing, took_nothing
    from indexer.crawl.guard import Accepted

    named = sources or tuple(dict.fromkeys(key.partition(":")[0] for key in accepted))
    accept = Accepted(frozenset(accepted), everything=accept_loss)
    with _told():
        try:
            crawled = crawl(settings.config, named, _progress(settings.config), accept=accept)
        except UnknownSource as error:
            raise click.UsageError(str(error)) from None
    for each in crawled:
        click.echo(crawled_line(each))
    if reached_nothing(crawled):
        raise click.ClickException("no source could be reached")
    if took_nothing(crawled):
        raise click.ClickException("nothing was taken: the errors say why")


@main.command("build")
@click.option("--force", is_flag=True, help="Build even if nothing changed.")
@accept_loss
@pass_settings
def build_command(settings: Settings, force: bool, accept_loss: bool) -> None:
    """Build a generation of the kept records and switch to it; nothing where nothing changed."""
    from indexer.build_job import build

    with _told():
        built = build(
            settings.config,
            _progress(settings.config),
            force=force,
            accept_loss=accept_loss,
            trial=trial_of(settings.config),
        )
    click.echo(f"{'built' if built.is_new else 'unchanged'} {built.generation} in {built.seconds:.1f} s")


@main.command()
@click.option("--host", help="Address to listen at.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen at (else PORT).")
@click.option("--workers", type=click.IntRange(1), help="Processes that answer.")
@pass_settings
def serve(settings: Settings, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the newest generation."""
    given = {"host": host, "port": port, "workers": workers}
    changes = {name: value for name, value in given.items() if value is not None}
    server = settings.config.server.model_copy(update=changes)
    config = settings.config.model_copy(update={"server": server})
    with _told():
        check_port(config.server.host, config.server.port)
    own = ["--config", str(settings.path)] if settings.path else []
    Server(config, own, alone=not settings.beside, on_call=settings.on_call).run()


@main.command()
@pass_settings
def schedule(settings: Settings) -> None:
    """Crawl and build at once, then by the timetable of the settings, until stopped."""
    from indexer.scheduler import run_scheduler

    with _told():
        run_scheduler(settings.config, trial_of(settings.config))


@main.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="The answer of /api/v1/search.")
@click.option("--size", type=click.IntRange(1, 100), default=20, show_default=True)
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@pass_settings
def search(settings: Settings, query: tuple[str, ...], as_json: bool, size: int, page: int) -> None:
    """Search, as the page does: words, "phrases", app:fenix, kind:metric, -not, prefix*."""
    with _told():
        asked = parse_query(" ".join(query), {"size": str(size), "page": str(page)})
        with create_app(settings.config).test_request_context():
            site = current_site()
            results = site.engine.search(asked)
            if as_json:
                click.echo(results_text(site, results, asked))
                return
            answer = answer_of(site, asked, results) if may_be_asked(asked, results.understood) else None
    terminal = shutil.get_terminal_size((110, 24))
    look = look_of(sys.stdout, terminal.columns, address(settings.config).rstrip("/"))
    show(results_lines(results, look, answer), sys.stdout, terminal.lines)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="The answer of /api/v1/status.")
@pass_settings
def status(settings: Settings, as_json: bool) -> None:
    """What is indexed, how fresh each source is, what its crawl passed over, and what needs looking after.

    Exit code 0: all is well; 3: it answers, but something needs looking after; 4: nothing can be served.
    """
    found = read_status(settings.config)
    if as_json:
        click.echo(json.dumps(status_json(found), ensure_ascii=False))
    else:
        click.echo("\n".join(status_lines(found)))
    if found.generation is None:
        sys.exit(NOTHING_TO_SERVE)
    if found.problems:
        sys.exit(NEEDS_LOOKING_AFTER)


@main.command()
@pass_settings
def generations(settings: Settings) -> None:
    """The generations on disk, newest first; the one that answers has a star."""
    data_dir = settings.config.data_dir
    answering, damaged = answering_manifest(data_dir), damaged_generations(data_dir)
    for manifest in list_generations(data_dir):
        star = "*" if answering and manifest.id == answering.id else " "
        word = "  DAMAGED" if any(each.generation == manifest.id for each in damaged) else ""
        click.echo(f"{star} {generation_line(manifest)}{word}")


@main.command()
@click.option("--deep", is_flag=True, help="Also make every array and the index again, and compare.")
@click.argument("generation", required=False)
@pass_settings
def verify(settings: Settings, generation: str | None, deep: bool) -> None:
    """Compare the files of GENERATION, or of all, with what was written. Exit code 1 where one is damaged."""
    from indexer.build_job import verify_generation

    names = generation_names(settings.config.data_dir)
    if generation is not None and generation not in names:
        raise click.UsageError(f"there is no generation {generation}")
    wanted = names if generation is None else [generation]
    verified = [verify_generation(settings.config.data_dir, name, deep) for name in wanted]
    for each in verified:
        click.echo(f"{each.generation}  {'damaged: ' + ', '.join(each.files) if each.files else 'whole'}")
    if any(each.files for each in verified):
        raise click.ClickException("nothing is mended in place: starchart build makes a new generation")


@main.command()
@pass_settings
def rollback(settings: Settings) -> None:
    """Let the generation before the current one answer, until something new is crawled."""
    from indexer.build_job import go_back

    try:
        with _told():
            click.echo(f"now answering: {go_back(settings.config)}")
    except LookupError as error:
        raise click.ClickException(str(error)) from None


main.add_command(bench_command)
main.add_command(check_sources_command)
main.add_command(completion_command)
main.add_command(evaluate_command)
main.add_command(sql_command)
main.add_command(mcp_command)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What can go wrong, in one line and with exit code 1 (2 where the command line is at fault)."""
    try:
        yield
    except (ConfigProblem, QueryProblem) as error:
        raise click.UsageError(str(error)) from None
    except (Busy, FolderUnusable, GenerationRefused, PortUnusable, SnapshotDamaged) as error:
        raise click.ClickException(str(error)) from None
    except NothingIndexed:
        raise click.ClickException("nothing is indexed yet: starchart crawl, then starchart build") from None


def _progress(config: Config) -> Progress:
    """Shown in one line on a terminal; elsewhere the log's lines are enough."""
    if not sys.stderr.isatty():
        return Progress(config.data_dir)

    def show(state: ProgressState) -> None:
        line = f"{state.phase}: {state.done} of {state.total}  {state.source}" if state.phase else ""
        click.echo(f"\r\033[K{line}", nl=False, err=True)

    return Progress(config.data_dir, show)


if __name__ == "__main__":
    main()
