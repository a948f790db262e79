"""What a person at a terminal sees: colours and links where it shows them, pages, completion."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from search_app.cli import main
from search_app.terminal.words import FILTERS, words

ESCAPE = "\x1b"
LINK = re.compile(r"\x1b\]8;;(\S*?)\x1b\\(.*?)\x1b\]8;;\x1b\\")
COLOUR = re.compile(r"\x1b\[[\d;]*m")


def at_terminal(*command: str, data: Path, **environment: str) -> str:
    """What a command writes to a terminal of 120 columns and 24 lines."""
    master, slave = pty.openpty()
    terminal = {"STARCHART_DATA_DIR": str(data), "TERM": "xterm", "COLUMNS": "120", "LINES": "24"}
    process = subprocess.Popen(
        [sys.executable, "-m", "search_app.cli", "--quiet", *command],
        stdin=slave, stdout=slave, stderr=subprocess.DEVNULL,
        env={**os.environ, **terminal, **environment},
    )  # fmt: skip
    os.close(slave)
    told = b""
    try:
        while piece := os.read(master, 65_536):
            told += piece
    except OSError:  # the other end is closed
        pass
    os.close(master)
    assert process.wait(60) == 0
    return told.decode().replace("\r\n", "\n")


def plain(text: str) -> str:
    return COLOUR.sub("", LINK.sub(lambda match: match[2], text))


def piped(*command: str, data: Path, **environment: str) -> str:
    environment = {"STARCHART_DATA_DIR": str(data), "COLUMNS": "120", **environment}
    result = CliRunner().invoke(main, ["--quiet", *command], env=environment)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.slow
def test_a_terminal_gets_colours_and_links_and_the_same_words(sample_data: Path) -> None:
    seen = at_terminal("search", "clients_daily", "--size", "5", data=sample_data)
    assert COLOUR.search(seen)
    addresses = [address for address, _ in LINK.findall(seen)]
    assert addresses[0] == "http://127.0.0.1:8000/table/moz-fx-data-shared-prod.telemetry.clients_daily"
    told = piped("search", "clients_daily", "--size", "5", data=sample_data)
    assert plain(seen).splitlines()[1:] == told.splitlines()[1:]  # the first has milliseconds


@pytest.mark.slow
@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_who_wants_no_colours_gets_none(sample_data: Path, environment: dict[str, str]) -> None:
    assert ESCAPE not in at_terminal("search", "clients_daily", data=sample_data, **environment)


@pytest.mark.slow
def test_what_is_longer_than_the_terminal_goes_through_the_pager(sample_data: Path, tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho PAGED\ncat\n")
    pager.chmod(0o755)
    long = at_terminal("search", "e*", "--size", "60", data=sample_data, PAGER=str(pager))
    short = at_terminal("search", "clients_daily", "--size", "3", data=sample_data, PAGER=str(pager))
    assert long.startswith("PAGED\n")
    assert len(long.splitlines()) > 24
    assert "PAGED" not in short


def test_a_program_gets_text_alone(sample_data: Path) -> None:
    assert ESCAPE not in piped("search", "clients_daily", data=sample_data)
    assert ESCAPE not in piped("search", "e*", "--size", "60", data=sample_data, PAGER="false")


def test_a_question_is_answered_above_its_hits(sample_data: Path, sample_client: FlaskClient) -> None:
    question = "is GC_MS alive"
    card = sample_client.get("/api/v1/search", query_string={"q": question}).json["answer"]
    lines = piped("search", question, data=sample_data).splitlines()
    assert lines[1] == card["sentence"]
    assert lines[lines.index("") - 1].startswith(f"  {card['recommended'][-1]['id']}  ")
    assert "" not in piped("search", "clients_daily", data=sample_data).splitlines()


# ---------------------------------------------------------------- completion

TYPED = (
    ("starchart se", {"search", "serve"}),
    ("starchart --", {"--config", "--quiet", "--help"}),
    ("starchart search --", {"--json", "--size", "--page", "--help"}),
    ("starchart completion ", {"bash", "zsh", "fish"}),
    ("starchart crawl gle", {"glean"}),
    ("starchart search clients_da", {"clients_daily"}),
    ("starchart search app:fen", {"app:fenix"}),
    ("starchart search telemetry.clients_da", {"telemetry.clients_daily"}),
    ("starchart sql table/moz-fx-data-shared-prod.telemetry.clients_da",
     {"table/moz-fx-data-shared-prod.telemetry.clients_daily"}),
)  # fmt: skip
DRIVERS = {
    "bash": """
