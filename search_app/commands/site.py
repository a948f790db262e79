"""The site, for commands that ask it as a page does, without a server."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import click

from search_app.commands.settings import NOTHING_INDEXED, Settings, told
from search_app.web.app import create_app
from search_app.web.state import NothingIndexed, Site, current_site


@contextlib.contextmanager
def asked_site(settings: Settings) -> Iterator[Site]:
    """The site of these settings, in a request; what is wrong with the question is said in one line."""
    try:
        with told(), create_app(settings.config).test_request_context():
            yield current_site()
    except NothingIndexed:
        raise click.ClickException(NOTHING_INDEXED) from None
