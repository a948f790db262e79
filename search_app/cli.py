"""The command line: `starchart` and the commands that it has.

Exit code 0: done; 1: it failed, with the reason on stderr; 2: bad usage. `status` has two more.

A command is loaded by the process that runs it: a crawl needs no server, and who serves carries nothing of
what builds. Each starts a second sooner for it.
"""

from __future__ import annotations

import logging
import os
from importlib import import_module
from pathlib import Path

import click

from indexer.config import ConfigProblem, load_config
from indexer.runtime.logs import start_logging
from indexer.runtime.processes import ON_CALL, PARENT, end_with_parent
from search_app.commands.settings import Settings

COMMANDS = {  # name -> where it is
    "bench": "search_app.commands.bench:bench_command",
    "build": "search_app.commands.build:build_command",
    "check-sources": "search_app.commands.check_sources:check_sources_command",
    "completion": "search_app.commands.completion:completion_command",
    "crawl": "search_app.commands.crawl:crawl_command",
    "evaluate": "search_app.commands.evaluate:evaluate_command",
    "generations": "search_app.commands.generations:generations_command",
    "mcp": "search_app.commands.assistant:mcp_command",
    "rollback": "search_app.commands.generations:rollback_command",
    "run": "search_app.commands.run:run_command",
    "schedule": "search_app.commands.schedule:schedule_command",
    "search": "search_app.commands.search:search_command",
    "serve": "search_app.commands.serve:serve_command",
    "sql": "search_app.commands.sql:sql_command",
    "status": "search_app.commands.status:status_command",
    "verify": "search_app.commands.generations:verify_command",
}


class Commands(click.Group):
    """A group that loads a command when it is asked for it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
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


if __name__ == "__main__":
    main()
