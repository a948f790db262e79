"""`starchart completion`: the script by which a shell completes our commands."""

from __future__ import annotations

import click

from search_app.commands.settings import Settings
from search_app.terminal.completion import asking, bash, commands_of, fish, zsh

SHELLS = {"bash": bash, "zsh": zsh, "fish": fish}


@click.command("completion")
@click.argument("shell", type=click.Choice(list(SHELLS)))
@click.pass_context
def completion_command(context: click.Context, shell: str) -> None:
    """Print the script that completes commands, options and names in SHELL.

    \b
    bash:  eval "$(starchart completion bash)"      in ~/.bashrc
    zsh:   eval "$(starchart completion zsh)"       in ~/.zshrc, after compinit
    fish:  starchart completion fish | source       in ~/.config/fish/config.fish
    """
    settings: Settings = context.obj
    commands = tuple(commands_of(context.find_root(), tuple(settings.config.sources)))
    click.echo(SHELLS[shell](commands, asking(settings.config.data_dir)))
