"""What is measured on: the documents of the current generation, and any number of things made from them.

A made catalogue has whole copies of the real families under new names: the first words of
one name with the last words of another, with a third thing's prose. Terms, lengths, facets
and families are so as frequent in it as in the real one; the same size gives the same things.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from indexer.index.columns import in_order
from indexer.index.documents.document import Document, column_text, to_document
from indexer.index.generation import Opened
from indexer.model.items import TableItem
from indexer.store.reader import Store
from indexer.text.analysis import identifier_words, spelling_key, words

REAL = 0  # the size that stands for the catalogue as it is
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents in the index' order, with the column paths of their schemas."""

    documents: Sequence[Document]
    paths: dict[str, str]


def real_corpus(opened: Opened) -> Corpus:
    """The documents that a generation was made of, made again from its store."""
    store = Store(opened.store_path)
    ids = [item_id for kind in store.count() for item_id in store.ids(kind)]
    texts = {}
    documents = []
    for start in range(0, len(ids), _AT_ONCE):
        for item in store.items(ids[start : start + _AT_ONCE]):
            digest = item.schema_digest if isinstance(item, TableItem) else ""
            if digest and digest not in texts:
                texts[digest] = column_text(store.columns(digest))
            documents.append(to_document(item, texts.get(digest)))
    return Corpus(in_order(documents), {digest: text.paths for digest, text in texts.items()})


def made_corpus(real: Corpus, size: int) -> Corpus:
    """As many things as were asked for, made from the real ones."""
    chance = random.Random(size)
    families = [list(group) for _, group in groupby(real.documents, key=lambda d: d.family)]
    made: list[Document] = []
    copy = 0
    while len(made) < size:
        copy += 1
        for family in families:
            partner = chance.choice(chance.choice(families))
            made += [_recombined(member, partner, chance.choice(families)[0], copy) for member in family]
            if len(made) >= size:
                break
    return Corpus(in_order(made[:size]), real.paths)


def sample_corpus(real: Corpus, size: int) -> Corpus:
    """Whole families of the real catalogue until there are so many things."""
    chance = random.Random(size)
    families = [list(group) for _, group in groupby(real.documents, key=lambda d: d.family)]
    chance.shuffle(families)
    taken: list[Document] = []
    for family in families:
        if len(taken) >= size:
            break
        taken += family
    return Corpus(in_order(taken), real.paths)


def _recombined(member: Document, partner: Document, teller: Document, copy: int) -> Document:
    """A member of a family under a new name, with the prose of `teller`."""
    name = _joined(member.card.name, partner.card.name, copy)
    item_id = f"{member.kind}/{copy}/{member.card.id.partition('/')[2]}/{name}"
    card = member.card._replace(id=item_id, name=name, title=name, description=teller.card.description)
    own = words(name)
    key = spelling_key(name)
    return replace(
        member,
        id=item_id,
        family=f"{member.family}~{copy}",
        groups={
            **member.groups,
            "name": dict.fromkeys(own, 1.0),
            "prose": teller.groups["prose"],
        },
        stream=(*own, "", *teller.stream),
        keys={key: 1.0, **{f"{other}{copy}": sure for other, sure in member.keys.items()}},
        card=card,
        surface=tuple(dict.fromkeys([*identifier_words(name), *member.surface])),
        said=teller.said,
        stems=("_".join(own),),
        name_key=key,
    )


def _joined(first: str, second: str, copy: int) -> str:
    """The first half of one name and the last half of another; every third with a number of its own."""
    left, right = first.replace("/", ".").split("_"), second.replace("/", ".").split("_")
    parts = [*left[: (len(left) + 1) // 2], *right[len(right) // 2 :]]
    return "_".join(parts) + (f"_{copy}" if copy % 3 == 0 else "")
