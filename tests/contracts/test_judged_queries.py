"""No judged query stands in code or data: an order that was tuned to the questions says nothing of others."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
import yaml

from indexer.catalogue.phrasings import FOLDER
from search_app.evaluation.relevance import judged_queries
from tests.support.installations import MIRROR

PROJECT = Path(__file__).resolve().parents[2]
JUDGED = MIRROR.parent / "relevance"
OWN = (
    PROJECT / "tests" / "relevance"
)  # ours: nothing is trained on them, they show what is fit to the given ones
READ = ("indexer", "search_app", "templates", "config.yaml")
SUFFIXES = {".py", ".yaml", ".yml", ".json", ".html", ".js", ".toml", ".md"}
WORDS = 3  # of a query, from which it is nobody's name and no term of the field
# Ids, as kind/app/name, table:name or measure:pattern, are upstream's names: some queries are one in words.
IDS = re.compile(r"\b(?:metric|probe|ping|table)[/:][\w./-]+|\bmeasure:\^[^'\"]+")


def normalised(text: str) -> str:
    """The words of a text, one space between them, with one before and one behind."""
    return f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} "


def texts() -> Iterator[tuple[Path, str]]:
    for name in READ:
        root = PROJECT / name
        for path in (root,) if root.is_file() else sorted(root.rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                content = path.read_text(encoding="utf-8")
                yield path, normalised(phrases(content) if path.parent == FOLDER else IDS.sub(" | ", content))


def phrases(content: str) -> str:
    """What is asked in a file of phrasings: the things themselves have upstream's names."""
    entries = yaml.load(content, Loader=yaml.CSafeLoader)
    return " | ".join(chain.from_iterable(entry["asked"] for entry in entries))


def runs(content: str) -> set[tuple[str, ...]]:
    """All runs of as many words as a query has at least."""
    words = content.split()
    return set(zip(*(words[start:] for start in range(WORDS)), strict=False))


def test_a_query_in_a_text_is_seen() -> None:
    content = normalised("Which Pings hold `gc_ms`, and where?")
    assert ("pings", "hold", "gc") in runs(content)
    assert normalised("pings hold gc ms") in content


def test_no_judged_query_stands_in_code_or_data() -> None:
    files = sorted(JUDGED.glob("*.jsonl"))
    if not files:
        if os.environ.get("CI"):
            pytest.fail("the judged queries are not beside the project, and CI must have them")
        pytest.skip("the judged queries are not beside the project")
    files += sorted(OWN.glob("*.jsonl"))
    asked = {normalised(query.text): query.text for path in files for query in judged_queries(path)}
    # What is written as one word is a name: an identifier may well stand in an example.
    sought = {
        words: text for words, text in asked.items() if min(len(text.split()), len(words.split())) >= WORDS
    }
    assert len(sought) > 100
    by_beginning: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for words in sought:
        by_beginning[tuple(words.split()[:WORDS])].append(words)
    held = {
        (str(path.relative_to(PROJECT)), sought[words])
        for path, content in texts()
        for beginning in by_beginning.keys() & runs(content)
        for words in by_beginning[beginning]
        if words in content
    }
    assert held == set()


def test_the_learned_order_holds_numbers_and_names_of_features_only() -> None:
    table = json.loads((PROJECT / "search_app/engine/learned_order.json").read_text(encoding="utf-8"))
    assert set(table) == {"features", "strength", "about", "trees"}
    for tree in table["trees"]:
        assert all(isinstance(number, int | float) for node in tree["nodes"] for number in node)
        assert all(isinstance(number, float) for number in tree["leaves"])
    assert all(isinstance(v, int | str | list | dict) for v in table["about"].values())
