"""`starchart evaluate`: how good the order is, which of two states is better, the learned order anew."""

from __future__ import annotations

from pathlib import Path

import click

from search_app.commands.settings import NOTHING_INDEXED, Settings, pass_settings
from search_app.engine.engine import SearchEngine
from search_app.engine.learned_order import TABLE
from search_app.evaluation.relevance import Report, evaluate
from search_app.evaluation.report import format_comparison, format_report, read_report, report_json
from search_app.evaluation.training import NoTrainer, Trained, train, write_table

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("evaluate")
@click.argument("queries", nargs=-1, type=A_FILE)
@click.option(
    "--misses", type=click.IntRange(0), default=10, show_default=True, help="Worst queries to show."
)
@click.option("--json", "as_json", is_flag=True, help="The figures of each query, to be compared later.")
@click.option(
    "--compare",
    nargs=2,
    type=A_FILE,
    help="Two reports of --json: which differences are more than chance.",
)
@click.option("--train", "training", is_flag=True, help="Train the learned order on QUERIES.")
@pass_settings
def evaluate_command(
    settings: Settings,
    queries: tuple[Path, ...],
    misses: int,
    as_json: bool,
    compare: tuple[Path, Path] | None,
    training: bool,
) -> None:
    """How good the order is, over judged QUERIES (JSON Lines)."""
    if bool(queries) == bool(compare):
        raise click.UsageError("name files of judged queries, or two reports to --compare")
    try:
        if compare:
            click.echo(format_comparison(*map(read_report, compare)))
            return
        engine = SearchEngine(settings.config.data_dir, results_kept=0, learned=not training)
        if training:
            _train(settings, engine, queries)
            return
        report = evaluate(engine, *queries)
    except FileNotFoundError:
        raise click.ClickException(NOTHING_INDEXED) from None
    except (ValueError, NoTrainer) as error:
        raise click.ClickException(str(error)) from None
    click.echo(report_json(report) if as_json else format_report(report, misses))


def _train(settings: Settings, engine: SearchEngine, queries: tuple[Path, ...]) -> None:
    """Write the table, and say what it is worth where it was not trained."""
    trained: Trained = train(
        engine, queries, settings.config.today(), lambda text: click.echo(text, err=True)
    )
    write_table(trained.table, TABLE)
    before = Report(tuple(trained.before))
    for heading, rows in (
        ("by orders that had not seen the query, the first seed", trained.unseen[0]),
        ("by orders that had not seen the class", trained.other_classes),
    ):
        click.echo(f"\n{heading}, beside no learned order")
        click.echo(format_comparison(before, Report(tuple(rows))))
    click.echo(f"\n{trained.table['about']}\nwritten to {TABLE}")
