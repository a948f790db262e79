"""Names as columns and tables spell them (rules 4 and 8)."""

from __future__ import annotations

import re

# fooBar, DOMFoo, context2D; but E10S and A11Y stay whole.
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[a-z][0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def underscored(name: str) -> str:
    """A ping's or a metric's name as a table or a column has it: dots and dashes as underscores."""
    return name.replace(".", "_").replace("-", "_")


def probe_column(name: str) -> str:
    """A probe's name as columns have it: camelCase split too, in small letters."""
    return _HUMP.sub("_", underscored(name)).lower().replace("__", "_")
