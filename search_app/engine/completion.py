"""Completions of what is typed: names, and where these are none, what a pasted beginning or a slip may mean.

The suggester completes names, words and filters. Here come columns and extra keys, the beginnings of
code and SQL ("Glean.pwmgr", "`mozdata.tel"), and names that a slip hides ("clinets_daily").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.index.completion.spellchecker import Speller
from indexer.index.completion.suggester import Suggester, Suggestion
from indexer.index.reader import IndexReader
from indexer.text.analysis import spelling_key
from search_app.engine.lexicon import CompletedCards

SHORTEST_MENDED = 6  # letters of a name in which a slip is looked for
SHORTEST_EXTRA = 4
MOST_EXTRAS = 2
MOST_OF_TYPE = 8  # metrics shown for "metrics.counter."
_BEGINNING = re.compile(
    r"^(?:mozilla::|glean::|Glean\.|GleanMetrics\.|GleanPings\.|glean_metrics::|metrics::|Telemetry::"
    r"|(?:ScalarID|HistogramID)::|(?:mozdata|moz-fx-data-shared-prod)[.:])+",
    re.IGNORECASE,
)
_OF_TYPE = re.compile(r"^(?:\w+\.)*metrics\.([a-z]+(?:_[a-z]+)*?)2?\.(\w*)$")
_BEGUN_TYPE = re.compile(r"^(?:\w+\.)*metrics\.([a-z_]{2,})$")
_WORD = re.compile(r"[a-z]{5,}")
_MARKS = "`\"'([{<"


def complete(
    reader: IndexReader, suggester: Suggester, speller: Speller, typed: str, limit: int
) -> list[Suggestion]:
    """Completions of a text, best first; each text holds the whole box."""
    found = suggester.suggest(typed, limit)
    if any(each.url for each in found):
        return _with_extras(reader, typed, found, limit)
    last = typed.split()[-1] if typed.split() else ""
    begun = _BEGINNING.sub("", last.lstrip(_MARKS))
    others = list(_of_type(reader, begun, limit))
    if not others and begun != typed.strip() and len(begun) > 1:
        others = [each for each in suggester.suggest(begun, limit) if each.url]
    if not others:
        others = list(_mended(reader, suggester, speller, begun, limit))
    return _with_extras(reader, typed, [*others, *found], limit)


def _of_type(reader: IndexReader, begun: str, limit: int) -> Iterator[Suggestion]:
    """The metrics of a column's beginning, the most used first: "metrics.counter.sea", "metrics.coun"."""
    if "type" not in reader.facets:
        return
    types, rest = reader.facets["type"], ""
    if column := _BEGUN_TYPE.match(begun):
        meant = [types.values[place] for place in types.values.prefixed(column[1])]
    elif column := _OF_TYPE.match(begun):
        meant, rest = [column[1]], column[2]
    else:
        return
    documents = [document for value in meant for document in types.documents(value).tolist()]
    kinds = set(reader.facets["kind"].documents("metric").tolist())
    best = sorted(
        (document for document in documents if document in kinds),
        key=lambda document: -float(reader.prior[document]),
    )
    cards, key, shown = CompletedCards(reader), spelling_key(rest), 0
    for document in best:
        if not key or spelling_key(cards.called(document)[0]).startswith(key):
            yield cards.completion(document)
            shown += 1
            if shown == min(limit, MOST_OF_TYPE):
                return


def _mended(
    reader: IndexReader, suggester: Suggester, speller: Speller, begun: str, limit: int
) -> Iterator[Suggestion]:
    """Names that a slip hides: its unknown words mended, else whole names a slip away, the nearest first."""
    mended = begun
    for piece in dict.fromkeys(_WORD.findall(begun.lower())):
        nearest = () if speller.knows(piece) else speller.correct(piece, 1)
        for correction in nearest:
            mended = re.sub(rf"(?i){piece}", correction.text, mended)
    if mended != begun:
        yield from (each for each in suggester.suggest(mended, limit) if each.url)
        return
    key, cards = spelling_key(begun), CompletedCards(reader)
    near = speller.near_names(key, limit) if len(key) >= SHORTEST_MENDED else []
    order = sorted(near, key=lambda name: (name.distance, -float(reader.prior[name.index])))
    found = {completion.text: completion for completion in (cards.completion(n.index) for n in order)}
    yield from list(found.values())[:limit]


def _with_extras(reader: IndexReader, typed: str, found: list[Suggestion], limit: int) -> list[Suggestion]:
    """With the extra keys and labels that begin so, behind the names."""
    last = typed.split()[-1] if typed.split() else ""
    if len(last) < SHORTEST_EXTRA or not last.replace("_", "").isalnum():
        return found[:limit]
    before = typed[: len(typed.rstrip()) - len(last)]
    extras = []
    for field in ("extra", "label"):
        facet = reader.facets[field]
        values = facet.values.prefixed(last) or facet.values.prefixed(last.lower())
        for place in list(values)[:MOST_EXTRAS]:
            value = facet.values[place]
            if " " not in value and "," not in value:
                many = len(facet.by_value.row(place))
                extras.append(Suggestion(f"{before}{field}:{value} ", "filter", value, field, count=many))
    kept = max(1, limit - len(extras[:MOST_EXTRAS]))
    return [*found[:kept], *extras[:MOST_EXTRAS], *found[kept:]][:limit]
