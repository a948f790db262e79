"""Cards of amounts: how many, which share, which average, percentiles, a trend, by country."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from indexer.model.items import AnyItem, MeasureItem, TableItem
from search_app.answers.boards import boards_of
from search_app.answers.catalogue import Catalogue, standing_of
from search_app.answers.model import Answer, AnswerQuery, Recommended, short_name, stated
from search_app.answers.queries import (
    all_of,
    asked_of,
    can_tell,
    gives_distribution,
    is_part_of_doings,
    is_yes_or_no,
    query_of,
    shared_out,
)
from search_app.answers.reading import NUMBER, Subject, Told
from search_app.answers.rules import NOTHING_SAID, Concept, Rules, Use, words_of

RUNGS = ("measure", "aggregate", "clients", "raw")  # the recommended order
ALTERNATIVES = 2
ONE_ROW = "It is split by {}: what was named is one of its rows."
OF_SUM = "It gives numbers by {}: a share is one of them in the sum of the day."
NO_QUERY = "None: the columns of this table are not published."
NO_AMOUNT = "None: which of its columns tells it is not known here."


@dataclass(frozen=True, slots=True)
class Candidate:
    """What could answer: a thing, and how good a place it is (`rung`) by the recommended order."""

    item: AnyItem
    rung: str
    place: int  # in the order of the rules
    use: Use = NOTHING_SAID  # how the rules would have it used


def answer_amount(
    subject: Subject, app: str, title: str, catalogue: Catalogue, rules: Rules
) -> Answer | None:
    """The card of an amount; None where nothing of it is alive and known."""
    named = app or (subject.concept.product if subject.concept else subject.product)
    candidates = sorted(
        candidates_of(subject, named, app, catalogue, rules), key=lambda each: _order(each, subject.told)
    )
    if not candidates:
        return None
    chosen = [Recommended(each.item, _why(each, subject, rules)) for each in candidates[: 1 + ALTERNATIVES]]
    query = _query(candidates, subject, named, catalogue)
    asked = asked_of(subject.told, candidates[0].item, candidates[0].use.product)
    if shared_out(candidates[0].item, subject.told) and not _is_split(query, asked):
        return None
    query = _with_notes(query, candidates[0].item, asked)
    concept = subject.concept.name if subject.concept else candidates[0].item.title
    intent = subject.told.intent or ("trend" if subject.told.trend else "how_many")
    return Answer(
        intent=intent,
        concept=concept,
        sentence=_sentence(subject, concept, candidates[0], title or _title(named, catalogue), app),
        app=named,
        recommended=tuple(chosen[:1]),
        alternatives=tuple(chosen[1:]),
        query=query,
        dashboards=boards_of(
            _shown(subject), named, [each.item for each in candidates[:1]], catalogue, rules
        ),
        facts=_facts(candidates[0].item, query, catalogue),
    )


def answer_ended(subject: Subject, app: str, title: str, catalogue: Catalogue, rules: Rules) -> Answer | None:
    """The first of what told it and has ended: for where nothing is alive that does; None where none did."""
    concept = subject.concept
    named = app or (concept.product if concept else "")
    for item in _all_of(subject, named, app, catalogue):
        standing = standing_of(item, catalogue, rules)
        if standing.usable or standing.status in ("active", "unknown"):
            continue
        of = f" of {title or _title(named, catalogue)}" if named else ""
        state = stated(standing.status, standing.reason)
        about = concept.name if concept else item.title
        said = f"{about[:1].upper()}{about[1:]}{of}: nothing that is alive tells it."
        return Answer(
            intent="alive",
            concept=about,
            sentence=f"{said} The {item.kind} {short_name(item)} did: it is {state}.",
            app=named,
            recommended=(Recommended(item, f"It is {state}."),),
            facts=(("State", state),),
        )
    return None


def _all_of(subject: Subject, named: str, app: str, catalogue: Catalogue) -> Iterator[AnyItem]:
    """What a concept's rules name or what was asked for by its name, alive or not."""
    for each in subject.named:
        if item := catalogue.get(each):
            yield item
    if subject.concept is not None:
        for use in _uses(subject.concept, subject.told, named, app):
            yield from _items(use, named, catalogue)


