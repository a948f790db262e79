"""How many steps the resolving of one table may take, so that no SQL of upstream holds up a build."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator


class TooMuch(ValueError):
    """Resolving a table takes more steps than any real one: structs that double, unions without end."""


class _Budget:
    """Steps that are left for what is being resolved: resolving has no process of its own."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = 1 << 60  # nothing is bounded outside of bounded()

    def spend(self, steps: int = 1) -> None:
        """Takes steps of those that are left. Raises TooMuch."""
        self.left -= steps
        if self.left < 0:
            raise TooMuch


BUDGET = _Budget()
STEPS = 40_000_000  # the largest table of upstream takes 8 million (2026-08)


@contextlib.contextmanager
def bounded(steps: int = STEPS) -> Iterator[None]:
    """Bounds what is resolved inside; what is outside of it does not pay. Raises TooMuch."""
    left, BUDGET.left = BUDGET.left, steps
    try:
        yield
    finally:
        BUDGET.left = left
