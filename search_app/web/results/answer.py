"""The answer above the hits: made where a query can be a question, as view values and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from indexer.model.ids import item_path
from indexer.model.items import AnyItem
from search_app.answers.answering import answer_to
from search_app.answers.catalogue import Shelf, build_shelf
from search_app.answers.model import Answer, Recommended
from search_app.answers.rule_loader import shipped_rules
from search_app.engine.results import Hit, Results
from search_app.query.model import DEFAULT_SIZE, Query
from search_app.sql import ColumnsOf
from search_app.tools import Context, Link
from search_app.web.actions import best_links, columns_of, link_context
from search_app.web.state import Site


@dataclass(frozen=True, slots=True)
class Generation:
    """The generation of a site, as answers ask of it."""

    site: Site
    context: Context
    columns_of: ColumnsOf

    def get(self, item_id: str) -> AnyItem | None:
        """The whole item, None where there is none of that id."""
        return self.site.engine.get(item_id)

    def items(self, kind: str) -> Iterator[AnyItem]:
        """Every item of a kind."""
        return self.site.engine.items(kind)

    def shelf(self) -> Shelf:
        """Measures and dashboards by their words, made once a generation."""
        return self.site.remembered(("answer shelf",), lambda: build_shelf(self, shipped_rules()))


@dataclass(frozen=True, slots=True)
class AnswerView:
    """A card, the links of the first thing that it recommends, and where its query can be changed."""

    answer: Answer
    links: tuple[Link, ...]
    change_url: str


def answer_of(site: Site, query: Query, results: Results) -> Answer | None:
    """The card of a search that may_be_asked; None where it is no question that can be answered for sure."""
    catalogue = Generation(site, link_context(site), columns_of(site))
    return answer_to(query, results.understood, _hits(site, query, results), catalogue)


def _hits(site: Site, query: Query, results: Results) -> Sequence[Hit]:
    """The first hits, as many for each size of a page: what a question names is looked for among them."""
    if query.size < DEFAULT_SIZE and len(results.hits) == query.size:
        return site.engine.search(replace(query, size=DEFAULT_SIZE)).hits
    return results.hits[:DEFAULT_SIZE]


def answer_view(site: Site, query: Query, results: Results) -> AnswerView | None:
    """The card as the results page shows it, with links to the tools that show what is recommended."""
    answer = answer_of(site, query, results)
    if answer is None:
        return None
    links = best_links(site, answer.recommended[0].item.id)
    return AnswerView(answer, tuple(each for each in links if each.tool != "mail"), _change_url(answer))


def _change_url(answer: Answer) -> str:
    """The page that makes such a query by other choices; empty where the card has none."""
    return f"/sql?{urlencode(answer.query.choices)}" if answer.query else ""


def answer_json(answer: Answer | None) -> dict[str, Any] | None:
    """The contract's `answer`."""
    if answer is None:
        return None
    query = answer.query
    return {
        "intent": answer.intent,
        "app": answer.app or None,
        "concept": answer.concept,
        "sentence": answer.sentence,
        "recommended": [_way(each) for each in answer.recommended],
        "alternatives": [_way(each) for each in answer.alternatives],
        "query": query
        and {"sql": query.query.sql, "assumptions": list(query.assumptions), "url": _change_url(answer)},
        "dashboards": [{"id": item.id} for item in answer.dashboards],
        "facts": [{"label": label, "text": text} for label, text in answer.facts],
    }


def _way(way: Recommended) -> dict[str, str]:
    item = way.item
    return {"id": item.id, "kind": item.kind, "name": item.name, "why": way.why, "url": item_path(item.id)}
