"""Items with other values in some fields: dataclasses.replace() in a third of its time.

A build makes 100,000 such copies, of items with up to seventy fields. Calling `__init__` with all of them by
name, which the standard library must do, is what takes the time.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import replace as replace
else:

    def replace(item, /, **changes):
        """A copy of a dataclass with slots, with these fields changed.

        Its `__init__` and `__post_init__` do not run. Raises TypeError for a field that it does not have.
        """
        kind = type(item)
        getters, setters = _members(kind)
        made = object.__new__(kind)
        for get, put in zip(getters, setters.values(), strict=True):
            put(made, get(item))
        for name, value in changes.items():
            if name not in setters:
                raise TypeError(f"{kind.__name__} has no field {name}")
            setters[name](made, value)
        return made


@functools.cache
def _members(kind: type[Any]) -> tuple[list[Callable[..., Any]], dict[str, Callable[..., Any]]]:
    """How the slot of each field is read and, by the field's name, written, frozen or not."""
    members = {each.name: getattr(kind, each.name) for each in fields(kind)}
    setters = {name: member.__set__ for name, member in members.items()}
    return [member.__get__ for member in members.values()], setters
