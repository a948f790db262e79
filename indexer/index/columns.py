"""Documents as arrays: facets, names, families, sort keys, cards, and the words that people may mistype.

Documents come in the order of their families, so that the members of a family are
neighbours and folding is one pass over ascending numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from indexer.index import format as layout
from indexer.index.arrays import Array, Arrays, StringTable, smallest
from indexer.index.documents.document import LOOKUPS, Document
from indexer.index.inverted import Inverted, invert_facets
from indexer.index.stored_fields import lay_out_cards
from indexer.text.analysis import stem

NAME_WORD = 5  # how many words of prose one word of a name is worth when a slip is mended


def in_order(documents: Iterable[Document]) -> list[Document]:
    """Family by family, in each the usual face first."""
    return sorted(documents, key=lambda d: (d.family, d.family_rank, d.id))


def lay_out(documents: Sequence[Document], columns: Mapping[str, str]) -> Arrays:
    """The arrays of documents, but for facets; `columns`: schema digest -> its column paths, one a line."""
    return {
        **_identity(documents),
        **_numbers(documents),
        **_by_value(invert_facets(documents, LOOKUPS)),
        **_names(documents),
        **_columns(documents, columns),
        **_surface(documents),
    }


def lay_out_streams(documents: Sequence[Document], terms: StringTable) -> Arrays:
    """The terms of each document in order, by place in the term table from 1; 0 where no phrase crosses."""
    number = {terms[i]: i + 1 for i in range(len(terms))}
    return layout.STREAM.lay([number.get(term, 0) for term in d.stream] for d in documents)


def _identity(documents: Sequence[Document]) -> Arrays:
    ids = [d.id for d in documents]
    by_id = sorted(range(len(ids)), key=lambda i: ids[i].encode())
    families = {family: i for i, family in enumerate(sorted({d.family for d in documents}))}
    return {
        **layout.IDS.lay([ids[i] for i in by_id]),
        **layout.ID_DOCS.lay(smallest(np.array(by_id, np.int64))),
        **layout.DOC_IDS.lay(smallest(np.argsort(np.array(by_id, np.int64)))),
        **layout.GROUP.lay(np.array([families[d.family] for d in documents], np.int32)),
        **layout.GROUP_SIZE.lay(np.bincount([families[d.family] for d in documents]).astype(np.int32)),
        **lay_out_cards(d.card for d in documents),
    }


def _numbers(documents: Sequence[Document]) -> Arrays:
    names = sorted(range(len(documents)), key=lambda i: (str(documents[i].card[2]).lower(), documents[i].id))
    rank = np.zeros(len(documents), np.int32)
    rank[names] = np.arange(len(documents), dtype=np.int32)
    return {
        **layout.NAME_RANK.lay(rank),
        **layout.NAMESAKE.lay(_numbered([f"{d.kind}/{d.name_key}" for d in documents])),
        **layout.USAGE.lay(np.array([d.usage for d in documents], np.int32)),
        **layout.NAME_WORDS.lay(np.array([_name_words(d) for d in documents], np.int32)),
        **layout.ADDED.lay(np.array([d.added for d in documents], np.int32)),
        **layout.CHANGED.lay(np.array([d.changed for d in documents], np.int32)),
        **layout.REMOVED.lay(np.array([d.removed for d in documents], np.int32)),
        **layout.EXPIRES_DAY.lay(np.array([d.expires_day for d in documents], np.int32)),
        **layout.EXPIRES_VERSION.lay(np.array([d.expires_version for d in documents], np.int32)),
    }


def _name_words(document: Document) -> int:
    """How many words the shortest of a document's names has; 0 where it has none."""
    return min((stems.count("_") + 1 for stems in document.stems), default=0)


def _numbered(texts: Sequence[str]) -> npt.NDArray[np.int32]:
    """A number for each text, the same for equal ones."""
    numbers = {text: i for i, text in enumerate(sorted(set(texts)))}
    return np.array([numbers[text] for text in texts], np.int32)


