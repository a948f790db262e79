"""A file of SQL to its reading: the query that makes the table, and all else that is run."""

from __future__ import annotations

import itertools
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from indexer.sqlread.expressions import reduce_expression
from indexer.sqlread.groups import rows_of
from indexer.sqlread.model import Query, Reading, Routine, Rows
from indexer.sqlread.queries import NotRead, reduce_query
from indexer.sqlread.templates import TemplateRefused, branches
from indexer.sqlread.types import data_type

# Raised whenever a reading would come out differently: readings are kept by it.
PARSER_VERSION = f"8 sqlglot {version('sqlglot')}"

DIALECT = "bigquery"
logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it warns of statements that we count ourselves
_QUERIES = (exp.Select, exp.SetOperation, exp.Subquery)
# Upstream writes the tests of a routine below it.
_TESTS = re.compile(r"^\s*--\s*Tests?\b", re.MULTILINE | re.IGNORECASE)
_NOISE = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_QUOTED_OR_END = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)'
    r"|\'\'\'(?:\\.|[^\\])*?(?:\'\'\'|\Z)"
    r'|`[^`]*(?:`|\Z)|"(?:\\.|[^"\\\n])*"'
    r"|'(?:\\.|[^'\\\n])*'|--[^\n]*|/\*.*?(?:\*/|\Z)|;",
    re.DOTALL,
)
_IS_TEST = re.compile(r"(?:SELECT|WITH)\b", re.IGNORECASE)
_PROCEDURE = re.compile(r"\bCREATE\s+(?:OR\s+REPLACE\s+)?PROCEDURE\b", re.IGNORECASE)
_END_OF_PROCEDURE = re.compile(r"^END;", re.MULTILINE)


def read_sql(text: str) -> Reading:
    """What the SQL of a table says. Never raises for what stands there: `problems` names what was left."""
    problems: dict[str, None] = {}
    try:
        texts = branches(text)
    except (TemplateRefused, RecursionError) as refused:
        return Reading(problems=(str(refused) or "its Jinja nests too deeply",))
    outputs: list[Query] = []
    others: list[Query] = []
    routines: dict[str, Routine] = {}
    rows: Rows | None = None
    for each in texts:
        statements = list(_statements(each, problems))
        own, rest = _queries(statements, problems)
        outputs += own
        others += rest
        rows = rows or _rows(statements)
        routines.update((routine.name, routine) for routine in _routines(statements, problems))
    return Reading(
        tuple(dict.fromkeys(outputs)),
        tuple(dict.fromkeys(others)),
        tuple(routines.values()),
        tuple(problems),
        rows,
    )


def without_tests(sql: str) -> str:
    """A udf.sql without the queries that try what it creates: upstream writes them behind it.

    It is cut by patterns, not by the parser: it is called outside of the limited processes.

    >>> without_tests("CREATE FUNCTION a.one() AS (1); -- Tests\\nSELECT assert.equals(1, a.one());")
    'CREATE FUNCTION a.one() AS (1);'
    """
    sql = _TESTS.split(sql, maxsplit=1)[0]
    if _PROCEDURE.search(_NOISE.sub(" ", sql)):  # its body has statements of its own
        end = _END_OF_PROCEDURE.search(sql)
        return sql[: end.end()] if end else sql
    ends = [0, *(found.end() for found in _QUOTED_OR_END.finditer(sql) if found[0] == ";"), len(sql) + 1]
    statements = [sql[start : end - 1] for start, end in itertools.pairwise(ends)]
    return ";".join(text for text in statements if not _IS_TEST.match(_NOISE.sub(" ", text).strip()))


def read_routines(text: str) -> tuple[Routine, ...]:
    """The SQL functions that a udf.sql creates; none where it cannot be parsed."""
    try:
        statements = list(_statements(without_tests(text), {}))
        return tuple(_routines(statements, {}))
    except RecursionError:
        return ()


