"""What assistants ask of queries: ready ones, one with choices, the answer to a question, things compared."""

from __future__ import annotations

from collections.abc import Mapping

from indexer.model.items import AnyItem
from search_app.answers.answering import may_be_asked
from search_app.answers.model import Recommended
from search_app.engine.results import Results
from search_app.mcp.tool import ToolProblem
from search_app.query.model import Query, QueryProblem, search_url
from search_app.sql.builder.choices import Choice
from search_app.sql.source import SqlQuery
from search_app.web.actions import actions_for
from search_app.web.assistants import gives, takes
from search_app.web.assistants.searching import asked, hit_of
from search_app.web.assistants.things import LONGEST_NOTE, cut, found_item, page, root
from search_app.web.comparing.comparison import compare, differing
from search_app.web.queries.chosen import ChosenQuery, ValuesOf, chosen_query
from search_app.web.results.answer import answer_of
from search_app.web.state import current_site

CHOICES = ("app", "ping", "process", "column", "channel", "days", "sample", "measure")
MOST_VALUES = 40  # of one choice
MOST_ROWS = 60  # of a comparison
HITS_READ, HITS_SHOWN = 20, 3  # as a page of results reads them; where no answer is sure


def queries(wanted: takes.QueriesFor) -> gives.Queries:
    """The query by what is chosen of a thing; its ready queries where nothing is."""
    item = found_item(wanted.id)
    values = {name: [str(value)] for name in CHOICES if (value := getattr(wanted, name))}
    values |= {"by": list(wanted.by)} if wanted.by else {}
    values |= {"with": [found_item(wanted.beside).id]} if wanted.beside else {}
    if values:
        made = _made(item, values)
        return _queries(item, [made.query], root() + made.address("/sql"), made.choices)
    ready = list(actions_for(current_site(), item).queries)
    try:
        choices = chosen_query(current_site(), _values(item, {})).choices
    except QueryProblem as problem:  # nothing can be chosen of it, but it may have ready queries
        why = "" if ready else problem.message
        return _queries(item, ready, page(item.id), (), wanted.limit, why)
    return _queries(item, ready, page(item.id), choices, wanted.limit)


def _values(item: AnyItem, values: Mapping[str, list[str]]) -> ValuesOf:
    return lambda name: [item.id] if name == "thing" else values.get(name, [])


def _made(item: AnyItem, values: Mapping[str, list[str]]) -> ChosenQuery:
    try:
        return chosen_query(current_site(), _values(item, values))
    except QueryProblem as problem:
        raise ToolProblem(f"{problem.parameter}: {problem.message}") from None


def _queries(
    item: AnyItem,
    made: list[SqlQuery],
    url: str,
    choices: tuple[Choice, ...],
    limit: int = 1,
    why_none: str = "",
) -> gives.Queries:
    return gives.Queries(
        id=item.id,
        status=item.status,
        url=url,
        queries=[
            gives.Sql(query.title, query.table, query.sql, [*query.notes, query.access], query.url)
            for query in made[:limit]
        ],
        total=len(made),
        why_none=why_none,
        status_reason=item.status_reason,
        choices=[_offered(choice) for choice in choices],
    )


def _offered(choice: Choice) -> gives.Offered:
    return gives.Offered(
        choice.name,
        [option.value for option in choice.options][:MOST_VALUES],
        [option.value for option in choice.options if option.chosen],
        choice.several,
        choice.reason,
    )


def answer(wanted: takes.Question) -> gives.Answered:
    """The card of a question; where rules are not sure, the first hits of its words."""
    query, results = asked(wanted.question, {}, HITS_READ)
    told = answer_told(query, results)
    if told is not None:
        return told
    hits = [hit_of(hit) for hit in results.hits[:HITS_SHOWN]]
    return gives.Answered(False, root() + search_url(wanted.question), hits=hits)


def answer_told(query: Query, results: Results) -> gives.Answered | None:
    """The card of a search; None where it is no question that rules can tell for sure."""
    card = answer_of(current_site(), query, results) if may_be_asked(query, results.understood) else None
    if card is None:
        return None
    return gives.Answered(
        sure=True,
        url=root() + search_url(query.text),
        sentence=card.sentence,
        intent=card.intent,
        app=card.app,
        concept=card.concept,
        recommended=[_way(each) for each in card.recommended],
        alternatives=[_way(each) for each in card.alternatives],
        sql=card.query.query.sql if card.query else "",
        assumptions=list(card.query.assumptions) if card.query else [],
        dashboards=[item.id for item in card.dashboards],
        facts=[gives.Told(label, text) for label, text in card.facts],
    )


def _way(way: Recommended) -> gives.Way:
    return gives.Way(way.item.id, way.item.kind, way.item.name, way.why, page(way.item.id))


def compared(wanted: takes.CompareThings) -> gives.Comparison:
    """Things side by side; of their rows those that differ, or all."""
    try:
        found = compare(current_site(), [found_item(each).id for each in wanted.ids])
    except QueryProblem as problem:
        raise ToolProblem(problem.message) from None
    shown = found if wanted.all_rows else differing(found)
    rows = [
        gives.Row(
            section.title,
            row.words,
            [[cut(each.text, LONGEST_NOTE) for each in values] for values in row.values],
            row.differs,
        )
        for section in shown.sections
        for row in section.rows
    ]
    return gives.Comparison(
        things=[gives.Compared(each.id, each.name, each.status, page(each.id)) for each in found.items],
        url=root() + found.address("/compare"),
        rows=rows[:MOST_ROWS],
        rows_total=len(rows),
        notes=[section.note for section in found.sections if section.note],
        one_query=root() + found.together if found.together else "",
    )
