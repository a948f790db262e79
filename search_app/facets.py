"""Counts of facet values: how many families have a matching member with the value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search_app.corpus import Corpus, FacetIndex, Ints
from search_app.labels import FACET_LABELS, KIND_LABELS
from search_app.results import Facet, FacetCount

SHOWN = 30  # values of a facet that are given; chosen ones always


@dataclass(frozen=True, slots=True)
class Matching:
    """Matching documents with what counting needs of their families."""

    ids: Ints
    family: Ints  # a number for each document's family, ascending from 0
    alone: npt.NDArray[np.bool_]  # the only matching member of its family

    @staticmethod
    def of(corpus: Corpus, ids: Ints) -> Matching:
        family = corpus.family[ids]
        first = np.concatenate(([True], family[1:] != family[:-1])) if len(ids) else np.zeros(0, np.bool_)
        last = np.append(first[1:], True) if len(ids) else first
        return Matching(ids, (np.cumsum(first) - 1).astype(np.int32), first & last)


def counts(facet: FacetIndex, matching: Matching) -> npt.NDArray[np.int64]:
    """Families by value code."""
    size = len(facet.values)
    codes, owner = facet.by_doc.gather(matching.ids)
    alone = matching.alone[owner]
    found = np.bincount(codes[alone], minlength=size)
    shared = ~alone
    if shared.any():  # a family that has a value in two members has it once
        pairs = matching.family[owner[shared]].astype(np.int64) * size + codes[shared]
        found = found + np.bincount(np.unique(pairs) % size, minlength=size)
    return found


def facet_of(
    corpus: Corpus, name: str, found: npt.NDArray[np.int64], chosen: Sequence[str], titles: dict[str, str]
) -> Facet:
    """A facet as shown: most frequent values first, chosen ones always among them."""
    index = corpus.facets[name]
    present = np.flatnonzero(found)
    order = present[np.argsort(-found[present], kind="stable")]
    shown = order[:SHOWN].tolist()
    for value in chosen:
        code = index.values.find(value)
        if code >= 0 and code not in shown:
            shown.append(code)
    values = []
    for code in shown:
        value = index.values[code]
        values.append(FacetCount(value, _label(name, value, titles), int(found[code]), value in chosen))
    return Facet(name, FACET_LABELS.get(name, name.title()), tuple(values), len(present))


def _label(name: str, value: str, titles: dict[str, str]) -> str:
    if name == "app":
        return titles.get(value, value)
    if name == "kind" and value in KIND_LABELS:
        return KIND_LABELS[value].many
    return value.replace("_", " ") if name in ("type", "status", "sensitivity") else value
