"""Every way to spoil one name in a query: what a checker of SQL must refuse.

`mutations` goes through a query name by name: each segment of each path renamed, dropped,
followed by one too many; aliases, tables, routines, JSON keys, groups; arrays read
without UNNEST; JSON asked of a plain column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

PATH = re.compile(r"(?<![\w.`$'])[a-z_]\w*(?:\.(?:`[^`]*`|\w+))+")
TABLE = re.compile(r"`([\w-]+)\.([\w-]+)\.([\w-]+)`")
UNNEST = re.compile(r",\n\s+UNNEST\(((?:[^()]|\([^()]*\))*)\) AS (\w+)")
ALIAS = re.compile(r" AS (m|t|entry|inner_entry|bucket_entry|event|element|item\d)$", re.MULTILINE)
JSON_KEY = re.compile(r"'(\$\.[^']+)'|mozfun\.map\.get_key\([^,]+, '([^']+)'\)")
JSON_HOLDER = re.compile(r"JSON_VALUE\(([\w.`]+)")


@dataclass(frozen=True, slots=True)
class Mutation:
    """One spoilt query, with the name of what was done to it."""

    kind: str
    what: str
    sql: str


def mutations(sql: str) -> Iterator[Mutation]:
    """The query with one thing wrong, for each thing that can be."""
    text = re.sub(r"\s*--.*", "", sql)
    yield from _paths(text)
    yield from _tables(text)
    yield from _unnests(text)
    yield from _groups(text)
    yield from _json(text)


def _paths(text: str) -> Iterator[Mutation]:
    literals = [found.span() for found in re.finditer(r"'(?:[^'\\]|\\.)*'|`[^`]*`", text)]
    for found in PATH.finditer(text):
        if any(start <= found.start() < end for start, end in literals):
            continue
        segments = re.findall(r"`[^`]*`|\w+", found[0])
        for at, segment in enumerate(segments):
            spoilt = [("rename", [*segments[:at], _renamed(segment), *segments[at + 1 :]])]
            spoilt.append(("add", [*segments[: at + 1], "added", *segments[at + 1 :]]))
            if at:
                spoilt.append(("drop", [*segments[:at], *segments[at + 1 :]]))
            for kind, path in spoilt:
                what = f"{found[0]} to {'.'.join(path)}"
                yield Mutation(kind, what, text[: found.start()] + ".".join(path) + text[found.end() :])


def _renamed(segment: str) -> str:
    return f"`{segment.strip('`')}_renamed`" if segment.startswith("`") else f"{segment}_renamed"


def _tables(text: str) -> Iterator[Mutation]:
    for found in TABLE.finditer(text):
        for at in (2, 3):
            start, end = found.span(at)
            yield Mutation("table", found[at], text[:start] + f"{found[at]}_renamed" + text[end:])
    for name in re.findall(r"(\w+) AS \(\n", text):
        yield Mutation(
            "table", name, re.sub(rf"FROM\n(\s+){name}\n", rf"FROM\n\1{name}_renamed\n", text, count=1)
        )


def _unnests(text: str) -> Iterator[Mutation]:
    for found in ALIAS.finditer(text.replace(",\n", " \n")):
        start, end = found.span(1)
        if len(re.findall(rf"\b{found[1]}\b", text)) == 1:
            continue  # an alias that nothing uses may have any name
        yield Mutation("alias", found[1], f"{text[:start]}{found[1]}_renamed{text[end:]}")
    for found in UNNEST.finditer(text):
        without = text[: found.start()] + text[found.end() :]
        direct = re.sub(rf"\b{found[2]}\b(?![\w']*\()", found[1].replace("\\", r"\\"), without)
        yield Mutation("without UNNEST", found[1], direct)


def _groups(text: str) -> Iterator[Mutation]:
    for found in re.finditer(r"(GROUP|ORDER) BY\n((?:\s+[\w`]+(?: DESC)?,?\n?)+)", text):
        names = re.findall(r"[\w`]+(?: DESC)?", found[2])
        for at, name in enumerate(names):
            others = [*names[:at], f"{name.split()[0].strip('`')}_renamed", *names[at + 1 :]]
            head, tail = text[: found.start(2)], text[found.end(2) :]
            yield Mutation("group", f"{found[1]} {name}", f"{head} {', '.join(others)}\n{tail}")
            if found[1] == "GROUP":
                others = [*names[:at], *names[at + 1 :]]
                if others:
                    yield Mutation("no group", name, f"{head} {', '.join(others)}\n{tail}")
                else:
                    yield Mutation("no group", name, f"{text[: found.start()]}{tail}")


def _json(text: str) -> Iterator[Mutation]:
    for found in JSON_KEY.finditer(text):
        at = 1 if found[1] else 2
        start, end = found.span(at)
        spoilt = (
            f"{found[at][:-1]}_renamed{found[at][-1]}" if found[at].endswith('"') else f"{found[at]}_renamed"
        )
        yield Mutation("JSON key", found[at], text[:start] + spoilt + text[end:])
    for found in JSON_HOLDER.finditer(text):
        start, end = found.span(1)
        yield Mutation("not JSON", found[1], f"{text[:start]}m.submission_timestamp{text[end:]}")
