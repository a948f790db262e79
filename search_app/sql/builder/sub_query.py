"""What a sub-query of metric-hub gives to split by: columns that it passes on, and some that it could.

It is read only as far as that takes: select list and FROM, a few deep. A column is given where it is without
doubt one of a table whose schema is known; what is computed is not, since its type is not known. Where each
row of the sub-query is one of its tables, a column of them can be passed on beside the others. Whatever reads
otherwise than is understood here gives nothing: WITH, PIVOT, a name that two tables have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from indexer.model.table_records import Column
from search_app.sql.builder.sql_tokens import NotUnderstoodError, Token, closing, flat, parted, tokens_of
from search_app.sql.source import ColumnsOf, quoted

LONGEST = 20_000  # characters of a sub-query that is read
DEEPEST = 4  # sub-queries in each other
_PARTS = ("SELECT", "FROM", "WHERE", "GROUP", "HAVING", "QUALIFY", "WINDOW", "ORDER", "LIMIT")
_SETS = frozenset({"UNION", "INTERSECT", "EXCEPT"})
_JOINS = frozenset({"CROSS", "INNER", "LEFT", "RIGHT", "FULL", "OUTER", "JOIN"})
_UNREAD = frozenset({"PIVOT", "UNPIVOT", "TABLESAMPLE", "MATCH_RECOGNIZE", "NATURAL"})
# of one row one value: with these alone in its list, a SELECT gives a row for each row that it reads
_OF_ONE_ROW = frozenset(
    [
        *("DATE", "CAST", "SAFE_CAST", "COALESCE", "IF", "IFNULL", "SUBSTR", "CONCAT", "LOWER", "UPPER"),
        *("SPLIT", "REGEXP_EXTRACT", "JSON_VALUE", "SAFE_OFFSET", "OFFSET"),
        *("EXCEPT", "IN", "AND", "OR", "NOT", "WHEN", "THEN", "ELSE", "CASE"),
    ]
)


@dataclass(frozen=True, slots=True)
class Place:
    """A table, or what stands for one, in a FROM."""

    alias: str
    columns: Mapping[str, Column] | None  # by path; None: not known
    qualifier: str  # what stands before a column of it, "" where nothing needs to
    merged: frozenset[str] = frozenset()  # columns that USING has once for both sides


@dataclass(frozen=True, slots=True)
class Given:
    """What a sub-query gives."""

    columns: Mapping[str, Column] = field(default_factory=dict)  # by their path in what it gives
    names: frozenset[str] = frozenset()  # all that it gives, in small letters
    base: Place | None = None  # whose columns can be passed on, too
    at: int = 0  # where in the text
    after_comma: bool = False


NOTHING = Given()


def read_sub_query(text: str, columns_of: ColumnsOf) -> Given:
    """What a sub-query in parentheses gives; NOTHING where it is not understood."""
    if len(text) > LONGEST:
        return NOTHING
    try:
        tokens = tokens_of(text)
        if len(tokens) < 2 or tokens[0].text != "(" or closing(tokens, 0) != len(tokens) - 1:
            return NOTHING
        return _query(tokens[1:-1], columns_of, DEEPEST)
    except NotUnderstoodError:
        return NOTHING


def with_columns(text: str, given: Given, paths: Mapping[str, str]) -> str:
    """The sub-query with columns of its base (name -> path) passed on beside the others."""
    base = given.base
    if base is None:
        raise ValueError("nothing can be passed on")
    before = f"{base.qualifier}." if base.qualifier else ""
    added = ", ".join(
        f"{before}{quoted(path)}{'' if name == path else f' AS {name}'}" for name, path in paths.items()
    )
    return f"{text[: given.at]}{'' if given.after_comma else ','} {added}{text[given.at :]}"


# ------------------------------------------------------------------ reading


def _query(tokens: Sequence[Token], columns_of: ColumnsOf, depth: int) -> Given:
    if not depth or not tokens or tokens[0].word != "SELECT":
        raise NotUnderstoodError("no SELECT")
    tokens, is_part_of_set = _first_of_set(tokens)
    parts: dict[str, tuple[int, int]] = {}
    starts = [at for at in flat(tokens) if tokens[at].word in _PARTS and tokens[at - 1].text != "."]
    for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
        if tokens[start].word in parts:
            raise NotUnderstoodError("a part twice")
        parts[tokens[start].word] = (start + 1, end)
    if "FROM" not in parts or any(token.word in _UNREAD for token in tokens):
        raise NotUnderstoodError("no FROM, or one that turns rows round")
    start, end = parts["SELECT"]
    is_distinct = tokens[start].word in ("DISTINCT", "AS", "ALL")
    if is_distinct and tokens[start].word != "DISTINCT":
        raise NotUnderstoodError("SELECT AS STRUCT")
    items = tokens[start + is_distinct : end]
    places = list(_places(tokens[slice(*parts["FROM"])], columns_of, depth))
    if len({place.alias for place in places}) < len(places):
        raise NotUnderstoodError("two tables of one name")
    columns, names = _listed(items, places)
    is_row_by_row = not is_part_of_set and not is_distinct and set(parts) <= {"SELECT", "FROM", "WHERE"}
    base = places[0] if is_row_by_row and _is_of_one_row(items) else None
    if base is None or not base.columns or not (base.qualifier or len(places) == 1):
        return Given(columns, names)
    return Given(columns, names, base, items[-1].end, items[-1].text == ",")


def _first_of_set(tokens: Sequence[Token]) -> tuple[Sequence[Token], bool]:
    """The first SELECT of a UNION, whose names are those of all."""
    for at in flat(tokens):
        if tokens[at].word in _SETS and tokens[at - 1].text != "*":
            return tokens[:at], True
    return tokens, False


def _is_of_one_row(items: Sequence[Token]) -> bool:
    calls = (token for token, after in pairwise(items) if after.text == "(")
    known = all(not (token.is_word or token.is_name) or token.word in _OF_ONE_ROW for token in calls)
    return known and not any(token.word in ("OVER", "SELECT") for token in items)


# ------------------------------------------------------------------ FROM


def _places(tokens: Sequence[Token], columns_of: ColumnsOf, depth: int) -> Iterator[Place]:
    at, is_first = 0, True
    while at < len(tokens):
        joins = at
        while at < len(tokens) and (tokens[at].word in _JOINS or tokens[at].text == ","):
            at += 1
        if is_first != (joins == at) or at == len(tokens):
            raise NotUnderstoodError("a FROM that is no list of tables")
        is_first = False
        columns, name, at = _place(tokens, at, columns_of, depth)
        alias, at = _alias(tokens, at)
        merged: frozenset[str] = frozenset()
        if at < len(tokens) and tokens[at].word == "USING":
            end = closing(tokens, at + 1)
            merged = frozenset(token.text for token in tokens[at + 2 : end] if token.text != ",")
            at = end + 1
        elif at < len(tokens) and tokens[at].word == "ON":
            at = _end_of_condition(tokens, at)
        yield Place(alias or name, columns, alias or ("" if len(tokens) == 1 else name), merged)


def _end_of_condition(tokens: Sequence[Token], at: int) -> int:
    """Where the condition of a join ends: at the next join."""
    places = (at + each for each in flat(tokens[at:]))
    return next((each for each in places if tokens[each].word in _JOINS), len(tokens))


def _place(
    tokens: Sequence[Token], at: int, columns_of: ColumnsOf, depth: int
) -> tuple[Mapping[str, Column] | None, str, int]:
    """The columns of a table, a sub-query or an UNNEST, its own name, and where it ends."""
    if tokens[at].text == "(":
        end = closing(tokens, at)
        return _query(tokens[at + 1 : end], columns_of, depth - 1).columns, "", end + 1
    if tokens[at].word == "UNNEST" and at + 1 < len(tokens) and tokens[at + 1].text == "(":
        return None, "", closing(tokens, at + 1) + 1
    parts, at = _path(tokens, at)
    found = {column.path: column for column in columns_of(_short(".".join(parts)))}
    if not found:
        raise NotUnderstoodError("a table whose columns are not known")
    return found, parts[-1].rpartition(".")[2], at


def _short(name: str) -> str:
    """dataset.table, as schemas are asked for: users' project shows the views of the shared one."""
    return re.sub(r"^(?:mozdata|moz-fx-data-shared-prod)\.(?=[^.]+\.[^.]+$)", "", name)


