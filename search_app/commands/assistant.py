"""`starchart mcp`: assistants ask over standard streams, without a server."""

from __future__ import annotations

import contextlib
import sys

import click

from search_app.commands.settings import Settings, pass_settings
from search_app.mcp.protocol import Reply
from search_app.mcp.stdio import serve_streams
from search_app.web.app import create_app
from search_app.web.assistants.tools import server
from search_app.web.guards.hosts import address
from search_app.web.state import current_site


@click.command("mcp")
@pass_settings
def mcp_command(settings: Settings) -> None:
    """Answer an assistant that started this as its MCP server (Model Context Protocol, stdio).

    Messages come on stdin and go to stdout, a line each; log lines go to stderr. It ends when stdin does.
    """
    app, base = create_app(settings.config), address(settings.config)

    def answer(message: bytes, agreed: str) -> Reply:
        with app.test_request_context("/mcp", base_url=base):
            current_site().look_for_newer()
            return server().answer(message, agreed=agreed)

    outgoing = sys.stdout.buffer
    with contextlib.redirect_stdout(sys.stderr), contextlib.suppress(KeyboardInterrupt):
        serve_streams(answer, sys.stdin.buffer, outgoing)
