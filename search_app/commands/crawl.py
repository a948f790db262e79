"""`starchart crawl`: fetch, parse, keep."""

from __future__ import annotations

import click

from indexer.crawl.crawl import UnknownSource, crawl
from indexer.crawl.crawled import reached_nothing, took_nothing
from indexer.crawl.guard import Accepted
from search_app.commands.progress import progress_of
from search_app.commands.settings import ACCEPT_LOSS, Settings, pass_settings, told
from search_app.terminal.installation import crawled_line


@click.command("crawl")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--accept",
    "accepted",
    multiple=True,
    metavar="SOURCE:WHAT",
    help="Take as true, this once, what the guard refused; /status and the log name it.",
)
@ACCEPT_LOSS
@pass_settings
def crawl_command(
    settings: Settings, sources: tuple[str, ...], accepted: tuple[str, ...], accept_loss: bool
) -> None:
    """Fetch and parse the sources named, or all that are enabled, and keep their records.

    A source that fails keeps its last good records; the exit code is 1 only if nothing could be fetched.
    With --accept, and no SOURCE, only the sources that it names are crawled.
    """
    named = sources or tuple(dict.fromkeys(key.partition(":")[0] for key in accepted))
    accept = Accepted(frozenset(accepted), everything=accept_loss)
    with told():
        try:
            crawled = crawl(settings.config, named, progress_of(settings.config), accept=accept)
        except UnknownSource as error:
            raise click.UsageError(str(error)) from None
    for each in crawled:
        click.echo(crawled_line(each))
    if reached_nothing(crawled):
        raise click.ClickException("no source could be reached")
    if took_nothing(crawled):
        raise click.ClickException("nothing was taken: the errors say why")
