"""`starchart bench`: measures, prints the tables, and keeps them under docs/bench/."""

from __future__ import annotations

from pathlib import Path

import click

from search_app.commands.settings import NOTHING_INDEXED, Settings, pass_settings
from search_app.evaluation.bench.corpus import REAL
from search_app.evaluation.bench.figures import Report
from search_app.evaluation.bench.report import markdown, write_report
from search_app.evaluation.bench.run import FULL, QUICK, Plan, bench, default_folder

KEPT = Path("docs") / "bench"


@click.command("bench")
@click.option(
    "--size", "sizes", multiple=True, metavar="real|N",
    help="The catalogue as it is, or so many things made from it (again for more sizes).",
)  # fmt: skip
@click.option("--quick", is_flag=True, help="The real size alone, few queries, few rounds.")
@click.option("--no-server", is_flag=True, help="Nothing through gunicorn.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Keep the report here (else docs/bench)."
)
@pass_settings
def bench_command(
    settings: Settings, sizes: tuple[str, ...], quick: bool, no_server: bool, out: Path | None
) -> None:
    """Measure the engine beside tantivy, SQLite FTS5 and Whoosh's own searcher, on the current generation."""
    plan = QUICK if quick else FULL
    plan = Plan(
        tuple(_size(each) for each in sizes) or plan.sizes,
        plan.each,
        plan.rounds,
        0 if no_server else plan.seconds,
    )
    # a quick look is not kept unless it was said where
    kept = out or (None if quick or sizes else KEPT)

    def keep(report: Report) -> None:
        if kept:
            write_report(report, kept)

    try:
        report = bench(settings.config, plan, default_folder(settings.config), _say, keep)
    except FileNotFoundError:
        raise click.ClickException(NOTHING_INDEXED) from None
    click.echo(markdown(report))


def _say(text: str) -> None:
    click.echo(f"{text} …", err=True)


def _size(text: str) -> int:
    if text == "real":
        return REAL
    if not text.replace("_", "").isdigit() or int(text) < 1:
        raise click.UsageError(f"--size is real or a number of things, not {text!r}")
    return int(text)
