"""metric-hub's macros, written out: `{{agg_sum("x")}}` with the SQL that functions.toml gives.

metric-hub renders its expressions with Jinja; only calls of a macro with one text occur in
definitions. These are replaced as Jinja would. Everything else in braces (`{{ parameters.x }}`,
`{{experiment.normandy_slug}}`) is filled for one experiment or by one outcome and stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from indexer.sources._upstream import mapping, text

LONGEST = 20_000  # characters of an expression with its macros written out

_TEXT = r"(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
# Texts side by side are one, in Jinja too: so are the three quotes of Python.
_CALL = re.compile(rf"\{{\{{\s*(\w{{1,60}})\(\s*((?:{_TEXT}\s*)+)\)\s*\}}\}}", re.DOTALL)
_TEXTS = re.compile(_TEXT, re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}
_HOLE = re.compile(r"\{\{|\}\}|\{select_expr\}")


def macros_of(document: Mapping[str, Any]) -> dict[str, str]:
    """The macros of a functions.toml: name -> SQL with {select_expr}."""
    functions = mapping(document.get("functions"))
    return {name: sql for name, given in functions.items() if (sql := text(mapping(given).get("definition")))}


def write_out(expression: str, macros: Mapping[str, str]) -> str:
    """An expression with its macros written out; as it is where that gets too long."""

    def replaced(match: re.Match[str]) -> str:
        name, quoted = match[1], _TEXTS.findall(match[2])
        if name not in macros:
            return match[0]
        argument = "".join(_ESCAPE.sub(lambda m: _ESCAPED.get(m[1], m[1]), each[1:-1]) for each in quoted)
        holes = {"{{": "{", "}}": "}", "{select_expr}": argument}
        return _HOLE.sub(lambda m: holes[m[0]], macros[name].strip())

    found = _CALL.sub(replaced, expression[:LONGEST])
    return found.strip() if len(found) <= LONGEST else expression
