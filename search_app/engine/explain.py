"""Why a hit stands where it does: its score taken apart, the parts adding up to it."""

from __future__ import annotations

import numpy as np

from search_app.engine.results import Part
from search_app.engine.searcher import Found


def explanation(found: Found, place: int, group: int) -> tuple[Part, ...]:
    """The parts of the score of the candidate at `place`: words, what multiplied them, an exact name, and
    what the learned order made of its group.
    """
    scored = found.scored
    document = int(scored.ids[place])
    parts: list[Part] = []
    total = 0.0
    for label, ids, scores in scored.parts:
        at = int(np.searchsorted(ids, document))
        if at < len(ids) and ids[at] == document:
            value = float(scores[at])
            parts.append(Part(f"word “{label}”", round(value, 3)))
            total += value
    if not parts:
        total = float(scored.text[place])
        parts.append(Part("found without words", round(total, 3)))
    for label, values in scored.factors:
        factor = float(values[place])
        if factor != 1.0:
            parts.append(Part(f"{label} (times {factor:.2f})", round(total * (factor - 1.0), 3)))
            total *= factor
    rest = float(scored.scores[place]) - total
    if abs(rest) >= 0.01:
        named = scored.named is not None and document in scored.named.ids
        parts.append(Part("exact name" if named else "listed", round(rest, 3)))
    if found.learned is not None and (factor := found.learned.factor(group)) != 1.0:
        reasons = "".join(f"; {reason}" for reason in found.learned.reasons(group))
        label = f"learned order (times {factor:.2f}{reasons})"
        parts.append(Part(label, round(float(scored.scores[place]) * (factor - 1.0), 3)))
    return tuple(parts)
