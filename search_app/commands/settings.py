"""What all commands share: the settings that they run with, and how they say what went wrong."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from indexer.config import Config, ConfigProblem
from indexer.crawl.snapshots import SnapshotDamaged
from indexer.index.generation import GenerationRefused
from indexer.runtime.disk import FolderUnusable
from indexer.runtime.locking import Busy
from search_app.ports import PortUnusable
from search_app.query.model import QueryProblem

NOTHING_INDEXED = "nothing is indexed yet: starchart crawl, then starchart build"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line hands to each command."""

    config: Config
    path: Path | None
    beside: bool = False  # of the other processes of `starchart run`
    on_call: bool = False  # a server opens its generation when standard input ends


pass_settings = click.make_pass_decorator(Settings)
ACCEPT_LOSS = click.option(
    "--accept-loss", is_flag=True, help="Take it as true that much of what was there is gone."
)


@contextlib.contextmanager
def told() -> Iterator[None]:
    """What can go wrong, in one line and with exit code 1 (2 where the command line is at fault)."""
    try:
        yield
    except (ConfigProblem, QueryProblem) as error:
        raise click.UsageError(str(error)) from None
    except (Busy, FolderUnusable, GenerationRefused, PortUnusable, SnapshotDamaged) as error:
        raise click.ClickException(str(error)) from None
