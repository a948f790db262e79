"""Settings: what is laid over what, and that each mistake is named by its key."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from indexer.config import ConfigProblem, default_path, load_config
from indexer.sources import find_sources


def load(tmp_path: Path, text: str, **env: str):  # type: ignore[no-untyped-def]
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    return load_config(path, env)


def test_the_shipped_settings_are_valid_and_name_every_source() -> None:
    config = load_config(None, {})
    assert config.data_dir == Path("data")
    assert config.mirror == ""
    assert set(find_sources()) <= set(config.sources)
    assert not config.sources["bigquery"].enabled


def test_a_file_changes_only_the_keys_that_it_holds(tmp_path: Path) -> None:
    config = load(tmp_path, "server: {port: 9000}\nsources: {glean: {base_url: 'http://x'}}\n")
    assert (config.server.port, config.server.host) == (9000, "127.0.0.1")
    assert config.options_of("glean") == {"base_url": "http://x"}
    assert config.sources["looker"].enabled


def test_the_environment_comes_last(tmp_path: Path) -> None:
    config = load(
        tmp_path, "server: {port: 9000}", PORT="8123", STARCHART_DATA_DIR="/d", STARCHART_NOW="2025-06-01"
    )
    assert config.server.port == 8123
    assert config.data_dir == Path("/d")
    assert config.today() == datetime.date(2025, 6, 1)


def test_the_file_is_also_found_by_its_variable(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("generations: {keep: 7}")
    assert load_config(None, {"STARCHART_CONFIG": str(path)}).generations.keep == 7


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sources: {glean: {enabld: true}}", "sources.glean.enabld: unknown key"),
        ("servr: {}", "servr: unknown key"),
        ("crawl: {per_host: 0}", "crawl.per_host: Input should be greater than or equal to 1"),
        ("guard: {max_loss: 2}", "guard.max_loss"),
        (
            "tools: [{name: glam, title: GLAM, url: u, summary: s, use_wen: []}]",
            "tools.0: unknown key use_wen",
        ),
        ("tools: [{name: glam, title: GLAM, url: u}]", "tools.0.summary"),
        ("- 1", "must hold keys and values"),
        ("a: [", "not valid YAML"),
    ],
)
def test_a_mistake_is_named_by_file_and_key(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(ConfigProblem) as problem:
        load(tmp_path, text)
    assert expected in str(problem.value)
    assert "mine.yaml" in str(problem.value)


def test_a_bad_variable_is_named() -> None:
    with pytest.raises(ConfigProblem, match="environment variable PORT"):
        load_config(None, {"PORT": "eighty"})
    with pytest.raises(ConfigProblem, match="environment variable STARCHART_NOW"):
        load_config(None, {"STARCHART_NOW": "yesterday"})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblem, match=r"nowhere\.yaml: cannot be read"):
        load_config(tmp_path / "nowhere.yaml", {})


def test_a_source_that_does_not_ship_may_have_any_options(tmp_path: Path) -> None:
    config = load(tmp_path, "sources: {my_source: {url: 'http://x', deep: {a: 1}}}")
    assert config.options_of("my_source") == {"url": "http://x", "deep": {"a": 1}}


def test_a_mapping_among_options_is_replaced_whole(tmp_path: Path) -> None:
    config = load(tmp_path, "sources: {product_details: {versions: {release: 145}}}")
    assert config.options_of("product_details")["versions"] == {"release": 145}


def test_every_shipped_key_has_a_comment_or_a_section_that_says_what_it_is() -> None:
    assert default_path().read_text().count("#") > 30
