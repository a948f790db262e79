"""What a user can name stands in the papers: commands, sources, settings, filters, addresses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from indexer.config import load_config
from indexer.sources import find_sources
from search_app.cli import COMMANDS
from search_app.query.grammar import LANGUAGE
from search_app.web.app import create_app

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
PAPERS = (
    *("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"),
    *("docs/failures.md", "docs/operate.md"),
)
SETTINGS = (ROOT / "config.yaml").read_text()


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_readme_names_each_command(command: str) -> None:
    assert re.search(rf"`{command}[ `]", README)


@pytest.mark.parametrize("source", sorted(find_sources()))
def test_readme_and_settings_name_each_source(source: str) -> None:
    assert f"`{source}`" in README
    assert re.search(rf"^  {source}:", SETTINGS, re.MULTILINE)


@pytest.mark.parametrize("prefix", [form.name for form in LANGUAGE if form.name])
def test_readme_names_each_filter(prefix: str) -> None:
    assert f"{prefix}:" in README


@pytest.mark.parametrize("variable", re.findall(r"STARCHART_[A-Z_]+", SETTINGS))
def test_readme_names_each_variable_of_the_settings(variable: str) -> None:
    assert f"`{variable}`" in README


def test_readme_names_each_address(sample_data: Path) -> None:
    config = load_config(None).model_copy(update={"data_dir": sample_data})
    rules = {rule.rule for rule in create_app(config).url_map.iter_rules()}
    fixed = {
        rule for rule in rules if "<" not in rule and rule not in ("/api", "/robots.txt", "/favicon.ico")
    }
    unnamed = {rule for rule in fixed if f"`{rule}" not in README and not re.fullmatch(r"/api/v1/\w+s", rule)}
    assert not unnamed


@pytest.mark.parametrize(
    "paper",
    ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/failures.md", "docs/operate.md", "SECURITY.md"],
)
def test_papers_name_only_files_that_exist(paper: str) -> None:
    text = (ROOT / paper).read_text()
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert ((ROOT / paper).parent / target).exists(), target


def test_a_path_of_ours_that_a_paper_names_exists() -> None:
    ours = re.compile(
        r"(?<![\w./-])(?:indexer|search_app|templates|tests|requirements|deploy|docs)/[\w./<>*-]+"
    )
    papers = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    named = {
        (paper.name, path.rstrip(".")) for paper in papers for path in ours.findall(paper.read_text("utf-8"))
    }
    whole = {each for each in named if not re.search("[<>*]", each[1])}
    assert len(whole) > 100
    assert {each for each in whole if not (ROOT / each[1]).exists()} == set()


def test_architecture_names_only_modules_that_there_are() -> None:
    known = {path.name for folder in ("indexer", "search_app") for path in (ROOT / folder).rglob("*.*")}
    named = re.findall(r"`(?:\w+/)*(\w+\.(?:py|yaml|js|css))`", (ROOT / "ARCHITECTURE.md").read_text())
    assert len(named) > 150
    assert {name for name in named if name not in known and not (ROOT / "tests" / name).exists()} == set()


def test_the_rules_that_code_refers_to_are_written_down() -> None:
    rules = (ROOT / "docs" / "domain.md").read_text()
    assert re.findall(r"^(\d+)\. ", rules, re.MULTILINE) == [str(number) for number in range(1, 14)]


def test_no_paper_has_marks_of_a_merge() -> None:
    for paper in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")):
        lines = paper.read_text(encoding="utf-8").splitlines()
        marked = [line for line in lines if line.startswith(("<<<<<<< ", ">>>>>>> ", "======="))]
        assert marked == [], paper.name
