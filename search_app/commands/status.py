"""`starchart status`: how the installation stands."""

from __future__ import annotations

import json
import sys

import click

from indexer.status import read_status, status_json
from search_app.commands.settings import Settings, pass_settings
from search_app.terminal.installation import status_lines

NEEDS_LOOKING_AFTER = 3  # exit codes, for monitoring
NOTHING_TO_SERVE = 4


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="The answer of /api/v1/status.")
@pass_settings
def status_command(settings: Settings, as_json: bool) -> None:
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
