"""`starchart build`: a new generation of what was crawled."""

from __future__ import annotations

import click

from indexer.build_job import build
from search_app.commands.progress import progress_of
from search_app.commands.settings import ACCEPT_LOSS, Settings, pass_settings, told
from search_app.trial import trial_of


@click.command("build")
@click.option("--force", is_flag=True, help="Build even if nothing changed.")
@ACCEPT_LOSS
@pass_settings
def build_command(settings: Settings, force: bool, accept_loss: bool) -> None:
    """Build a generation of the kept records and switch to it; nothing where nothing changed."""
    with told():
        built = build(
            settings.config,
            progress_of(settings.config),
            force=force,
            accept_loss=accept_loss,
            trial=trial_of(settings.config),
        )
    click.echo(f"{'built' if built.is_new else 'unchanged'} {built.generation} in {built.seconds:.1f} s")
