"""LookML of explores and views as records: labels, descriptions, joins, measures with their SQL.

Nine tenths of a view's text are dimensions, of which only the column is wanted. One pass of a regular
expression takes them out, and measures how deep the blocks nest, before the parser (lkml, which is pure
Python and goes down by recursion) sees the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import lkml
from lkml.keys import EXPR_BLOCK_KEYS

from indexer.model.lookml_records import LookmlExplore, LookmlMeasure, LookmlView
from indexer.sources._documents import Unreadable
from indexer.sources._upstream import clean_text, mapping, text

MAX_DEPTH = 20  # blocks and lists within each other; real files have 5 (2026-11)
MOST_MEASURES = 2000  # of one view; the largest has some 1,100

# What may hold braces that open no block comes first: a string, a comment, an expression up to its ;;
_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*+"|\#[^\n]*+'
    rf"|(?<![\w.+-])(?P<key>{'|'.join(EXPR_BLOCK_KEYS)}):(?P<sql>(?:[^;]|;(?!;))*+);;"
    r"|\b(?P<block>view|dimension)\s*+:\s*+(?P<name>[\w+-]++)\s*+\{|[\[{]|[\]}]|(?<!;);(?!;)",
    re.DOTALL,
)
_COLUMN = re.compile(r"\$\{TABLE\}\.([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)")
_NAMED = re.compile(r"\$\{(?:(\w+)\.)?(\w+)\}")
_TABLE = re.compile(r"(?:[a-z][a-z0-9-]*\.)?[A-Za-z_]\w*\.[\w$-]+")


def read_explores(namespace: str, body: bytes) -> Iterator[LookmlExplore]:
    """Each explore of a file. Raises Unreadable."""
    document, _ = _parse(body)
    for fields in _blocks(document, "explores"):
        name = text(fields.get("name"))
        yield LookmlExplore(
            namespace=namespace,
            name=name,
            view=text(fields.get("view_name")) or name,
            label=text(fields.get("label")),
            description=text(fields.get("description")),
            joins=tuple(dict.fromkeys(text(each.get("name")) for each in _blocks(fields, "joins"))),
            hidden=text(fields.get("hidden")) == "yes",
        )


def read_views(namespace: str, body: bytes) -> Iterator[LookmlView]:
    """Each view of a file that has measures or times. Raises Unreadable."""
    document, columns = _parse(body)
    for fields in _blocks(document, "views"):
        name = text(fields.get("name"))
        measures = _blocks(fields, "measures")[:MOST_MEASURES]
        named = {text(each.get("name")): text(each.get("sql")) for each in measures}
        of_view = columns.get(name, {})
        times = _blocks(fields, "dimension_groups")
        for each in times:
            if found := _COLUMN.fullmatch(text(each.get("sql"))):
                of_view[text(each.get("name"))] = found[1]
        table = text(fields.get("sql_table_name")).replace("`", "")
        if not (measures or times):
            continue
        yield LookmlView(
            namespace=namespace,
            name=name,
            tables=(table,) if _TABLE.fullmatch(table) else (),
            measures=tuple(_measure(each, name, named, of_view) for each in measures),
            times=tuple(dict.fromkeys(text(each.get("name")) for each in times)),
        )


def _measure(
    fields: Mapping[str, Any], view: str, measures: Mapping[str, str], columns: Mapping[str, str]
) -> LookmlMeasure:
    sql = text(fields.get("sql"))
    return LookmlMeasure(
        name=text(fields.get("name")),
        type=text(fields.get("type")),
        label=text(fields.get("label")),
        description=" ".join(text(fields.get("description")).strip('\\" \n').split()),
        sql=sql,
        fields=tuple(dict.fromkeys(_columns(sql, view, measures, columns, set()))),
        hidden=text(fields.get("hidden")) == "yes",
    )


def _columns(
    sql: str, view: str, measures: Mapping[str, str], columns: Mapping[str, str], visited: set[str]
) -> Iterator[str]:
    """The columns that an expression names, also through dimensions and measures of its own view."""
    yield from _COLUMN.findall(sql)
    for other, name in _NAMED.findall(sql):
        if other not in ("", view) or name in visited:
            continue
        visited.add(name)
        if name in columns:
            yield columns[name]
        elif name in measures and len(visited) < MOST_MEASURES:
            yield from _columns(measures[name], view, {}, columns, visited)


def _parse(body: bytes) -> tuple[Mapping[str, Any], dict[str, dict[str, str]]]:
    """A file without its dimensions, and for each view the column of each dimension that is one."""
    try:
        kept, columns = _without_dimensions(body.decode("utf-8"))
        return mapping(lkml.load(kept)), columns
    except Unreadable:
        raise
    except (
        SyntaxError,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise Unreadable(" ".join(str(error).split())[:300] or type(error).__name__) from error


def _without_dimensions(source: str) -> tuple[str, dict[str, dict[str, str]]]:
    kept: list[str] = []
    columns: dict[str, dict[str, str]] = {}
    depth = begin = 0
    view = dimension = ""
    for token in _TOKEN.finditer(source):
        if token[0] == ";":  # lkml's lexer never gets past it
            raise Unreadable("a semicolon stands by itself")
        if token["block"] == "view" and depth == 0:
            view = clean_text(token["name"])
        elif token["block"] == "dimension" and depth == 1:
            dimension = clean_text(token["name"])
            kept.append(source[begin : token.start()])
        elif (
            token["key"] == "sql"
            and dimension
            and depth == 2
            and (found := _COLUMN.fullmatch(token["sql"].strip()))
        ):
            columns.setdefault(view, {})[dimension] = found[1]
        if token[0][-1] in "[{" and not token["key"] and token[0][0] not in '"#':
            depth += 1
            if depth > MAX_DEPTH:
                raise Unreadable(f"it nests more than {MAX_DEPTH} deep")
        elif token[0] in "]}":
            depth -= 1
            if depth < 0:
                raise Unreadable("a block of it ends that never began")
            if dimension and depth == 1:
                dimension, begin = "", token.end()
    if depth:
        raise Unreadable("a block of it has no end")
    kept.append(source[begin:])
    return "".join(kept), columns


def _blocks(document: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = document.get(key)
    return (
        [each for each in value if isinstance(each, dict) and text(each.get("name"))]
        if isinstance(value, list)
        else []
    )
