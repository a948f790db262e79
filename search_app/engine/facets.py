"""Counts of facet values: how many groups have a matching member with the value."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.index.arrays import run_starts
from indexer.index.documents.document import FACETS
from indexer.index.reader import Bools, IndexReader, Ints
from indexer.model.kinds import KINDS
from search_app.engine.collapse import largest
from search_app.engine.results import Facet, FacetCount
from search_app.query.grammar import FACET_LABELS

Counts = npt.NDArray[np.int64]
Places = npt.NDArray[np.int64]

SHOWN = 30  # values of a facet that are given; chosen ones always


@dataclass(frozen=True, slots=True)
class Shown:
    """The values of one facet that are shown, as places in the facet, with their counts."""

    codes: list[int]
    counts: list[int]
    total: int  # values that there are


def all_counts(reader: IndexReader, ids: Ints, starts: Places) -> dict[str, Shown]:
    """Every facet's most frequent values, by how many groups have them."""
    found = counts(reader, ids, starts)
    present = (found > 0).nonzero()[0]  # of booleans it is found faster
    number = found[present]
    starts_at = present.searchsorted(reader.facet_starts).tolist()
    shown = {}
    for name, low, high, below in zip(FACETS, starts_at, starts_at[1:], reader.facet_starts, strict=False):
        codes, often = present[low:high], number[low:high]
        if high - low > SHOWN:
            most = largest(often, SHOWN)
            codes, often = codes[most], often[most]
        shown[name] = _most_first((codes - below).tolist(), often.tolist(), high - low)
    return shown


def _most_first(codes: list[int], often: list[int], total: int) -> Shown:
    """Values in the order of their counts, equal ones in their own: of few, lists are sorted faster."""
    order = sorted(range(len(often)), key=often.__getitem__, reverse=True)
    return Shown([codes[place] for place in order], [often[place] for place in order], total)


def counts(reader: IndexReader, ids: Ints, starts: Places) -> Counts:
    """How many groups have each value of all facets, one facet after another.

    `ids`: matching documents, ascending; `starts`: where each group begins in them, one more at the end.

    A group that matches whole, and a single member, are counted by their sets of values, of which
    there are few; only where some members match and others do not are the values looked at one by one.
    """
    size = reader.facet_starts[-1]
    if not len(ids):
        return np.zeros(size, np.int64)
    begins = starts[:-1]
    first, members = ids.take(begins), starts[1:] - begins
    group = reader.group.take(first)
    whole = members == reader.group_size.take(group)
    sets = np.where(whole, reader.group_set.take(group), reader.document_set.take(first))
    partly = ~whole & (members > 1)
    if not partly.any():
        return _counted(reader, sets, size)
    return _counted(reader, sets[~partly], size) + _counted_once(reader, ids, members, partly, size)


def _counted(reader: IndexReader, sets: Ints, size: int) -> Counts:
    """How often each value stands in some sets."""
    often = np.bincount(sets, minlength=1)
    present = (often > 0).nonzero()[0].astype(np.int32)
    values, lengths = reader.facet_sets.gather(present)
    return np.bincount(values, often.take(present).repeat(lengths), size).astype(np.int64)


def _counted_once(reader: IndexReader, ids: Ints, members: Places, partly: Bools, size: int) -> Counts:
    """How many of the groups matching partly have each value: what two members have counts once."""
    matching = ids[partly.repeat(members)]
    values, lengths = reader.facet_sets.gather(reader.document_set.take(matching))
    pairs = reader.group.take(matching).astype(np.int64).repeat(lengths) * size + values
    pairs.sort()  # many times faster than np.unique, which hashes
    return np.bincount(pairs[run_starts(pairs)] % size, minlength=size)


