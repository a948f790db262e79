"""`starchart sql THING`: a query with choices, in the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import click

from search_app.commands.settings import Settings, pass_settings
from search_app.commands.site import asked_site
from search_app.query.parser import parse_query
from search_app.web.queries.chosen import ChosenQuery, chosen_query
from search_app.web.queries.json import query_json
from search_app.web.queries.notebook import notebook
from search_app.web.state import Site

SINGLE = ("app", "ping", "process", "column", "channel", "days", "sample", "measure")


@click.command("sql")
@click.argument("thing")
@click.option("--by", multiple=True, metavar="WAY", help="What to split by: country, version, label, date, …")
@click.option("--measure", help="What to compute: clients, over_zero, sum, percentiles, …")
@click.option("--app", help="In which app.")
@click.option("--ping", help="In which ping.")
@click.option("--process", help="Of a legacy probe: in which process.")
@click.option("--column", help="Of a table: which column.")
@click.option("--channel", help="Of one channel only.")
@click.option("--days", type=click.IntRange(1, 400), help="How many days.")
@click.option("--sample", type=click.Choice(["1", "10", "100"]), help="Per cent of the clients.")
@click.option("--with", "beside", metavar="OTHER", help="Another thing, in the same query.")
@click.option("--choices", is_flag=True, help="Say what can be chosen, and no query.")
@click.option("--json", "as_json", is_flag=True, help="The answer of /api/v1/sql.")
@click.option(
    "--notebook", "to", type=click.Path(dir_okay=False, path_type=Path), help="Write a notebook there."
)
@pass_settings
def sql_command(
    settings: Settings, /, thing: str, by: tuple[str, ...], beside: str | None, choices: bool, as_json: bool,
    to: Path | None, **single: str | int | None,
) -> None:  # fmt: skip
    """The SQL that answers THING (an id, or an exact name), by what is chosen of it."""
    values = {name: [str(single[name])] for name in SINGLE if single.get(name)}
    with asked_site(settings) as site:
        values |= {"thing": [_id_of(site, thing)], "by": list(by)}
        values["with"] = [_id_of(site, beside)] if beside else []
        made = chosen_query(site, lambda name: values.get(name, []))
        said = json.dumps(query_json(site, made), ensure_ascii=False) if as_json else made.query.sql
    if choices and not as_json:
        said = "\n".join(_choice_lines(made))
    if to:
        to.write_text(notebook(made.query, made.address("/sql")), encoding="utf-8")
        said = f"written: {to}"
    click.echo(said)


def _id_of(site: Site, thing: str) -> str:
    """The id that is meant: itself, or that of the best hit of just this name. Raises UsageError."""
    if site.engine.get(thing) is not None:
        return thing
    hits = site.engine.search(parse_query(thing[:400], {"size": "5", "facets": ""})).hits
    for spelled in (str, str.casefold):  # a probe's name has its type before it
        for hit in hits:
            names = (hit.card.name, hit.card.name.rpartition("/")[2])
            if spelled(thing) in map(spelled, names):
                return hit.card.id
    near = ", ".join(hit.card.id for hit in hits)
    raise click.UsageError(f"there is no {thing}" + (f"; near it: {near}" if near else ""))


def _choice_lines(made: ChosenQuery) -> list[str]:
    lines = []
    for choice in made.choices:
        said = [f"{option.value or 'all'}{'*' if option.chosen else ''}" for option in choice.options]
        lines.append(f"--{choice.name:<8} {', '.join(said) or choice.reason}")
    return [*lines, "* is what is taken where nothing is said"]
