"""`starchart completion SHELL`: the script by which bash, zsh or fish completes our commands.

The commands and their options are written into the script, so that a shell needs no process of ours for them;
names of things are asked for with words.py, which is quick. Made of the commands as click knows them.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import click

# what an argument wants, by its name: how words.py is asked for it
ARGUMENTS = {"query": "query", "thing": "id", "things": "id", "item_id": "id", "generation": "generation"}


@dataclass(frozen=True, slots=True)
class Option:
    """An option as a shell completes it."""

    spellings: tuple[str, ...]
    help: str
    choices: tuple[str, ...] = ()  # all values that it can have, where these are few
    files: bool = False  # whether its value is a file


@dataclass(frozen=True, slots=True)
class Command:
    """A command as a shell completes it."""

    name: str
    help: str
    options: tuple[Option, ...]
    values: tuple[str, ...] = ()  # fixed words that may follow it
    asks: str = ""  # what its arguments are, for words.py
    files: bool = False  # whether its arguments are files

    @property
    def spellings(self) -> str:
        """All spellings of all of its options, a space between them."""
        return " ".join(word for option in self.options for word in option.spellings)


def commands_of(root: click.Context, sources: tuple[str, ...]) -> Iterator[Command]:
    """The group itself, by the name "", then its commands in their order."""
    group = root.command
    assert isinstance(group, click.Group)  # noqa: S101  we are one of its commands
    names = group.list_commands(root)
    yield _command("", group, tuple(names))
    for name in names:
        command = group.get_command(root, name)
        if command is not None and not command.hidden:
            yield _command(name, command, sources if _names_sources(command) else ())


def _names_sources(command: click.Command) -> bool:
    return any(isinstance(each, click.Argument) and each.name == "sources" for each in command.params)


def _command(name: str, command: click.Command, words: tuple[str, ...]) -> Command:
    """A command with the fixed words that may follow it, beside those of its arguments."""
    options = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    values = [*(word for each in arguments for word in _choices(each)), *words]
    return Command(
        name,
        command.get_short_help_str(80),
        (
            *(Option((*o.opts, *o.secondary_opts), o.help or "", _choices(o), _is_path(o)) for o in options),
            Option(("--help",), "Show this message and exit."),
        ),
        tuple(values),
        next((ARGUMENTS[each.name] for each in arguments if each.name in ARGUMENTS), ""),
        any(map(_is_path, arguments)),
    )


def _choices(parameter: click.Parameter) -> tuple[str, ...]:
    return tuple(map(str, parameter.type.choices)) if isinstance(parameter.type, click.Choice) else ()


def _is_path(parameter: click.Parameter) -> bool:
    return isinstance(parameter.type, click.Path | click.File)


def asking(data: Path) -> str:
    """The beginning of the call that asks for names; a kind and what is typed follow."""
    python, folder = shlex.quote(sys.executable), shlex.quote(str(data.resolve()))
    return f"{python} -I -m search_app.terminal.words {folder}"


def bash(commands: tuple[Command, ...], asks: str) -> str:
    """For bash from 4 on."""
    return _BASH.format(commands=_commands(commands), options=_options(commands), asks=asks)


def zsh(commands: tuple[Command, ...], asks: str) -> str:
    """For zsh from 5 on."""
    return _ZSH.format(commands=_commands(commands), options=_options(commands), asks=asks)


def _commands(commands: tuple[Command, ...]) -> str:
    """Which words, names and files follow each command: the branches of a `case`."""
    return "\n".join(
        f"    {each.name or _NONE}) options={shlex.quote(each.spellings)} values={_together(each.values)}"
        f" asks={each.asks} files={int(each.files)} ;;"
        for each in commands
    )


def _options(commands: tuple[Command, ...]) -> str:
    """Which words or files follow an option that takes them: the branches of another `case`."""
    return "\n".join(
        f"    {each.name}:{word}) values={_together(option.choices)} asks= files={int(option.files)} ;;"
        for each in commands
        for option in each.options
        if option.choices or option.files
        for word in option.spellings
    )


def fish(commands: tuple[Command, ...], asks: str) -> str:
    """For fish from 3 on."""
    lines = [_FISH, "complete -c starchart -f"]
    for each in commands:
        here = f"-n '__fish_seen_subcommand_from {each.name}'" if each.name else "-n __fish_use_subcommand"
        if each.name:
            told = shlex.quote(each.help)
            lines.append(f"complete -c starchart -n __fish_use_subcommand -a {each.name} -d {told}")
        elif each.values:
            each = replace(each, values=())  # told with their help
        lines += [f"complete -c starchart {here} {told}" for told in _fish_options(each)]
        if each.values:
            lines.append(f"complete -c starchart {here} -a {_together(each.values)}")
        if each.asks:
            call = f"({asks} {each.asks} (commandline -ct))"
            lines.append(f"complete -c starchart {here} -a {shlex.quote(call)}")
        if each.files:
            lines.append(f"complete -c starchart {here} -F")
    return "\n".join(lines)


def _fish_options(command: Command) -> Iterator[str]:
    for option in command.options:
        told = f"-d {shlex.quote(' '.join(option.help.split()))}"
        takes = " -r -F" if option.files else f" -x -a {_together(option.choices)}"
        for word in option.spellings:
            form = f"-l {word[2:]}" if word.startswith("--") else f"-s {word[1:]}"
            yield f"{form} {told}{takes if option.files or option.choices else ''}"


def _together(words: tuple[str, ...]) -> str:
    return shlex.quote(" ".join(words))


_NONE = "''"  # no command yet
_FISH = "# Completion of starchart for fish: starchart completion fish | source"
_BASH = """\
# Completion of starchart for bash: eval "$(starchart completion bash)"
_starchart() {{
  local typed=${{COMP_LINE:0:COMP_POINT}} command= options= values= asks= files=0 word i
  typed=${{typed##*[[:space:]]}}
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${{COMP_WORDS[i]}} in -*) ;; *) command=${{COMP_WORDS[i]}}; break ;; esac
  done
  case $command in
{commands}
  esac
  case "$command:${{COMP_WORDS[COMP_CWORD-1]}}" in
{options}
  esac
  COMPREPLY=()
  if [[ $typed == -* ]]; then values=$options asks= files=0; fi
  for word in $values; do [[ $word == "$typed"* ]] && COMPREPLY+=("$word"); done
  if [[ -n $asks ]]; then
    while IFS= read -r word; do
      [[ -n $word ]] && COMPREPLY+=("$word")
    done < <({asks} "$asks" "$typed" 2>/dev/null)
  fi
  if ((files)); then compopt -o default 2>/dev/null; fi
  if [[ ${{#COMPREPLY[@]}} == 1 && $COMPREPLY == *: ]]; then compopt -o nospace 2>/dev/null; fi
  # readline breaks words at a colon: what stands before the last one is on the line already
  if [[ $typed == *:* && $COMP_WORDBREAKS == *:* ]]; then
    COMPREPLY=("${{COMPREPLY[@]#"${{typed%"${{typed##*:}}"}}"}}")
  fi
}}
complete -F _starchart starchart"""

_ZSH = """\
#compdef starchart
# Completion of starchart for zsh: eval "$(starchart completion zsh)"
_starchart() {{
  local typed=$words[CURRENT] command= options= values= asks= files=0 word i
  for ((i = 2; i < CURRENT; i++)); do
    case $words[i] in -*) ;; *) command=$words[i]; break ;; esac
  done
  case $command in
{commands}
  esac
  case "$command:${{words[CURRENT-1]}}" in
{options}
  esac
  if [[ $typed == -* ]]; then values=$options asks= files=0; fi
  local -a found
  found=(${{=values}})
  if [[ -n $asks ]]; then
    while IFS= read -r word; do
      [[ -n $word ]] && found+=("$word")
    done < <({asks} "$asks" "$typed" 2>/dev/null)
  fi
  compadd -M 'm:{{a-z}}={{A-Z}}' -a found
  if ((files)); then _files; fi
}}
compdef _starchart starchart"""
