"""What a reader can choose of a query, as addresses, forms and the command line say it.

The names of parameters are a contract (docs/contracts.md): `thing`, `with`, and the fields of Choices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from search_app.query.model import QueryProblem

MOST_DAYS = 400
SHARES = (1, 10, 100)
MOST_WAYS = 4  # to split by at once: beyond, rows are of single clients
LONGEST_VALUE = 400
TOTAL = "total"  # by: one row for all


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen; "", 0 or () where nothing was said."""

    app: str = ""
    ping: str = ""
    process: str = ""  # of a legacy probe
    column: str = ""  # of a table
    channel: str = ""
    days: int = 0
    sample: int = 0  # per cent of the clients
    measure: str = ""
    by: tuple[str, ...] = ()

    def parameters(self) -> list[tuple[str, str]]:
        """Names and values as an address holds them, without what was not said."""
        single = ("app", "ping", "process", "column", "channel", "days", "sample", "measure")
        found = [(name, str(value)) for name in single if (value := getattr(self, name))]
        return found + [("by", each) for each in self.by]

    def without(self, name: str) -> Choices:
        """The same, with nothing said of one name."""
        emptied: dict[str, Any] = {name: type(getattr(self, name))()}
        return replace(self, **emptied)


@dataclass(frozen=True, slots=True)
class Option:
    """One value that can be chosen."""

    value: str
    words: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen, or why it cannot."""

    name: str  # of the parameter
    words: str
    options: tuple[Option, ...] = ()
    several: bool = False
    reason: str = ""  # why there is nothing to choose

    @property
    def is_open(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.options) > 1


def read_choices(values: Callable[[str], Sequence[str]]) -> Choices:
    """The choices in the parameters of a request; `values` gives all values of a name.

    Raises QueryProblem for what no thing could have: a number out of its bounds, too long a value.
    """

    def one(name: str) -> str:
        text = next(iter(values(name)), "").strip()
        if len(text) > LONGEST_VALUE:
            raise QueryProblem(f"bad_{name}", f"{name} has at most {LONGEST_VALUE} characters.", name)
        return text

    by = tuple(dict.fromkeys(word for value in values("by") for word in _words(value)))
    if len(by) > MOST_WAYS:
        raise QueryProblem("bad_by", f"A query is split by at most {MOST_WAYS} things.", "by")
    sample = _number("sample", one("sample"), 100)
    if sample and sample not in SHARES:
        raise QueryProblem("bad_sample", "sample is 1, 10 or 100: per cent of the clients.", "sample")
    return Choices(
        one("app"), one("ping"), one("process"), one("column"), one("channel"),
        _number("days", one("days"), MOST_DAYS), sample, one("measure"), by,
    )  # fmt: skip


def _words(value: str) -> list[str]:
    """`country,channel` are two; an extra may have any name."""
    if len(value) > LONGEST_VALUE:
        raise QueryProblem("bad_by", f"by has at most {LONGEST_VALUE} characters.", "by")
    parts = [value] if value.startswith(("extra:", "column:")) else value.split(",")
    return [part.strip() for part in parts if part.strip()]


def _number(name: str, text: str, highest: int) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= highest):
        raise QueryProblem(f"bad_{name}", f"{name} is a whole number from 1 to {highest}.", name)
    return int(text)


def choice_of(
    name: str, words: str, offered: Mapping[str, str], chosen: Sequence[str], reason: str = "",
    several: bool = False,
) -> Choice:  # fmt: skip
    """A choice among what is offered (value -> words)."""
    options = tuple(Option(value, said, value in chosen) for value, said in offered.items())
    return Choice(name, words, options, several, "" if len(options) > 1 else reason)


def settled(name: str, asked: str, offered: Sequence[str], default: str) -> str:
    """What was asked for, if it is offered; the default where nothing was. Raises QueryProblem."""
    if not asked:
        return default
    if asked not in offered:
        some = f"it can be {', '.join(list(offered)[:12])}" if offered else "there is nothing to choose from"
        raise QueryProblem(f"bad_{name}", f"{asked[:80]} is no choice of “{name}”: {some}.", name)
    return asked
