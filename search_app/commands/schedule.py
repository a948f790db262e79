"""`starchart schedule`: crawl and build by the timetable."""

from __future__ import annotations

import click

from indexer.scheduler import run_scheduler
from search_app.commands.settings import Settings, pass_settings, told
from search_app.trial import trial_of


@click.command("schedule")
@pass_settings
def schedule_command(settings: Settings) -> None:
    """Crawl and build at once, then by the timetable of the settings, until stopped."""
    with told():
        run_scheduler(settings.config, trial_of(settings.config))
