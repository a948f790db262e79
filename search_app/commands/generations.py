"""`starchart generations`, `verify`, `rollback`: what is on disk, whether it is whole, and the way back."""

from __future__ import annotations

import click

from indexer.build_job import go_back, verify_generation
from indexer.index.generation import generation_names, list_generations
from indexer.index.integrity import answering_manifest, damaged_generations
from search_app.commands.settings import Settings, pass_settings, told
from search_app.terminal.installation import generation_line


@click.command("generations")
@pass_settings
def generations_command(settings: Settings) -> None:
    """The generations on disk, newest first; the one that answers has a star."""
    data_dir = settings.config.data_dir
    answering, damaged = answering_manifest(data_dir), damaged_generations(data_dir)
    for manifest in list_generations(data_dir):
        star = "*" if answering and manifest.id == answering.id else " "
        word = "  DAMAGED" if any(each.generation == manifest.id for each in damaged) else ""
        click.echo(f"{star} {generation_line(manifest)}{word}")


@click.command("verify")
@click.option("--deep", is_flag=True, help="Also make every array and the index again, and compare.")
@click.argument("generation", required=False)
@pass_settings
def verify_command(settings: Settings, generation: str | None, deep: bool) -> None:
    """Compare the files of GENERATION, or of all, with what was written. Exit code 1 where one is damaged."""
    names = generation_names(settings.config.data_dir)
    if generation is not None and generation not in names:
        raise click.UsageError(f"there is no generation {generation}")
    wanted = names if generation is None else [generation]
    verified = [verify_generation(settings.config.data_dir, name, deep) for name in wanted]
    for each in verified:
        click.echo(f"{each.generation}  {'damaged: ' + ', '.join(each.files) if each.files else 'whole'}")
    if any(each.files for each in verified):
        raise click.ClickException("nothing is mended in place: starchart build makes a new generation")


@click.command("rollback")
@pass_settings
def rollback_command(settings: Settings) -> None:
    """Let the generation before the current one answer, until something new is crawled."""
    try:
        with told():
            click.echo(f"now answering: {go_back(settings.config)}")
    except LookupError as error:
        raise click.ClickException(str(error)) from None