source "$1"; line=$2; COMP_LINE=$line; COMP_POINT=${#line}; COMP_WORDS=($line)
[[ $line == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _starchart; printf '%s\\n' "${COMPREPLY[@]}"
""",
    "zsh": """
compdef() { : }
compadd() { local -a given; given=("${(@P)@[-1]}"); print -l -- ${(M)given:#${words[CURRENT]}*} }
source "$1"; words=(${(z)2}); [[ $2 == *' ' ]] && words+=(''); CURRENT=$#words; _starchart
""",
    "fish": 'source $argv[1]; complete -C $argv[2] | string replace -r "\\t.*" ""',
}


def completed(shell: str, script: Path, line: str) -> set[str]:
    """What a shell itself offers for a line, after it has read the script."""
    commands = {
        "bash": ["bash", "--norc", "-c", DRIVERS["bash"], "bash"],
        "zsh": ["zsh", "-f", "-c", DRIVERS["zsh"], "zsh"],
        "fish": ["fish", "--no-config", "-c", DRIVERS["fish"]],
    }
    result = subprocess.run(
        [*commands[shell], str(script), line], capture_output=True, text=True, timeout=60, check=False,
        env={name: value for name, value in os.environ.items() if name != "STARCHART_DATA_DIR"},
    )  # fmt: skip
    return {word for word in result.stdout.splitlines() if word}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_completes_commands_options_and_names(
    shell: str, sample_data: Path, tmp_path: Path
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not here")
    script = tmp_path / f"starchart.{shell}"
    script.write_text(piped("completion", shell, data=sample_data))
    for line, wanted in TYPED:
        found = completed(shell, script, line)
        if shell == "bash" and ":" in line:  # bash has what stands before the colon on the line already
            wanted = {word.partition(":")[2] for word in wanted}
        if shell == "fish" and line.endswith("--"):
            assert wanted <= found, (line, found)
        else:
            assert found == wanted, (line, found)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_command_and_option_stands_in_the_script(shell: str, sample_data: Path) -> None:
    script = piped("completion", shell, data=sample_data)
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        assert re.search(rf"\b{name}\b", script)
        for parameter in command.params:
            for word in parameter.opts if parameter.param_type_name == "option" else ():
                assert word.lstrip("-") in script, (name, word)


def test_words_are_names_ids_filters_and_values(sample_data: Path) -> None:
    assert words("query", "kin", sample_data)[0] == "kind:"
    assert "kind:metric" in words("query", "kind:me", sample_data)
    assert words("query", "app:fenix", sample_data) == ["app:fenix"]
    assert words("id", "app/fen", sample_data) == ["app/fenix"]
    assert words("generation", "2", sample_data) or words("generation", "", sample_data)
    assert words("query", "", sample_data) == []


@pytest.mark.parametrize(
    "typed", ["'", '"', "%", "_", "\\", "\0", "a" * 10_000, ":", "::", "$(id)", "app:'; DROP"]
)
def test_nothing_that_is_typed_breaks_completion(typed: str, sample_data: Path, tmp_path: Path) -> None:
    for kind in ("query", "id", "generation", "nothing"):
        assert all(re.fullmatch(r"[\w.:/#@+-]+", word) for word in words(kind, typed, sample_data))
        assert words(kind, typed, tmp_path) in ([], [each for each in FILTERS if each.startswith(typed)])


def test_the_quick_call_imports_nothing_but_what_comes_with_python(sample_data: Path) -> None:
    """So that a Tab takes milliseconds: no numpy, no click, none of our other modules."""
    asked = "import sys; from search_app.terminal import words; words.main(); print('|'.join(sys.modules))"
    told = subprocess.run(
        [sys.executable, "-I", "-c", asked, str(sample_data), "id", "app/"],
        capture_output=True, text=True, check=True,
        env={name: value for name, value in os.environ.items() if name != "STARCHART_DATA_DIR"},
    ).stdout.splitlines()  # fmt: skip
    assert "app/fenix" in told[:-1]
    ours = {
        name for name in told[-1].split("|") if name.startswith(("search_app", "indexer", "numpy", "click"))
    }
    assert ours == {"search_app", "search_app.terminal", "search_app.terminal.words"}
