"""`starchart search`: the hits of a query, in the terminal."""

from __future__ import annotations

import shutil
import sys

import click

from search_app.answers.answering import may_be_asked
from search_app.commands.settings import Settings, pass_settings
from search_app.commands.site import asked_site
from search_app.query.parser import parse_query
from search_app.terminal.results import look_of, results_lines, show
from search_app.web.guards.hosts import address
from search_app.web.results.answer import answer_of
from search_app.web.results.json import results_text


@click.command("search")
@click.argument("query", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="The answer of /api/v1/search.")
@click.option("--size", type=click.IntRange(1, 100), default=20, show_default=True)
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@pass_settings
def search_command(settings: Settings, query: tuple[str, ...], as_json: bool, size: int, page: int) -> None:
    """Search, as the page does: words, "phrases", app:fenix, kind:metric, -not, prefix*."""
    with asked_site(settings) as site:
        asked = parse_query(" ".join(query), {"size": str(size), "page": str(page)})
        results = site.engine.search(asked)
        if as_json:
            click.echo(results_text(site, results, asked))
            return
        answer = answer_of(site, asked, results) if may_be_asked(asked, results.understood) else None
    terminal = shutil.get_terminal_size((110, 24))
    look = look_of(sys.stdout, terminal.columns, address(settings.config).rstrip("/"))
    show(results_lines(results, look, answer), sys.stdout, terminal.lines)
