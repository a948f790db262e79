"""The commands, as somebody at a terminal meets them: real processes over the sample."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from indexer.index.generation import current_name
from search_app.cli import main
from tests.support.mirrors import copy_sample

COMMANDS = (
    "run", "crawl", "build", "serve", "schedule", "search", "status", "generations", "rollback", "evaluate",
    "sql",
)  # fmt: skip

NO_TRIAL = Path(__file__).parents[1] / "support" / "no_trial.yaml"


def starchart(*words: str, data: Path, **environment: str) -> Result:
    variables = {"STARCHART_DATA_DIR": str(data), "STARCHART_CONFIG": str(NO_TRIAL), **environment}
    return CliRunner().invoke(main, words, env=variables)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_says_what_it_does(command: str, tmp_path: Path) -> None:
    result = starchart(command, "--help", data=tmp_path)
    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: main {command}")
    assert len(result.output.splitlines()) > 5
    assert command in starchart("--help", data=tmp_path).output


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("serch", "gc"), "No such command 'serch'"),
        (("search",), "Missing argument 'QUERY...'"),
        (("search", "gc", "--size", "0"), "0 is not in the range 1<=x<=100"),
        (("crawl", "gleam"), "gleam: no enabled source of that name (there are: glean,"),
        (("crawl", "bigquery"), "bigquery: no enabled source of that name"),
        (("serve", "--port", "70000"), "70000 is not in the range"),
        (("--config", "absent.yaml", "status"), "File 'absent.yaml' does not exist"),
        (("evaluate", "absent.jsonl"), "File 'absent.jsonl' does not exist"),
    ],
)
def test_bad_usage_is_exit_code_2_and_says_what_was_wrong(
    words: tuple[str, ...], complaint: str, tmp_path: Path
) -> None:
    result = starchart(*words, data=tmp_path)
    assert result.exit_code == 2
    assert complaint in result.output


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ("srever: {port: 1}", "srever"),
        ("server: {prot: 8000}", "prot"),
        ("server: {port: many}", "server.port"),
        ("sources: {glean: {base_ulr: x}}", "sources.glean.base_ulr"),
    ],
)
def test_a_bad_setting_is_bad_usage_and_the_key_is_named(settings: str, key: str, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(settings)
    for result in (
        starchart("--config", str(file), "status", data=tmp_path),
        starchart("status", data=tmp_path, STARCHART_CONFIG=str(file)),
    ):
        assert result.exit_code == 2
        assert key in result.output


def test_without_an_index_searching_fails_and_says_what_to_do(tmp_path: Path) -> None:
    for words in (("search", "gc"), ("rollback",)):
        assert starchart(*words, data=tmp_path).exit_code == 1
    result = starchart("search", "gc", data=tmp_path)
    assert "nothing is indexed yet: starchart crawl, then starchart build" in result.output
    assert starchart("status", data=tmp_path).output.startswith("nothing is indexed yet\n")
    assert starchart("generations", data=tmp_path).output == ""


def test_a_search_shows_a_line_for_each_hit(sample_data: Path, sample_client: FlaskClient) -> None:
    result = starchart("search", "clients_daily", "kind:table", data=sample_data, COLUMNS="160")
    lines = result.output.splitlines()
    answer = sample_client.get("/api/v1/search", query_string={"q": "clients_daily kind:table"}).json
    assert result.exit_code == 0
    assert lines[0].startswith(f"{answer['total']} found in ")
    assert len(lines) == 1 + len(answer["hits"])
    kind, name, *_ = lines[1].split()
    assert (kind, name) == ("table", "telemetry.clients_daily")
    assert "One row for each client" in lines[1]
    assert all(len(line) <= 160 for line in lines)


def test_a_search_without_hits_says_so_and_succeeds(sample_data: Path) -> None:
    result = starchart("search", "app:nobody zzzzqqqq", data=sample_data)
    assert (result.exit_code, result.output.splitlines()[0][:8]) == (0, "0 found ")


@pytest.mark.parametrize("query", ["gc pause", "type:event app:fenix", "no such thing at all zzqq"])
def test_the_json_of_a_search_is_that_of_the_endpoint(
    query: str, sample_data: Path, sample_client: FlaskClient
) -> None:
    result = starchart("search", query, "--json", "--size", "7", data=sample_data)
    own = json.loads(result.stdout)
    answer = sample_client.get("/api/v1/search", query_string={"q": query, "size": 7}).json
    for each in (own, answer):
        del each["took_ms"]
    assert own == answer


def test_status_tells_of_each_source(sample_data: Path, sample_client: FlaskClient) -> None:
    lines = starchart("status", data=sample_data).output.splitlines()
    assert lines[0].startswith(current_name(sample_data))
    assert "(sample)" in lines[0]
    by_source = {line.split()[0]: line for line in lines[1:]}
    assert by_source["legacy_probes"].split()[1:] == ["sample", "never", "25", "records", "0", "skipped"]
    assert by_source["bigquery"].split() == ["bigquery", "off"]
    own = json.loads(starchart("status", "--json", data=sample_data).stdout)
    answer = sample_client.get("/api/v1/status").json
    assert own == {key: answer[key] for key in own}


def test_crawl_build_generations_and_rollback_make_a_round(tmp_path: Path) -> None:
    upstream = copy_sample(tmp_path / "upstream")
    data, mirror = tmp_path / "data", str(upstream)
    crawled = starchart("--quiet", "crawl", data=data, STARCHART_MIRROR=mirror)
    assert crawled.exit_code == 0
    assert "legacy_probes    parsed           25 records      0 skipped" in crawled.output
    assert starchart("--quiet", "build", data=data).output.startswith("built ")
    first = current_name(data)
    assert starchart("--quiet", "build", data=data).output.startswith(f"unchanged {first} ")
    assert starchart("--quiet", "build", "--force", data=data).output.startswith("built ")
    listed = starchart("generations", data=data).output.splitlines()
    assert [line.split()[0] for line in listed] == ["*", first]
    assert starchart("rollback", data=data).output == f"now answering: {first}\n"
    assert starchart("rollback", data=data).exit_code == 1


def test_one_source_can_be_crawled_alone(tmp_path: Path) -> None:
    upstream = copy_sample(tmp_path / "upstream")
    result = starchart("--quiet", "crawl", "looker", data=tmp_path / "data", STARCHART_MIRROR=str(upstream))
    assert [line.split()[:3] for line in result.output.splitlines()] == [["looker", "parsed", "10"]]


def test_a_crawl_that_reaches_nothing_fails_but_leaves_the_sample(tmp_path: Path) -> None:
    result = starchart("--quiet", "crawl", data=tmp_path, STARCHART_MIRROR="http://127.0.0.1:9")
    assert result.exit_code == 1
    assert "Error: no source could be reached" in result.output
    assert "Connection refused" in result.output
    assert starchart("--quiet", "build", data=tmp_path).exit_code == 0
    assert "(sample)" in starchart("generations", data=tmp_path).output


def test_a_port_in_use_is_told_at_once(sample_data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for words in (("serve", "--port", port), ("run",)):
            result = starchart("--quiet", *words, data=sample_data, PORT=port)
            assert result.exit_code == 1
            assert f"cannot listen at 127.0.0.1:{port}: Address already in use" in result.output
            if Path("/proc/net/tcp").exists():
                assert f"by process {os.getpid()} (" in result.output


@pytest.mark.slow
def test_log_lines_go_to_stderr_and_results_to_stdout(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "search_app.cli", "crawl", "tools"],
        env={**os.environ, "STARCHART_DATA_DIR": str(tmp_path)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "tools            parsed           16 records      0 skipped\n"
    assert len(done.stderr.splitlines()) == 1
    assert "crawl source=tools outcome=parsed records=16 skipped=0" in done.stderr


def test_a_query_is_made_by_choice_in_the_terminal_as_over_http(
    sample_data: Path, sample_client: FlaskClient, tmp_path: Path
) -> None:
    words = ("sql", "javascript.gc.slice_time", "--by", "country", "--measure", "clients", "--days", "28")
    told = starchart(*words, data=sample_data)
    assert told.exit_code == 0, told.output
    address = "/api/v1/sql?thing=metric/gecko/javascript.gc.slice_time&by=country&measure=clients&days=28"
    answer = sample_client.get(address).json
    assert told.output == answer["query"]["sql"] + "\n"
    assert json.loads(starchart(*words, "--json", data=sample_data).output)["query"] == answer["query"]
    choices = starchart("sql", "javascript.gc.slice_time", "--choices", data=sample_data).output
    assert "--days     1, 7*, 14, 28, 90, 365" in choices
    book = tmp_path / "gc.ipynb"
    assert starchart(*words, "--notebook", str(book), data=sample_data).exit_code == 0
    assert answer["query"]["sql"].splitlines()[0] in book.read_text()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("sql", "no.such.thing"), "there is no no.such.thing"),
        (("sql", "javascript.gc.slice_time", "--by", "colour"), "colour is no choice of"),
        (("sql", "javascript.gc.slice_time", "--days", "0"), "0 is not in the range"),
    ],
)
def test_a_choice_that_cannot_be_had_is_bad_usage(
    sample_data: Path, words: tuple[str, ...], complaint: str
) -> None:
    result = starchart(*words, data=sample_data)
    assert result.exit_code == 2
    assert complaint in result.output


def test_a_query_by_choice_needs_something_indexed(tmp_path: Path) -> None:
    result = starchart("sql", "gc_ms", data=tmp_path)
    assert result.exit_code == 1
    assert "nothing is indexed yet" in result.output