def candidates_of(
    subject: Subject, named: str, app: str, catalogue: Catalogue, rules: Rules
) -> Iterator[Candidate]:
    """What can tell it and is alive, in the order of the rules."""
    for each in subject.named:
        item = catalogue.get(each)
        if item and can_tell(item, subject.told) and standing_of(item, catalogue, rules).usable:
            yield Candidate(item, rung_of(item, rules), 0)
    if subject.concept is None:
        if subject.told.intent == "percentiles":
            yield from _distributions(subject, catalogue)
        for place, measure in enumerate(subject.measures):
            item = catalogue.get(measure.id)
            if item and can_tell(item, subject.told) and standing_of(item, catalogue, rules).usable:
                # of people who did it first what is yes or no of each, not what is added up
                behind = len(subject.measures) * (subject.told.intent == "people" and not is_yes_or_no(item))
                yield Candidate(item, "measure", place + behind)
        return
    for place, use in enumerate(_uses(subject.concept, subject.told, named, app)):
        for item in _items(use, named, catalogue):
            if standing_of(item, catalogue, rules).usable and _serves(item, subject.told):
                yield Candidate(item, rung_of(item, rules), place, use)


def _distributions(subject: Subject, catalogue: Catalogue) -> Iterator[Candidate]:
    """The Glean metrics that mirror the histograms which measures read: their percentiles can be had."""
    for place, measure in enumerate(subject.measures):
        item = catalogue.get(measure.id)
        for probe in item.related.get("probe", ()) if item else ():
            for mirror in getattr(catalogue.get(probe), "mirrors", ()):
                if (
                    (metric := catalogue.get(mirror))
                    and gives_distribution(metric)
                    and metric.status == "active"
                ):
                    yield Candidate(metric, "raw", place)


def _serves(item: AnyItem, told: Told) -> bool:
    """Of a concept, whose rules say what counts people: whether it can give what is asked.

    How many is a count: a part of something that clients do is none.
    """
    if told.intent in ("people", "how_many"):
        return not is_part_of_doings(item)
    return told.intent == "average" or can_tell(item, told)


def _uses(concept: Concept, told: Told, named: str, app: str) -> list[Use]:
    """The candidates of a product, and of the split that is asked for where a table is made for one."""
    uses = [
        use for use in concept.use if use.apps is None or app in use.apps or (named and named in use.apps)
    ]
    made_for = [use for use in uses if use.split is not None and use.split in (told.by or ("",))]
    return made_for or [use for use in uses if use.split is None]


def _items(use: Use, app: str, catalogue: Catalogue) -> Iterator[AnyItem]:
    kind, _, rest = use.target.partition(":")
    if kind == "measure" and rest:
        pattern = re.compile(rest)
        for measure in catalogue.shelf().measures.get(app, ()):
            if pattern.search(measure.name) and (item := catalogue.get(measure.id)):
                yield item
        return
    if kind == "table" and rest:
        place = rest.replace("{app}", app).replace("{line}", app.partition("_")[0])
        target = f"table/moz-fx-data-shared-prod.{place}"
    else:
        target = use.target.replace("{app}", app)
    if item := catalogue.get(target):
        yield item


def rung_of(item: AnyItem, rules: Rules) -> str:
    """Where a thing stands in the recommended order."""
    if isinstance(item, MeasureItem):
        return "measure"
    if isinstance(item, TableItem) and not item.ping:
        return next((rung.name for rung in rules.rungs if rung.pattern.search(item.table)), "raw")
    return "raw"


def _order(candidate: Candidate, told: Told) -> tuple[int, ...]:
    distribution = told.intent == "percentiles" and not gives_distribution(candidate.item)
    titled = NUMBER.isdisjoint(words_of(candidate.item.title, ())) if told.number else False
    return (int(distribution), RUNGS.index(candidate.rung), int(titled), candidate.place)


