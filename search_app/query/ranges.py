"""Values of `added:` and `expires:` as bounds: versions, days, spans of days.

A bound is "" (open), a version ("150"), an ISO date, "never", "expired", or a day
counted from today ("today", "today-30d"): the clock is the engine's, see `day`.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

Bounds = tuple[str, str]

_OPERATOR = re.compile(r"(<=|>=|<|>|=)?(.*)", re.DOTALL)
_SPAN = re.compile(r"(\d{1,5})(d|days?|w|weeks?|m|months?|y|years?)")
_SPAN_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_VERSION = re.compile(r"(?:v|fx|firefox)?(\d{1,3})(?:\.\d+)*")
_TODAY = re.compile(r"today(?:([+-])(\d{1,5})d)?")


def bounds(field: str, text: str) -> Bounds | None:
    """Both bounds, inclusive, of a value of `added` or `expires`; None where it is not one.

    >>> bounds("added", "2024-01..2024-06"), bounds("expires", "<=150"), bounds("added", "30d")
    (('2024-01-01', '2024-06-30'), ('', '150'), ('today-30d', 'today'))
    """
    value = text.strip().lower()
    if field == "expires" and value in ("never", "expired"):
        return value, value
    if ".." in value:
        return _between(field, *value.split("..", 1))
    match = _OPERATOR.fullmatch(value)
    if match is None:
        return None
    operator, rest = match[1] or "", match[2].strip()
    span = _SPAN.fullmatch(rest)
    if span is not None and operator in ("", "<", "<=", "="):
        return _within(field, span)
    whole = _point(field, rest)
    return None if whole is None else _compared(operator, *whole)


def day(bound: str, today: date) -> str:
    """A bound with days counted from `today` made an ISO date; every other bound as it is."""
    match = _TODAY.fullmatch(bound)
    if match is None:
        return bound
    distance = int(match[2] or 0) * (-1 if match[1] == "-" else 1)
    return (today + timedelta(days=distance)).isoformat()


def _between(field: str, low: str, high: str) -> Bounds | None:
    first = _point(field, low.strip()) if low.strip() else ("", "")
    last = _point(field, high.strip()) if high.strip() else ("", "")
    if first is None or last is None or (first[0] == "" and last[1] == ""):
        return None
    if first[0] and last[1] and ("-" in first[0]) != ("-" in last[1]):
        return None  # a version on one side and a date on the other
    if first[0] and last[1] and _sortable(first[0]) > _sortable(last[1]):
        first, last = last, first
    return first[0], last[1]


def _within(field: str, span: re.Match[str]) -> Bounds:
    """`added:30d` is the last thirty days, `expires:90d` the next ninety."""
    days = int(span[1]) * _SPAN_DAYS[span[2][0]]
    return ("today", f"today+{days}d") if field == "expires" else (f"today-{days}d", "today")


def _point(field: str, text: str) -> Bounds | None:
    """First and last day of a date, month or year; a version twice."""
    if text == "today":
        return "today", "today"
    match = _DATE.fullmatch(text)
    if match is not None:
        year, month, of_month = int(match[1]), int(match[2] or 0), int(match[3] or 0)
        try:
            first = date(year, month or 1, of_month or 1)
            last_month = month or 12
            last = date(year, last_month, of_month or calendar.monthrange(year, last_month)[1])
        except ValueError:  # month 13, day 31 of June, year 0
            return None
        return first.isoformat(), last.isoformat()
    version = _VERSION.fullmatch(text) if field == "expires" else None
    return None if version is None else (str(int(version[1])), str(int(version[1])))


def _compared(operator: str, first: str, last: str) -> Bounds | None:
    match operator:
        case "<=":
            return "", last
        case ">=":
            return first, ""
        case "<":
            return "", _neighbour(first, -1)
        case ">":
            return _neighbour(last, 1), ""
        case _:
            return first, last


def _neighbour(bound: str, step: int) -> str:
    """The version or day beside a bound; at the ends of the calendar the bound itself."""
    if bound == "today":
        return f"today{step:+d}d"
    if "-" not in bound:
        return str(max(0, int(bound) + step))
    try:
        return (date.fromisoformat(bound) + timedelta(days=step)).isoformat()
    except OverflowError:
        return bound


def _sortable(bound: str) -> str:
    return bound if "-" in bound else bound.zfill(5)
