"""How far a crawl or a build is, in one line on a terminal; elsewhere the log's lines are enough."""

from __future__ import annotations

import sys

import click

from indexer.config import Config
from indexer.runtime.progress import Progress, ProgressState


def progress_of(config: Config) -> Progress:
    """Progress kept in the data folder, and shown where somebody looks."""
    if not sys.stderr.isatty():
        return Progress(config.data_dir)

    def show(state: ProgressState) -> None:
        line = f"{state.phase}: {state.done} of {state.total}  {state.source}" if state.phase else ""
        click.echo(f"\r\033[K{line}", nl=False, err=True)

    return Progress(config.data_dir, show)
