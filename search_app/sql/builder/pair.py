"""Two things in one query: the same measure by the same breakdown, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.model.items import AnyItem, MeasureItem
from search_app.query.model import QueryProblem
from search_app.sql.builder.breakdowns import INVESTIGATION, MOMENTS, Way
from search_app.sql.builder.build import planned, ways_of
from search_app.sql.builder.choices import TOTAL, Choice, Choices, choice_of
from search_app.sql.builder.plan import Plan, base_notes, outputs, text_of
from search_app.sql.shape import TOP, clause, ending, head, indented
from search_app.sql.source import ColumnsOf, SqlQuery, quoted
from search_app.tools import Context
from search_app.tools.addressing.names import snake_case

EACH_ITS_OWN = "summary"
NOT_IN_PAIRS = ("histogram",)
PLACES = ("app", "ping", "process")
LONGEST_NAME = 60
ONE, OTHER = "one", "other"
SAME_ROWS = "Rows of the two are put side by side where all that they are split by is the same."


@dataclass(frozen=True, slots=True)
class Pair:
    """A query over two things, and all that could have been chosen instead."""

    query: SqlQuery
    chosen: Choices
    choices: tuple[Choice, ...]
    plans: tuple[Plan, Plan]


def build_pair(
    item: AnyItem, other: AnyItem, asked: Choices, context: Context, columns_of: ColumnsOf
) -> Pair:
    """The query over two things by what was chosen.

    Raises QueryProblem where a choice cannot be had of both, or there is no query of one of them.
    """
    for each in (item, other):
        if isinstance(each, MeasureItem):
            raise QueryProblem("bad_with", "The query of a measure stands by itself.", "with")
    bare = replace(asked, by=(), measure="")
    first, chosen, choices = planned(item, bare, context, columns_of)
    second, _, other_choices = _planned_like(other, bare, context, columns_of)
    offered = _common_ways(item, first, other, second)
    forced = any("date" in each and TOTAL not in each for each in map(_offers, (choices, other_choices)))
    by = _settled_by(asked.by, offered, forced)
    measure = _measure(asked.measure, choices, other_choices)
    wanted = replace(asked, by=by or (TOTAL,), measure="" if measure == EACH_ITS_OWN else measure)
    first = _joined_plan(planned(item, wanted, context, columns_of)[0])
    second = _joined_plan(_planned_like(other, wanted, context, columns_of)[0])
    query = _query(item, other, first, second)
    shown = [each for each in choices if each.name not in ("measure", "by", "column", "channel")]
    shown += [
        _channel(choices, other_choices),
        choice_of("measure", "What", _measures(choices, other_choices), [measure]),
        choice_of(
            "by",
            "By",
            {**offered, **({} if forced else {TOTAL: "nothing: one row"})},
            by or (TOTAL,),
            several=True,
        ),
    ]
    return Pair(query, replace(chosen, by=by or (TOTAL,), measure=measure), tuple(shown), (first, second))


def _planned_like(
    item: AnyItem, asked: Choices, context: Context, columns_of: ColumnsOf
) -> tuple[Plan, Choices, tuple[Choice, ...]]:
    """The plan of the second thing in the place of the first, as far as it is there."""
    for _ in PLACES:
        try:
            return planned(item, replace(asked, column=""), context, columns_of)
        except QueryProblem as problem:
            if problem.parameter not in PLACES:
                raise
            asked = asked.without(problem.parameter)
    return planned(item, replace(asked, column=""), context, columns_of)


def _offers(choices: Sequence[Choice]) -> list[str]:
    return [option.value for choice in choices if choice.name == "by" for option in choice.options]


def _common_ways(item: AnyItem, first: Plan, other: AnyItem, second: Plan) -> dict[str, str]:
    """By what both can be split: name -> words."""
    ways, others = ways_of(item, first.reading), ways_of(other, second.reading)
    return {name: way.words for name, way in ways.items() if name in others}


def _settled_by(asked: tuple[str, ...], offered: dict[str, str], forced: bool) -> tuple[str, ...]:
    if INVESTIGATION in asked:
        raise QueryProblem("bad_by", "The investigation is of one thing.", "by")
    if not asked:
        return ("date",) if "date" in offered else ()
    for each in asked:
        if each not in offered and (each != TOTAL or forced):
            raise QueryProblem("bad_by", f"Both cannot be split by {each[:80]}.", "by")
    by = tuple(each for each in asked if each != TOTAL)
    by = ("date", *by) if forced and "date" not in by else by
    return tuple(sorted(by, key=lambda each: each not in MOMENTS))


def _measures(choices: Sequence[Choice], others: Sequence[Choice]) -> dict[str, str]:
    found: dict[str, str] = {EACH_ITS_OWN: "what says most of each"}
    both = [
        {
            option.value: option.words
            for choice in each
            if choice.name == "measure"
            for option in choice.options
        }
        for each in (choices, others)
    ]
    common = {name: words for name, words in both[0].items() if name in both[1] and name not in NOT_IN_PAIRS}
    return {**found, **{name: words for name, words in common.items() if name != EACH_ITS_OWN}}


def _measure(asked: str, choices: Sequence[Choice], others: Sequence[Choice]) -> str:
    offered = _measures(choices, others)
    if asked and asked not in offered:
        message = f"Of both can be had {', '.join(offered)}; not {asked[:80]}."
        raise QueryProblem("bad_measure", message, "measure")
    return asked or EACH_ITS_OWN


def _channel(choices: Sequence[Choice], others: Sequence[Choice]) -> Choice:
    """The channels that both have."""
    first, second = (next(each for each in found if each.name == "channel") for found in (choices, others))
    known = {option.value for option in second.options}
    options = tuple(option for option in first.options if option.value in known)
    if len(options) > 1:
        return replace(first, options=options)
    return Choice("channel", first.words, reason="The two have no channels in common by which to choose.")


def _joined_plan(plan: Plan) -> Plan:
    """A plan whose groups can be joined by: texts, never NULL, under names that both have."""
    ways = []
    for way in plan.ways:
        source = plan.reading.source
        groups = tuple(
            (expression if way.is_moment else f"IFNULL(CAST({expression} AS STRING), 'none')",
             source.free(_common_name(way, number)))
            for number, (expression, _) in enumerate(way.groups)
        )  # fmt: skip
        ways.append(replace(way, groups=groups))
    return replace(plan, ways=tuple(ways))


def _common_name(way: Way, number: int) -> str:
    name = "day" if way.name == "date" else snake_case(way.name)
    return f"{name}_{number + 1}" if number else name


def _query(item: AnyItem, other: AnyItem, first: Plan, second: Plan) -> SqlQuery:
    titles = (first.reading.base.title, second.reading.base.title)
    words = f"by {' and '.join(way.words for way in first.ways)}" if first.ways else "in all"
    notes = tuple(
        dict.fromkeys(
            note for title, plan in zip(titles, (first, second), strict=True) for note in _said(title, plan)
        )
    )
    notes = (*notes, *((SAME_ROWS,) if first.ways else ()))
    title = f"{titles[0]} beside {titles[1]}, {words}"
    text = head(title, notes) + _text(item, other, first, second).rstrip("\n")
    assumed = dict.fromkeys((*first.reading.source.assumed(), *second.reading.source.assumed()))
    tables = dict.fromkeys((first.reading.base.table, second.reading.base.table))
    base = replace(first.reading.base, table=" and ".join(tables))
    return replace(base, title=title, sql=text, url="", variant=words, notes=(*notes, *assumed))


def _said(title: str, plan: Plan) -> list[str]:
    source = plan.reading.source
    found = [f"{title}: {note}" for note in base_notes(plan)]
    found += plan.notes
    found += [plan.measured.note] if plan.measured.note else []
    if source.date() and source.ended is None:
        found.append(
            f"It reads the last {source.days} days." if source.days > 1 else "It reads the last day."
        )
    return found


def _text(item: AnyItem, other: AnyItem, first: Plan, second: Plan) -> str:
    halves = [(ONE, first), (OTHER, second)]
    parts = [f"{name} AS (\n{indented(text_of(plan, ordered=False))})" for name, plan in halves]
    text = "WITH " + ",\n".join(parts) + "\n"
    pairs = [
        (quoted(a), quoted(b))
        for way, like in zip(first.ways, second.ways, strict=True)
        for (_, a), (_, b) in zip(way.groups, like.groups, strict=False)
    ]
    columns = [f"COALESCE({ONE}.{a}, {OTHER}.{b}) AS {a}" for a, b in pairs]
    for (name, plan), prefix in zip(halves, _prefixes(item, other), strict=True):
        values = [*(quoted(kept) for _, kept in plan.reading.kept), *outputs(plan)]
        columns += [f"{name}.{value} AS {prefix}_{value.strip('`')}" for value in values]
    text += clause("SELECT", columns) + f"FROM\n  {ONE}\n"
    if not pairs:
        return text + f"CROSS JOIN\n  {OTHER}\n"
    on = [f"{ONE}.{a} = {OTHER}.{b}" for a, b in pairs]
    text += f"FULL OUTER JOIN\n  {OTHER}\n  ON " + "\n  AND ".join(on) + "\n"
    by_moment = first.moment is not None
    return text + ending(", ".join(a for a, _ in pairs), 0 if by_moment else TOP * 10)


def _prefixes(item: AnyItem, other: AnyItem) -> tuple[str, str]:
    """What the outputs of each begin with: its name where that tells the two apart."""
    names = [snake_case(each.name.rpartition("/")[2])[:LONGEST_NAME] for each in (item, other)]
    fine = names[0] != names[1] and all(name and not name[0].isdigit() and name.isascii() for name in names)
    return (names[0], names[1]) if fine else (ONE, OTHER)