def _query(
    candidates: list[Candidate], subject: Subject, app: str, catalogue: Catalogue
) -> AnswerQuery | None:
    """Of the first that has one; where that is not the one recommended, it says so."""
    first = candidates[0].item
    for each in candidates[: 1 + ALTERNATIVES]:
        asked = asked_of(subject.told, each.item, each.use.product)
        found = query_of(each.item, asked, app, each.use, catalogue)
        if found is None and isinstance(each.item, TableItem) and catalogue.columns_of(each.item.name):
            return None  # what stands behind it tells something else
        if found is None:
            continue
        if each.item.id == first.id:
            return found
        said = f"The columns of {first.name} are not known: this query is of {each.item.name}."
        return replace(found, assumptions=(said, *found.assumptions))
    return None


def _shown(subject: Subject) -> frozenset[str]:
    """What a dashboard must show: the words that were typed, else the first ones of the concept."""
    return subject.words or (subject.concept.wordings[0] if subject.concept else frozenset())


def _is_split(query: AnswerQuery | None, told: Told) -> bool:
    return query is not None and bool(told.by) and all(("by", by) in query.choices for by in told.by)


def _with_notes(query: AnswerQuery | None, item: AnyItem, told: Told) -> AnswerQuery | None:
    """A query with how its rows answer what was asked of one value, or of a share of people."""
    if query is None or not _is_split(query, told):
        return query
    notes = [ONE_ROW.format(all_of((by,))) for by in told.one]
    if shared_out(item, told):
        notes.append(OF_SUM.format(all_of(told.by)))
    return replace(query, assumptions=(*notes, *query.assumptions))


def _why(candidate: Candidate, subject: Subject, rules: Rules) -> str:
    item = candidate.item
    if isinstance(item, MeasureItem):
        official = any(
            t.where == "description" and t.pattern.search(item.description) for t in rules.preferred
        )
        said = "The official measure, as its description says," if official else "A measure of metric-hub"
        over = f" over {item.tables[0]}" if len(item.tables) == 1 else ""
        level = f", looked after as {item.level}" if item.level else ""
        return f"{said}{over}{level}."
    if candidate.rung != "raw" and isinstance(item, TableItem):
        return next(rung.reason for rung in rules.rungs if rung.pattern.search(item.table))
    return f"The raw {item.kind}: nothing that is worked out of it answers this better."


def _sentence(subject: Subject, concept: str, first: Candidate, title: str, app: str) -> str:
    split = f" by {all_of(subject.told.by)}" if subject.told.by else ""
    of = f" of {title}" if title else ""
    said = (
        f"{concept[:1].upper()}{concept[1:]}{of}{split}: use the {first.item.kind} {short_name(first.item)}."
    )
    return said if app or not title else f"{said} No product was named: this is {title}."


def _title(app: str, catalogue: Catalogue) -> str:
    item = catalogue.get(f"app/{app}") if app else None
    return item.title if item else ""


def _facts(item: AnyItem, query: AnswerQuery | None, catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """Of a ratio, its two sides; where there is no query, why."""
    facts: list[tuple[str, str]] = []
    if isinstance(item, MeasureItem) and len(item.operands) == 2:
        facts += [("Numerator", item.operands[0].name), ("Denominator", item.operands[1].name)]
    elif isinstance(item, MeasureItem) and (sides := _sides(item.select_expression)):
        facts += [("Numerator", sides[0]), ("Denominator", sides[1])]
    if query is None and isinstance(item, TableItem):
        facts.append(("Query", NO_AMOUNT if catalogue.columns_of(item.name) else NO_QUERY))
    return tuple(facts)


_RATIO = re.compile(
    r"^\s*(SUM\([^()]*\))\s*/\s*(SUM\([^()]*\))\s*$|^\s*SAFE_DIVIDE\((SUM\([^()]*\)),\s*(SUM\([^()]*\))\)\s*$"
)


def _sides(expression: str) -> tuple[str, str] | None:
    """The two sides of an expression that divides one sum by another."""
    found = _RATIO.match(expression)
    if not found:
        return None
    top, bottom = (each for each in found.groups() if each)
    return top, bottom