def without_strangers(
    reader: IndexReader, name: str, others: Sequence[str], ids: Ints, every: Counts
) -> Counts:
    """Counts of apps beside pings that filter, or of pings beside apps, where a metric counts by its pairs.

    `every`: what `counts` gives for `ids`. A metric that says which app sends it in which ping
    (documents.carried_by) counts for a value only with one of the `others`. Few metrics say so: only their
    groups are counted anew.
    """
    pairs = reader.facets["carried"]
    says = mask_of(reader.size, pairs.by_value.values)
    concerned = mask_of(len(reader.group_size), reader.group[ids[says[ids]]])
    near = ids[concerned[reader.group[ids]]]
    place = FACETS.index(name)
    below, above = reader.facet_starts[place], reader.facet_starts[place + 1]
    values, lengths = reader.facet_sets.gather(reader.document_set.take(near))
    owners, own = near.repeat(lengths), (values >= below) & (values < above)
    owners, values = owners[own], values[own]
    counted = every.copy()
    counted[below:above] -= _groups_by_value(reader, owners, values - below, above - below)
    silent = ~says[owners]
    senders, sent = _by_pairs(reader, name, frozenset(others))
    among = mask_of(reader.size, ids)[senders]
    counted[below:above] += _groups_by_value(
        reader,
        np.concatenate((owners[silent], senders[among])),
        np.concatenate((values[silent] - below, sent[among])),
        above - below,
    )
    return counted


def _by_pairs(reader: IndexReader, name: str, others: Collection[str]) -> tuple[Ints, Ints]:
    """The metrics that say which app sends them in which ping, and the values of a facet beside others."""
    at = ("app", "ping").index(name)
    wanted = [(row, pair[at]) for row, pair in enumerate(reader.carrying) if pair[1 - at] in others]
    documents, lengths = reader.facets["carried"].by_value.gather(np.array([r for r, _ in wanted], np.int32))
    codes = np.array([reader.facets[name].values.find(value) for _, value in wanted], np.int32)
    return documents, codes.repeat(lengths)


def _groups_by_value(reader: IndexReader, documents: Ints, codes: Ints, size: int) -> Counts:
    """How many groups have each value, of documents and their values side by side."""
    found = np.unique(reader.group.take(documents).astype(np.int64) * size + codes)
    return np.bincount(found % size, minlength=size).astype(np.int64)


def mask_of(size: int, places: Ints) -> Bools:
    """True in some places."""
    mask = np.zeros(size, np.bool_)
    mask[places] = True
    return mask


def chosen_counts(reader: IndexReader, name: str, every: Counts, chosen: Sequence[str]) -> Shown:
    """A facet that filters: its most frequent values, the chosen ones always among them."""
    place = FACETS.index(name)
    found = every[reader.facet_starts[place] : reader.facet_starts[place + 1]]
    present = (found > 0).nonzero()[0]
    codes = present[largest(found[present], SHOWN)].tolist()
    for value in chosen:
        code = reader.facets[name].values.find(value)
        if code >= 0 and code not in codes:
            codes.append(code)
    return Shown(codes, found[codes].tolist(), len(present))


def facet_of(
    reader: IndexReader, name: str, shown: Shown, chosen: Sequence[str], titles: dict[str, str]
) -> Facet:
    """A facet as it is shown: most frequent values first."""
    index = reader.facets[name]
    for code in shown.codes:
        if code not in index.texts:
            value = index.values[code]
            index.texts[code] = (value, _label(name, value, titles))
    texts = [index.texts[code] for code in shown.codes]
    new = tuple.__new__  # what _make() calls: hundreds are made for an answer
    values = [
        new(FacetCount, (value, label, count, value in chosen))
        for (value, label), count in zip(texts, shown.counts, strict=True)
    ]
    return Facet(name, FACET_LABELS.get(name, name.title()), tuple(values), shown.total)


def _label(name: str, value: str, titles: dict[str, str]) -> str:
    if name == "app":
        return titles.get(value, value)
    if name == "kind" and value in KINDS:
        return KINDS[value].many
    return value.replace("_", " ") if name in ("type", "status", "sensitivity") else value