def lay_out_facets(facets: Mapping[str, Inverted], group: Array) -> Arrays:
    """The arrays of facets; `group`: the number of each document's group, ascending.

    All facet values of a document are one set, and those of a whole group another; alike sets are kept once.
    Things are alike in what they are of: a third of the documents has sets of its own, and
    a hundred times as many documents have hardly more. A value's number is its place in its facet
    behind all values of the facets before it.
    """
    numbers: dict[tuple[int, ...], int] = {}
    of_group: list[set[int]] = [set() for _ in range(int(group[-1]) + 1 if len(group) else 0)]
    by_document = []
    for document, values in enumerate(_values_by_document(facets, len(group))):
        of_group[group[document]].update(values)
        by_document.append(numbers.setdefault(values, len(numbers)))
    by_group = [numbers.setdefault(tuple(sorted(values)), len(numbers)) for values in of_group]
    return {
        **_by_value(facets),
        **layout.FACET_SETS.lay(numbers),
        **layout.DOCUMENT_SET.lay(np.array(by_document, np.int32)),
        **layout.GROUP_SET.lay(np.array(by_group, np.int32)),
    }


def _by_value(facets: Mapping[str, Inverted]) -> Arrays:
    """The values of each facet or lookup, with the documents of each."""
    arrays: Arrays = {}
    for name, each in facets.items():
        arrays |= layout.FACET_VALUES[name].lay(each.terms)
        arrays |= layout.HAVING[name].lay_together(each.starts, each.ids)
    return arrays


def _values_by_document(facets: Mapping[str, Inverted], size: int) -> Iterator[tuple[int, ...]]:
    """The numbers of all facet values of each document, ascending."""
    below, numbers = 0, []
    for each in facets.values():
        numbers.append(np.repeat(np.arange(len(each.terms), dtype=np.int64) + below, np.diff(each.starts)))
        below += len(each.terms)
    owners = np.concatenate([each.ids for each in facets.values()])
    values = np.concatenate(numbers)[np.argsort(owners, kind="stable")].tolist()  # facet by facet: ascending
    ends = np.cumsum(np.bincount(owners, minlength=size)).tolist()
    return (tuple(values[low:high]) for low, high in pairwise([0, *ends]))


def _names(documents: Sequence[Document]) -> Arrays:
    holders: dict[str, list[tuple[int, float]]] = {}
    for number, document in enumerate(documents):
        for key, sure in document.keys.items():
            holders.setdefault(key, []).append((number, sure))
    keys = sorted(holders, key=str.encode)
    rows = layout.KEY_DOCS.lay([number for number, _ in holders[key]] for key in keys)
    certainties = [sure for key in keys for _, sure in holders[key]]
    levels, numbers = np.unique(np.array(certainties, np.float32), return_inverse=True)
    by_stems: dict[str, list[int]] = {}
    for number, document in enumerate(documents):
        for stems in document.stems:
            by_stems.setdefault(stems, []).append(number)
    inflected = sorted(by_stems, key=str.encode)
    return {
        **layout.STEMS.lay(inflected),
        **layout.STEM_DOCS.lay(by_stems[stems] for stems in inflected),
        **layout.KEYS.lay(keys),
        **rows,
        **layout.KEY_SURE.lay(numbers.astype(np.uint8 if len(levels) <= 1 << 8 else np.int32)),
        **layout.KEY_SURE_LEVELS.lay(levels),
    }


def _columns(documents: Sequence[Document], columns: Mapping[str, str]) -> Arrays:
    digests = sorted({d.schema for d in documents if d.schema})
    number = {digest: i for i, digest in enumerate(digests)}
    return {
        **layout.SCHEMAS.lay(digests),
        **layout.SCHEMA_PATHS.lay([columns.get(digest, "") for digest in digests]),
        **layout.SCHEMA.lay(np.array([number.get(d.schema, -1) for d in documents], np.int32)),
    }


def _surface(documents: Sequence[Document]) -> Arrays:
    """Words as people write them, with the term that each becomes and how often it occurs."""
    counts: Counter[str] = Counter()
    named: set[str] = set()
    for document in documents:
        named.update(document.surface)
        for word in document.surface:
            counts[word] += NAME_WORD
        counts.update({*document.said}.difference(document.surface))
    kept = sorted((word for word in counts if not word.isdigit()), key=str.encode)
    return {
        **layout.SURFACE.lay(kept),
        **layout.SURFACE_TERMS.lay([stem(word) for word in kept]),
        **layout.SURFACE_COUNTS.lay(np.array([counts[word] for word in kept], np.int32)),
        **layout.SURFACE_NAMED.lay(np.array([word in named for word in kept], np.bool_)),
    }
