"""`starchart run`: server and scheduler, each in a process of its own."""

from __future__ import annotations

import sys

import click

from search_app.commands.settings import Settings, pass_settings, told
from search_app.ports import check_port
from search_app.supervisor import ensure_generation, run_together


@click.command("run")
@pass_settings
def run_command(settings: Settings) -> None:
    """Serve, and crawl and build beside it. Ctrl-C stops both."""
    with told():
        check_port(settings.config.server.host, settings.config.server.port)
        ensure_generation(settings.config)
    own = ["--config", str(settings.path)] if settings.path else []
    sys.exit(run_together([[*own, "serve"], [*own, "schedule"]]))