def _path(tokens: Sequence[Token], at: int) -> tuple[list[str], int]:
    """Names with dots between them."""
    parts = []
    while at < len(tokens) and (tokens[at].is_name or tokens[at].is_word):
        parts.append(tokens[at].text)
        at += 1
        if at == len(tokens) or tokens[at].text != ".":
            return parts, at
        at += 1
    raise NotUnderstoodError("no name")


def _alias(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    if at < len(tokens) and tokens[at].word == "AS":
        return tokens[at + 1].text, at + 2
    keywords = _JOINS | {"ON", "USING"}
    if at < len(tokens) and (tokens[at].is_name or (tokens[at].is_word and tokens[at].word not in keywords)):
        if tokens[at].word in ("WITH", "FOR"):
            raise NotUnderstoodError("WITH OFFSET, or a table of some time")
        return tokens[at].text, at + 1
    return "", at


# ------------------------------------------------------------------ SELECT


def _listed(items: Sequence[Token], places: Sequence[Place]) -> tuple[dict[str, Column], frozenset[str]]:
    """The columns that a list passes on, and the names of all that it gives; no name twice."""
    columns: dict[str, Column] = {}
    names: list[str] = []
    for item in parted(items):
        passed, named = _item(item, places)
        columns |= passed
        names += [name.lower() for name in named]
    doubtful = {name for name in names if names.count(name) > 1}
    kept = {path: each for path, each in columns.items() if _top(path).lower() not in doubtful}
    return kept, frozenset(names)


def _item(item: Sequence[Token], places: Sequence[Place]) -> tuple[dict[str, Column], list[str]]:
    """What one item of the list passes on, and the names that it gives."""
    if not item:
        raise NotUnderstoodError("an empty item")
    star = next((at for at in (0, 2) if at < len(item) and item[at].text == "*"), -1)
    if star >= 0 and (star == 0 or item[1].text == "."):
        return _star(item, star, places)
    path = [*item]
    name = item[-1].text if item[-1].is_word or item[-1].is_name else ""
    if len(item) > 2 and item[-2].word == "AS":
        path = [*item[:-2]]
    elif len(item) > 1 and item[-2].text != ".":  # an alias without AS, else the last word of an expression
        path = [*item[:-1]]
    column = _column(path, places)
    if column is None or not name:
        return {}, [name] if name else []
    return {name: Column(name, column.type, column.mode)}, [name]


def _star(item: Sequence[Token], star: int, places: Sequence[Place]) -> tuple[dict[str, Column], list[str]]:
    meant = [place for place in places if star == 0 or place.alias == item[0].text]
    rest = item[star + 1 :]
    left: set[str] = set()
    if rest:
        if rest[0].word != "EXCEPT" or len(rest) < 3 or closing(rest, 1) != len(rest) - 1:
            raise NotUnderstoodError("a star with more than EXCEPT")
        left = {token.text.lower() for token in rest[2:-1]}
    columns: dict[str, Column] = {}
    names: list[str] = []
    for place in meant:
        if place.columns is None:
            raise NotUnderstoodError("a star of what is not known")
        merged = {name.lower() for name in place.merged}
        for path, column in place.columns.items():
            top = _top(path).lower()
            if top not in left and top not in merged:
                columns[path] = column
                if top == path.lower():
                    names.append(path)
    if not meant:
        raise NotUnderstoodError("a star of no table")
    return columns, names


def _column(path: Sequence[Token], places: Sequence[Place]) -> Column | None:
    """The column of a plain path; None where it is none, or one of several tables."""
    try:
        parts, end = _path(path, 0)
    except NotUnderstoodError:
        return None
    if end != len(path):
        return None
    of_alias = [place for place in places if place.alias == parts[0] and len(parts) > 1]
    if of_alias:
        columns = of_alias[0].columns
        return columns.get(".".join(parts[1:])) if columns else None
    if any(place.columns is None for place in places) and len(places) > 1:
        return None
    found = [
        place.columns[".".join(parts)]
        for place in places
        if place.columns and ".".join(parts) in place.columns
    ]
    return found[0] if len(found) == 1 else None


def _top(path: str) -> str:
    return path.partition(".")[0]
