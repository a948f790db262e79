"""Metrics that metric-hub describes instead of writing SQL: an aggregation of a column or a condition.

`aggregation = "sum"`, `column = "opens"`, with `where`, `within_days`, `threshold` and `scale`, say
what metric-config-parser (aggregation.py, 2026.10) writes as an expression; so is it here. A
description that it would refuse gives none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from indexer.sources._upstream import mapping

NO_ACTIVITY_DAYS = 30  # what metric-hub takes for a client that was not seen
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_COMPARISONS = frozenset({">", ">=", "<", "<=", "=", "!="})
_TESTS = frozenset({"IS NULL", "IS NOT NULL"})
_MOST_WITHIN = 28
_MOST_CLAUSES = 20
_LONGEST_VALUE = 500


def described_expression(fields: Mapping[str, Any]) -> str:
    """The expression of a described metric; "" where nothing, or nothing sensible, is described."""
    column = fields.get("column")
    named = column if isinstance(column, str) and _NAME.fullmatch(column) else ""
    clauses = fields.get("where") or []
    condition = named or _condition(clauses)
    aggregation, is_boolean = fields.get("aggregation"), False
    refused = (column is not None and not named) or (named and clauses)
    if refused or ("within_days" in fields and aggregation != "recency_within"):
        return ""
    if aggregation == "sum" and named:
        expression = f"COALESCE(SUM({named}), 0)"
    elif aggregation == "count" and named:
        expression = f"COUNT({named})"
    elif aggregation == "count_where" and condition:
        expression = f"COUNTIF({condition})"
    elif aggregation == "any" and condition:
        expression, is_boolean = f"COALESCE(LOGICAL_OR({condition}), FALSE)", True
    elif aggregation == "recency_within" and named and _is_days(within := fields.get("within_days")):
        seen = f"COALESCE(MIN(mozfun.bits28.days_since_seen({named})), {NO_ACTIVITY_DAYS})"
        expression, is_boolean = f"{seen} < {within}", True
    else:
        return ""
    return _scaled(expression, is_boolean, fields)


def _scaled(expression: str, is_boolean: bool, fields: Mapping[str, Any]) -> str:
    """With its threshold and its factor."""
    if "threshold" in fields:
        threshold = mapping(fields.get("threshold"))
        operator, limit = threshold.get("op"), threshold.get("value")
        if operator not in _COMPARISONS or not _is_number(limit):
            return ""
        expression = f"CAST({expression} AS INT64)" if is_boolean else expression
        expression, is_boolean = f"{expression} {operator} {limit}", True
    if "scale" in fields:
        if not _is_number(fields["scale"]):
            return ""
        expression = f"CAST({expression} AS INT64)" if is_boolean else expression
        expression = f"{expression} * {fields['scale']}"
    return expression


def _condition(clauses: Any) -> str:
    """Clauses joined by AND; "" where one of them is none."""
    found = [_clause(mapping(each)) for each in clauses[:_MOST_CLAUSES]] if isinstance(clauses, list) else []
    return " AND ".join(found) if all(found) else ""


def _clause(clause: Mapping[Any, Any]) -> str:
    column, operator = clause.get("column"), clause.get("op")
    if not isinstance(column, str) or not _NAME.fullmatch(column):
        return ""
    if operator is None:
        return column
    if operator in _TESTS:
        return f"{column} {operator}"
    value = _value(clause.get("value")) if operator in _COMPARISONS else ""
    return f"{column} {operator} {value}" if value else ""


def _value(value: Any) -> str:
    """A number, a text or yes and no, as SQL."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if _is_number(value):
        return str(value)
    if isinstance(value, str) and len(value) <= _LONGEST_VALUE:
        escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
        return f"'{escaped}'"
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_days(value: Any) -> bool:
    return type(value) is int and 0 < value <= _MOST_WITHIN
