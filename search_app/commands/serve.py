"""`starchart serve`: the server."""

from __future__ import annotations

import click

from search_app.commands.settings import Settings, pass_settings, told
from search_app.ports import check_port
from search_app.server import Server


@click.command("serve")
@click.option("--host", help="Address to listen at.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen at (else PORT).")
@click.option("--workers", type=click.IntRange(1), help="Processes that answer.")
@pass_settings
def serve_command(settings: Settings, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the newest generation."""
    given = {"host": host, "port": port, "workers": workers}
    changes = {name: value for name, value in given.items() if value is not None}
    server = settings.config.server.model_copy(update=changes)
    config = settings.config.model_copy(update={"server": server})
    with told():
        check_port(config.server.host, config.server.port)
    own = ["--config", str(settings.path)] if settings.path else []
    Server(config, own, alone=not settings.beside, on_call=settings.on_call).run()
