"""Which table has what a question is about: that of a concept, where the question names no one thing."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.model.items import SHARED_PROJECT, AnyItem, MeasureItem, TableItem
from search_app.answers.catalogue import Catalogue, standing_of
from search_app.answers.model import Answer, Recommended, short_name
from search_app.answers.numbers import RUNGS, candidates_of, rung_of
from search_app.answers.queries import asked_of, query_of
from search_app.answers.reading import read_concept
from search_app.answers.rules import NOTHING_SAID, Rules

ALTERNATIVES = 2
READ_BY = "The measure {} reads it."


def answer_place(text: str, app: str, title: str, catalogue: Catalogue, rules: Rules) -> Answer | None:
    """The tables of a concept: its aggregates, else what its measure reads; None where none is known.

    `text`: what is asked for, without the product.
    """
    for subject in read_concept(text, app, rules):
        named = app or (subject.concept.product if subject.concept else "")
        candidates = list(candidates_of(subject, named, app, catalogue, rules))
        uses = {each.item.id: each.use for each in candidates}
        found = {
            item.id: Recommended(item, why)
            for candidate in candidates
            for item, why in _tables(candidate.item, catalogue, rules)
        }
        if not found or subject.concept is None:
            continue
        chosen = sorted(found.values(), key=lambda each: RUNGS.index(rung_of(each.item, rules)))
        first = chosen[0].item
        use = uses.get(first.id, NOTHING_SAID)
        query = query_of(first, asked_of(subject.told, first, use.product), named, use, catalogue)
        of = f" of {title}" if title else ""
        return Answer(
            intent="where_stored",
            concept=subject.concept.name,
            sentence=f"The table {short_name(first)} has {subject.concept.name}{of}.",
            app=named,
            recommended=tuple(chosen[:1]),
            alternatives=tuple(chosen[1 : 1 + ALTERNATIVES]),
            query=query,
        )
    return None


def _tables(item: AnyItem, catalogue: Catalogue, rules: Rules) -> Iterator[tuple[AnyItem, str]]:
    """A table itself, or what a measure reads where that is one table which is alive."""
    if isinstance(item, TableItem):
        yield item, _why(item, rules)
    elif isinstance(item, MeasureItem) and len(item.tables) == 1:
        table = catalogue.get(f"table/{SHARED_PROJECT}.{item.tables[0]}")
        if table is not None and standing_of(table, catalogue, rules).usable:
            yield table, READ_BY.format(short_name(item))


def _why(item: TableItem, rules: Rules) -> str:
    return next((rung.reason for rung in rules.rungs if rung.pattern.search(item.table)), "One row a ping.")
