"""`starchart check-sources`: whether the live sources still have the shape that we read."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable

import click

from indexer.crawl.crawl import UnknownSource
from indexer.source_check import SourceShape, check_sources
from search_app.commands.settings import Settings, pass_settings


@click.command("check-sources")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--mirror", default="", help="A mirror (folder or base URL) instead of the live addresses.")
@click.option("--json", "as_json", is_flag=True, help="One object for each source.")
@pass_settings
def check_sources_command(settings: Settings, sources: tuple[str, ...], mirror: str, as_json: bool) -> None:
    """Fetch the live addresses, and say of each source whether its shape is still what we read.

    Nothing that is kept changes. Exit code 1 where a source has changed its shape or cannot be reached.
    """
    try:
        shapes = check_sources(settings.config, sources, mirror)
    except UnknownSource as problem:
        raise click.UsageError(str(problem)) from None
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(shape) for shape in shapes], ensure_ascii=False))
    else:
        click.echo("\n".join(lines(shapes)))
    bad = [shape.source for shape in shapes if not shape.is_good]
    if bad:
        raise click.ClickException(f"not as we read them: {', '.join(bad)}")


def lines(shapes: Iterable[SourceShape]) -> Iterable[str]:
    """A line for each source, with what was found beneath it."""
    for shape in shapes:
        kept = f" ({shape.kept:,} kept here)" if shape.kept else ""
        yield f"{shape.source:<16} {shape.verdict:<12} {shape.records:>8,} records{kept}"
        yield from (f"    {finding}" for finding in shape.findings)