def _statements(text: str, problems: dict[str, None]) -> Iterator[exp.Expr]:
    try:
        parsed = sqlglot.parse(text, dialect=DIALECT)
    except SqlglotError:
        parsed = []
        for one in _split(text):
            try:
                parsed += sqlglot.parse(one, dialect=DIALECT)
            except SqlglotError as error:
                problems[f"it is not parsed ({_brief(error)})"] = None
    yield from (each for each in parsed if each is not None)


def _brief(error: Exception) -> str:
    return re.sub(
        r"\s+", " ", re.sub(r"[\x00-\x1f]\[\d+m|Line \d+.*", "", str(error), flags=re.DOTALL)
    ).strip()[:80]


def _split(text: str) -> Iterator[str]:
    """The statements of a script, cut at its semicolons: one that cannot be parsed costs only itself."""
    begin = 0
    try:
        tokens = sqlglot.tokenize(text, dialect=DIALECT)
    except SqlglotError:
        yield text
        return
    for token in tokens:
        if token.token_type == sqlglot.TokenType.SEMICOLON:
            yield text[begin : token.start]
            begin = token.end + 1
    yield text[begin:]


def _queries(statements: Sequence[exp.Expr], problems: dict[str, None]) -> tuple[list[Query], list[Query]]:
    """The query whose columns are the table's, and the others: of MERGE, INSERT, temporary tables, …"""
    own: list[Query] = []
    rest: list[Query] = []
    for statement in statements:
        made = _made_by(statement)
        try:
            if made is not None:
                rest += own
                own = [reduce_query(made)]
            else:
                rest += [reduce_query(query) for query in _within(statement, problems)]
        except (NotRead, RecursionError) as error:
            problems[f"it holds {error}" if isinstance(error, NotRead) else "it nests too deeply"] = None
    return own, rest


def _rows(statements: Sequence[exp.Expr]) -> Rows | None:
    """What a row of the query that makes the table is."""
    made = [query for each in statements if (query := _made_by(each)) is not None]
    return rows_of(made[-1]) if made else None


def _made_by(statement: exp.Expr) -> exp.Expr | None:
    """The query of a view, or of a statement that is one."""
    if isinstance(statement, _QUERIES):
        return statement
    if isinstance(statement, exp.Create) and str(statement.args.get("kind")).upper() == "VIEW":
        held = statement.expression
        return held if isinstance(held, _QUERIES) else None
    return None


def _within(statement: exp.Expr, problems: dict[str, None]) -> Iterable[exp.Expr]:
    if isinstance(statement, exp.Command):
        problems["it is a script with statements that are not read"] = None
        return ()
    if isinstance(statement, exp.Create) and str(statement.args.get("kind")).upper() == "FUNCTION":
        return ()
    found: list[exp.Expr] = []
    stack: list[exp.Expr] = [statement]
    while stack:
        node = stack.pop()
        if isinstance(node, _QUERIES):
            found.append(node)
        elif isinstance(node, exp.Merge) and isinstance(node.args.get("using"), exp.Table):
            found.append(node.args["using"])
            stack += [node.args["whens"]] if node.args.get("whens") else []
        else:
            stack.extend(node.iter_expressions())
    return found


def _routines(statements: Iterable[exp.Expr], problems: dict[str, None]) -> Iterator[Routine]:
    for statement in statements:
        if not isinstance(statement, exp.Create) or str(statement.args.get("kind")).upper() != "FUNCTION":
            continue
        head = statement.this
        if not isinstance(head, exp.UserDefinedFunction):
            continue
        name = ".".join(part for each in head.this.parts for part in each.name.split("."))
        properties = statement.args.get("properties")
        written = properties.find(exp.ReturnsProperty) if properties else None
        other_language = properties.find(exp.LanguageProperty) if properties else None
        body = None
        if written is None and other_language is None and statement.expression is not None:
            try:
                body = reduce_expression(statement.expression, reduce_query)
            except (NotRead, RecursionError):
                problems["it defines a routine that is not read"] = None
        yield Routine(
            name,
            tuple(each.name for each in head.expressions),
            data_type(written.this) if written is not None else None,
            body,
            tuple(data_type(each.args.get("kind")) for each in head.expressions),
        )
