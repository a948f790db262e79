"""Jinja in SQL, taken in all its branches that upstream's own programs can take.

bigquery-etl renders query.sql with jinja2 and asks `is_init()`: once for the first run, which
fills the table from nothing, once for every other. Each answer makes a text of its own. What
else a template may ask for (`{{ ds }}` is put in by Airflow) becomes a parameter.
"""

from __future__ import annotations

import re

from jinja2 import TemplateError, Undefined
from jinja2.sandbox import SandboxedEnvironment

_MARKS = re.compile(r"\{[{%#]")
MOST = 5_000_000  # characters that a template may grow to


class TemplateRefused(ValueError):
    """A template that cannot be rendered; the message says why."""


class _Parameter(Undefined):
    """A value that is given at run time only: a query parameter in the SQL."""

    def __str__(self) -> str:
        return "@" + re.sub(r"\W+", "_", str(self._undefined_name or "parameter"))


def branches(text: str) -> tuple[str, ...]:
    """The texts that a template can become, the ordinary run first. Raises TemplateRefused."""
    if not _MARKS.search(text):
        return (text,)
    try:
        environment = SandboxedEnvironment(undefined=_Parameter, autoescape=False)
        template = environment.from_string(text)
        found = dict.fromkeys(template.render(is_init=lambda first=first: first) for first in (False, True))
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise TemplateRefused(f"its Jinja cannot be rendered ({type(error).__name__})") from error
    if any(len(each) > MOST for each in found):
        raise TemplateRefused("its Jinja grows past the limit")
    return tuple(found)
