"""The query that the parameters of a request ask for: `thing`, `with`, and the choices of the builder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

from indexer.model.items import AnyItem
from search_app.query.model import QueryProblem
from search_app.sql.builder.build import build
from search_app.sql.builder.choices import Choice, Choices, read_choices
from search_app.sql.builder.pair import build_pair
from search_app.sql.source import SqlQuery
from search_app.tools.addressing.urls import with_params
from search_app.web.actions import columns_of, link_context
from search_app.web.state import Site

LONGEST_ID = 500
LEFT_OUT_AT_MOST = 12  # choices that a page takes away before it gives up
NAMES = tuple(each.name for each in fields(Choices))

ValuesOf = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class ChosenQuery:
    """A query with all that could have been chosen instead, and its addresses."""

    item: AnyItem
    other: AnyItem | None  # what it is put beside
    query: SqlQuery
    asked: Choices
    chosen: Choices  # with what was settled where nothing was said
    choices: tuple[Choice, ...]
    left_out: tuple[str, ...] = ()  # why some of what was asked for is not in it

    def address(self, path: str) -> str:
        """A path with the parameters of this query."""
        things = [("thing", self.item.id), *([("with", self.other.id)] if self.other else [])]
        return with_params(path, [*things, *self.asked.parameters()])


def chosen_query(site: Site, values: ValuesOf) -> ChosenQuery:
    """The query that was asked for. Raises QueryProblem where it cannot be had just so."""
    return _made(site, *_things(site, values), read_choices(values))


def nearest_query(site: Site, values: ValuesOf) -> ChosenQuery:
    """The query that was asked for, without the choices that do not go together: a form keeps what was
    chosen of another app. `left_out` says why.

    Raises QueryProblem where the thing is not known or has no query, or a value is out of its bounds.
    """
    item, other = _things(site, values)
    asked = read_choices(values)
    said: list[str] = []
    for _ in range(LEFT_OUT_AT_MOST):
        try:
            made = _made(site, item, other, asked)
        except QueryProblem as problem:
            if problem.parameter not in NAMES or not getattr(asked, problem.parameter):
                raise
            said.append(problem.message)
            asked = asked.without(problem.parameter)
        else:
            return ChosenQuery(item, other, made.query, made.asked, made.chosen, made.choices, tuple(said))
    return _made(site, item, other, Choices())


def _things(site: Site, values: ValuesOf) -> tuple[AnyItem, AnyItem | None]:
    item = thing_of(site, values, "thing")
    if item is None:
        raise QueryProblem("bad_thing", "thing is the id of what is to be queried.", "thing")
    return item, thing_of(site, values, "with")


def thing_of(site: Site, values: ValuesOf, name: str) -> AnyItem | None:
    """The item that a parameter names; None where it is not given. Raises QueryProblem for an unknown one."""
    wanted = next(iter(values(name)), "").strip().lstrip("/")
    if not wanted:
        return None
    found = site.engine.get(wanted) if len(wanted) <= LONGEST_ID else None
    if found is None:
        raise QueryProblem(f"bad_{name}", f"There is no item {wanted[:200]}.", name)
    return found


def _made(site: Site, item: AnyItem, other: AnyItem | None, asked: Choices) -> ChosenQuery:
    context, columns = link_context(site), columns_of(site)
    if other is not None:
        pair = build_pair(item, other, asked, context, columns)
        return ChosenQuery(item, other, pair.query, asked, pair.chosen, pair.choices)
    built = build(item, asked, context, columns)
    return ChosenQuery(item, None, built.query, asked, built.chosen, built.choices)
