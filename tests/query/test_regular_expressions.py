"""No regular expression that reads what strangers send goes over it in ever more ways.

One that may divide the same letters in two ways at each step takes twice as long for each letter more: a
query of 500 letters then holds a worker for good. Each expression of these packages is tried on texts that
repeat each pair of letters which stand for something, and end with what fits nothing.
"""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
import time
from collections.abc import Iterator

import indexer.text
import search_app
from search_app.query.snippet import recognise

LETTERS = "aA_.-0 :/\"'=([{,;#!*\\\u0301"
PAIRED, ALONE = 44, 500  # characters: of repeated pairs, and as many of one letter as a query may have
MOST_SECONDS = 0.1  # honest ones take at most a hundredth, those that double hours
NO_LETTER = "\x01"
APART = ("search_app.cli", "search_app.commands", "search_app.evaluation")  # read nothing that strangers send


def test_no_expression_takes_long_for_any_repeated_letters() -> None:
    texts = [(pair * PAIRED)[:PAIRED] + NO_LETTER for pair in pairs()]
    texts += [letter * ALONE + NO_LETTER for letter in LETTERS]
    found = {pattern for package in (search_app, indexer.text) for pattern in expressions(package)}
    assert len(found) > 100
    slow = {}
    for pattern in found:
        for text in texts:
            began = time.thread_time()
            pattern.search(text)
            if time.thread_time() - began > MOST_SECONDS:
                slow[pattern.pattern] = text
                break
    assert slow == {}


def test_a_line_of_dots_and_underscores_is_read_at_once() -> None:
    for line in ("a.b_c" * 100, "a_b" * 160 + "!", "x._" * 160, "key_of.a_metric" * 30):
        began = time.thread_time()
        recognise(line)
        assert time.thread_time() - began < MOST_SECONDS


def test_keys_of_yaml_are_still_known_by_their_dots_and_underscores() -> None:
    for line in ("  javascript.gc.slice_time: {", 'gc_ms: "x"', "a__: 1", "a._b: 1", "- 'browser.search': |"):
        read = recognise(line)
        assert read is not None, line
        assert read.language == "YAML", line
    for line in ("words: 1", "gc_: 1", "a.: 1"):
        read = recognise(line)
        assert read is None or read.language != "YAML", line


def pairs() -> list[str]:
    return [one + two for one in LETTERS for two in LETTERS if one != two]


def expressions(package: object) -> Iterator[re.Pattern[str]]:
    """All that stand in values of a package's modules."""
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):  # type: ignore[attr-defined]
        if not module.name.startswith(APART):
            for value in list(vars(importlib.import_module(module.name)).values()):
                yield from _within(value)


def _within(value: object, depth: int = 0) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
        return
    inner: list[object] = []
    if isinstance(value, dict):
        inner = list(value.values())
    elif isinstance(value, tuple | list | frozenset):
        inner = list(value)
    elif hasattr(type(value), "__dataclass_fields__"):
        inner = [getattr(value, each.name) for each in dataclasses.fields(type(value))]
    if depth < 3:
        for each in inner:
            yield from _within(each, depth + 1)
