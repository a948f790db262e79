"""How much of what was there may go before it is taken for a fault, the same for records and for things."""

from __future__ import annotations

FEW = 5  # that may go from however small a number, unless it is all of them
ALL_OF = 3  # from how many on it is a fault that none is left


def is_loss(before: int, after: int, share: float) -> bool:
    """Whether so few left of so many are a fault: all of them, or more than a share and more than a few.

    >>> is_loss(15, 11, 0.2), is_loss(150, 110, 0.2), is_loss(3, 0, 0.2)
    (False, True, True)
    """
    lost = before - after
    return (after == 0 and before >= ALL_OF) or (lost >= FEW and lost > before * share)
