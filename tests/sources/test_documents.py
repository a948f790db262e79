"""Absurd JSON, YAML, TOML and Markdown are refused, or read, in no time; what is real is read as before."""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from indexer.sources._doc_sections import split_sections
from indexer.sources._documents import Unreadable, parse_json, parse_toml, parse_yaml
from indexer.sources.data_docs import read_contents

SECONDS = 5.0  # of processor time; each took from 13 s to for ever, or ended the process


def ten_times_the_last(number: int) -> bytes:
    return b"%c: &%c [%s]\n" % (98 + number, 98 + number, b",".join([b"*%c" % (97 + number)] * 10))


DEEP: dict[str, tuple[Callable[[bytes], Any], bytes]] = {
    "lists in JSON": (parse_json, b"[" * 100_000),
    "objects in JSON": (parse_json, b'{"a":' * 100_000),
    "lists in JSON behind strings that close them": (parse_json, b'["]",' * 100_000),
    "JSON of one string without end": (parse_json, b'"' + b'\\"' * 300_000 + b"[" * 300),
    "lists in YAML": (parse_yaml, b"[" * 100_000),
    "maps in YAML": (parse_yaml, b"{a: " * 100_000),
    "dashes in YAML": (parse_yaml, b"- " * 100_000 + b"x"),
    "questions in YAML": (parse_yaml, b"? " * 100_000 + b"x"),
    "indented YAML": (parse_yaml, b"".join(b" " * depth + b"a:\n" for depth in range(2_000))),
    "YAML in YAML's own scalars": (parse_yaml, b"fields:\n- name: " + b"[" * 100_000),
    "aliases of aliases": (
        parse_yaml,
        b"a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        + b"".join(
            b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 10)) for n in range(9)
        ),
    ),
    "a list that holds itself": (parse_yaml, b"&a [*a]"),
    "a dotted key of TOML": (parse_toml, b"a." * 100_000 + b"a = 1"),
    "a dotted table of TOML": (parse_toml, b"[a" + b" . 'a'" * 50_000 + b"]"),
    "lists in TOML": (parse_toml, b"a = " + b"[" * 100_000),
    "tables in TOML": (parse_toml, b"a = " + b"{a = " * 50_000),
    "blanks in TOML": (parse_toml, b"a" + b" " * 200_000 + b"b b"),
}


@pytest.mark.parametrize("name", DEEP)
def test_what_nests_absurdly_is_refused_in_no_time(name: str) -> None:
    parse, body = DEEP[name]
    began = time.process_time()
    with pytest.raises(Unreadable):
        parse(body)
    assert time.process_time() - began < SECONDS


ABSURD = {
    "directives": "{{#a " * 20_000,
    "brackets": "[" * 80_000,
    "links": "[a](b" * 15_000,
    "blanks": "# a" + " " * 100_000 + "b",
    "comments": "<!--" * 30_000,
    "quotes": "> " * 50_000,
    "emphasis": "*a_ " * 20_000,
    "lists": "- " * 20_000,
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if name in ("brackets", "emphasis") else [])
        for name in ABSURD
    ],
)
def test_absurd_markdown_is_read_in_no_time(name: str) -> None:
    text = ABSURD[name]
    began = time.process_time()
    split_sections(text, "a.md")
    read_contents(text)
    assert time.process_time() - began < SECONDS


def test_what_is_real_is_read_as_its_own_library_reads_it() -> None:
    value = {"a": [[{"b": '"]}{['}] * 300], "c": {"d": "e", "f": None}}
    as_json = json.dumps(value).encode()
    as_yaml = yaml.safe_dump(value).encode()
    assert parse_json(as_json) == parse_yaml(as_yaml) == value
    assert parse_yaml(b"a: &x [1, 2]\nb: *x\nc: **bold**\n".replace(b"**bold**", b"'**bold**'")) == {
        "a": [1, 2], "b": [1, 2], "c": "**bold**",
    }  # fmt: skip
    toml = (
        b"[data_sources.a]\nfrom_expression = '''\nSELECT a.b.c, d.e FROM x.y.z -- 1.2.3\n'''\na.b.c = 1.5\n"
    )
    assert parse_toml(toml) == tomllib.loads(toml.decode())


@pytest.mark.parametrize(
    ("parse", "body"),
    [(parse_json, b"{"), (parse_json, b"\xff"), (parse_yaml, b"a: [1"), (parse_yaml, b"\xff"),
     (parse_yaml, b"a: !!python/object:os.system x"), (parse_yaml, b"{[1]: 2}"), (parse_toml, b"a ="),
     (parse_toml, b"\xff"), (parse_json, b'{"a": ' + b"1" * 5_000 + b"}")],
)  # fmt: skip
def test_what_is_none_of_its_kind_is_unreadable(parse: Callable[[bytes], Any], body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(body)
