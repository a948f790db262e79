"""Cards of one thing: is it alive, what replaced it, who owns it, when it is sent, where it is stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from indexer.model.items import AnyItem, AppItem, DocItem, MetricItem, PingItem, ProbeItem, TableItem
from indexer.model.liveness import parse_expiry
from indexer.text.analysis import spelling_key
from search_app.answers.catalogue import Catalogue, Successor, standing_of, successor_of
from search_app.answers.model import Answer, AnswerQuery, Recommended, short_name, stated
from search_app.answers.queries import query_of
from search_app.answers.reading import Told
from search_app.answers.rules import NOTHING_SAID, Rules
from search_app.answers.things import Asked

MOST_OWNERS = 5
GROUP = 4  # things of a group that are named
MOST_REASONS = 6
SHOWN = 300  # characters of upstream's text
NOTHING_DECLARED = "Nothing that is published names a replacement."


def answer_fact(
    intent: str, item: AnyItem, asked: Asked, catalogue: Catalogue, rules: Rules
) -> Answer | None:
    """The card of a fact about one thing; None where nothing is known of it."""
    makers: dict[str, Callable[..., Answer | None]] = {
        "alive": _alive, "replaced": _replaced, "owner": _owner, "when_sent": _when_sent,
        "where_stored": _where_stored, "collected": _collected,
    }  # fmt: skip
    return makers[intent](item, asked, catalogue, rules)


def _alive(item: AnyItem, asked: Asked, catalogue: Catalogue, rules: Rules) -> Answer:
    standing = standing_of(item, catalogue, rules)
    state = standing.status
    if not standing.usable and state == "active":
        state = "deprecated"
    state = stated(state, standing.reason)
    successor = successor_of(item, catalogue, rules, asked.seen)
    facts = [("State", state), ("Replaced by", _named(successor) if successor else NOTHING_DECLARED)]
    if item.expires:
        facts.append(("Expires", item.expires))
    return Answer(
        intent="alive",
        concept=short_name(item),
        sentence=f"{short_name(item)} is {state}.{_until(item) if state == 'active' else ''}",
        app=_app(item, asked),
        recommended=(Recommended(item, f"It is {state}."),),
        alternatives=(Recommended(successor.item, _why(successor)),) if successor else (),
        facts=tuple(facts),
    )


def _until(item: AnyItem) -> str:
    """When it expires, a sentence: in a version, on a day, or never; "" where nothing is said."""
    expiry = parse_expiry(item.expires)
    if not item.expires or expiry.kind not in ("never", "version", "date"):
        return ""
    if expiry.kind == "never":
        return " It never expires."
    return f" It expires {f'in Firefox {expiry.version}' if expiry.kind == 'version' else f'on {expiry.on}'}."


def _replaced(item: AnyItem, asked: Asked, catalogue: Catalogue, rules: Rules) -> Answer:
    successor = successor_of(item, catalogue, rules, asked.seen)
    if successor is None and (probe := _probe_of_its_name(item, asked, catalogue)):
        item, successor = probe, successor_of(probe, catalogue, rules, asked.seen)
    if successor is None:
        return _not_replaced(item, asked, catalogue, rules)
    verb = "replace" if successor.others else "replaces"
    new, old = _all_of(successor), short_name(item)
    if new == old:
        new, old = f"The Glean metric {new}", "the legacy probe of that name"
    return Answer(
        intent="replaced",
        concept=short_name(item),
        sentence=f"{new} {verb if successor.sure else f'probably {verb}'} {old}: {successor.why}.",
        app=_app(item, asked),
        recommended=tuple(
            Recommended(each, _why(successor)) for each in (successor.item, *successor.others[: GROUP - 1])
        ),
        alternatives=(Recommended(item, "What was asked about."),),
        facts=(("State of the old one", stated(item.status, item.status_reason)),),
    )


def _probe_of_its_name(item: AnyItem, asked: Asked, catalogue: Catalogue) -> ProbeItem | None:
    """The legacy probe that a metric of the same name replaces: who asks what replaced it means the probe."""
    if not isinstance(item, MetricItem) or asked.kind == "metric":
        return None
    for probe_id in (*item.mirrors, *(probe_id for probe_id, _ in item.replaces)):
        probe = catalogue.get(probe_id)
        if isinstance(probe, ProbeItem) and spelling_key(short_name(probe)) == spelling_key(item.name):
            return probe
    return None


def _not_replaced(item: AnyItem, asked: Asked, catalogue: Catalogue, rules: Rules) -> Answer:
    """That no replacement is known, not that there is none; and the state of what was asked about."""
    found = _alive(item, asked, catalogue, rules)
    return replace(
        found,
        intent="replaced",
        sentence=f"No replacement of {short_name(item)} is known: nothing that is published names one.",
        facts=tuple(fact for fact in found.facts if fact[0] != "Replaced by"),
    )


def _why(successor: Successor) -> str:
    said = f"{successor.why[:1].upper()}{successor.why[1:]}."
    return said if successor.sure else f"Probably, nothing declares it: {successor.why}."


def _all_of(successor: Successor) -> str:
    more = len(successor.others)
    return short_name(successor.item) + (f" and {more} other{'s' if more > 1 else ''}" if more else "")


def _named(successor: Successor) -> str:
    return _all_of(successor) + ("" if successor.sure else ", probably")


def _owner(item: AnyItem, asked: Asked, catalogue: Catalogue, rules: Rules) -> Answer:
    owners = item.owners[:MOST_OWNERS]
    more = len(item.owners) - len(owners)
    people = ", ".join(owners) + (f" and {more} more" if more else "")
    said = (
        f"{item.name}: {people}." if owners else f"Nothing that is published names an owner of {item.name}."
    )
    return Answer(
        intent="owner",
        concept=short_name(item),
        sentence=said,
        app=_app(item, asked),
        recommended=(Recommended(item, "Its metadata names them." if owners else "It names nobody."),),
        facts=tuple(("Owner", owner) for owner in owners),
    )


def answer_gone(asked: Asked, catalogue: Catalogue, rules: Rules) -> Answer | None:
    """What came after a table that the catalogue has no more; None where no rule knows it."""
    gone = rules.gone.get(asked.text.strip("`").lower())
    if gone is None or asked.kind not in ("", "table") or asked.apps:
        return None
    found = [item for each in gone.instead if (item := catalogue.get(each)) is not None]
    found = [item for item in found if standing_of(item, catalogue, rules).usable]
    if not found:
        return None
    told = catalogue.get(gone.told)
    why = f"{gone.reason}."
    return Answer(
        intent="replaced",
        concept=gone.name,
        sentence=f"{gone.name} is published no more: use {short_name(found[0])}.",
        recommended=(Recommended(found[0], why),),
        alternatives=tuple(
            [*(Recommended(item, why) for item in found[1:2])]
            + ([Recommended(told, "The section of the docs that says so.")] if told else [])
        ),
        facts=(("State of the old one", "not in the catalogue any more"),),
    )


def _when_sent(item: AnyItem, asked: Asked, catalogue: Catalogue, rules: Rules) -> Answer | None:
    """The sentences of a ping's own text that tell it, else those of the docs; None where neither does."""
    if not isinstance(item, PingItem):
        return None
    sections = [doc for each in item.related.get("described_by", ()) if (doc := catalogue.get(each))]
    texts = [item.description, *(doc.section.text for doc in sections if isinstance(doc, DocItem))]
    said = next((found for text in texts if (found := telling_when(text))), "")
    if not said:
        return None
    reasons = item.definition.reasons if item.definition else {}
    # one text for all reasons says nothing of any
    told = reasons if len(set(reasons.values())) > 1 or len(reasons) == 1 else {}
    facts = [(f"Reason {name}", _shortened(" ".join(str(text).split()))) for name, text in told.items()]
    return Answer(
        intent="when_sent",
        concept=f"{item.name} ping",
        sentence=said,
        app=item.app,
        recommended=(
            Recommended(item, "The ping with its whole description and the reasons for which it is sent."),
        ),
        alternatives=tuple(Recommended(doc, "The section of the docs about it.") for doc in sections[:2]),
        facts=tuple(facts[:MOST_REASONS]),
    )


# what a sentence says that tells when a ping goes out
_WHEN = re.compile(
    r"\b(?:sent|sends?|submit(?:s|ted)?|schedul\w+|trigger\w*|once|daily|every)\b", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?)])\s+(?=[A-Z`*\"(])|\n\s*\n")


def telling_when(text: str) -> str:
    """The first two sentences that tell when, else the beginning."""
    sentences = [" ".join(each.split()) for each in _SENTENCE.split(text) if each.strip()]
    telling = [each for each in sentences if _WHEN.search(each)][:2]
    return _shortened(" ".join(telling or sentences[:2]))


def _where_stored(item: AnyItem, asked: Asked, catalogue: Catalogue, rules: Rules) -> Answer | None:
    app = asked.apps[0] if asked.apps else ""
    places = [(table, column) for table, column in _places(item, app)]
    chosen: list[Recommended] = []
    for table, column in places:
        found = catalogue.get(f"table/moz-fx-data-shared-prod.{table}")
        if found is not None and all(each.item.id != found.id for each in chosen):
            why = f"Column {column}." if column else "The view for users: it stands before its stable table."
            chosen.append(Recommended(found, why))
    if not chosen:
        return None
    first = chosen[0]
    column = next((column for table, column in places if table == first.item.name), "")
    said = f"{short_name(item)} is stored in {first.item.name}"
    return Answer(
        intent="where_stored",
        concept=short_name(item),
        sentence=f"{said}, column {column}." if column else f"{said}.",
        app=app or _app(item, asked),
        recommended=tuple(chosen[:1]),
        alternatives=(*chosen[1:2], Recommended(item, "What was asked about.")),
        query=_stored_query(item, app, first.item, catalogue),
    )


def _stored_query(item: AnyItem, app: str, table: AnyItem, catalogue: Catalogue) -> AnswerQuery | None:
    row = next((row for row in getattr(item, "columns", ()) if row.table == table.name), None)
    found = query_of(item, Told(""), row.app if row else app, NOTHING_SAID, catalogue)
    return found if found is not None and found.query.table == table.name else None


def _places(item: AnyItem, app: str) -> Iterator[tuple[str, str]]:
    """(table, column) of a thing, in the product that is asked for, views over all channels first."""
    if isinstance(item, MetricItem | ProbeItem):
        rows = [row for row in item.columns if row.exists is not False and app in ("", row.app)]
        rows.sort(key=lambda row: (row.app_id != "", row.app != "firefox_desktop", row.ping != "metrics"))
        yield from ((row.table, row.column) for row in rows)
    elif isinstance(item, PingItem):
        yield from ((table, "") for table in item.tables)
    elif isinstance(item, TableItem):
        yield item.name, ""


def _collected(item: AnyItem, asked: Asked, catalogue: Catalogue, rules: Rules) -> Answer | None:
    """A group: what a ping or product holds by type; of one metric its sensitivity."""
    facts: list[tuple[str, str]] = []
    if isinstance(item, MetricItem):
        known = ", ".join(item.sensitivity)
        said = f"{item.name} is {known} data." if known else f"No sensitivity is declared for {item.name}."
        facts.append(("Sensitivity", known or "not declared"))
        if item.related.get("ping"):
            facts.append(
                ("Sent in", ", ".join(each.partition("/")[2] for each in item.related["ping"][:GROUP]))
            )
    elif isinstance(item, PingItem | AppItem):
        types = sorted(item.metric_types.items(), key=lambda each: -each[1])
        if not types:
            return None
        said = f"{item.title} holds {item.metric_count:,} metrics{_of_these(item)}."
        facts += [(kind.replace("_", " "), f"{count:,}") for kind, count in types[: 2 * GROUP]]
        if item.sensitivity:
            facts.append(("Sensitivity", ", ".join(item.sensitivity)))
    else:
        return None
    return Answer(
        intent="collected",
        concept=short_name(item),
        sentence=said,
        app=_app(item, asked),
        recommended=(Recommended(item, "Its page lists all of it."),),
        facts=tuple(facts),
    )


def _of_these(item: PingItem | AppItem) -> str:
    """How many of its metrics are collected now, where it is not over and that is not true of all."""
    if item.status not in ("active", "unknown"):
        return ", none of which is collected now"
    statuses = (
        item.metric_statuses
        if isinstance(item, AppItem)
        else {
            "active": item.metrics_active,
            "unknown": item.metrics_unknown,
        }
    )
    now, unknown = statuses.get("active", 0), statuses.get("unknown", 0)
    if now == item.metric_count:
        return ""
    return f", {now:,} of which are collected now" + (f"; of {unknown:,} it is not known" if unknown else "")


def _app(item: AnyItem, asked: Asked) -> str:
    if asked.apps:
        return asked.apps[0]
    return item.apps[0] if len(item.apps) == 1 else ""


_MARKUP = re.compile(r"[*`]|\[([^\]]*)\]\([^)]*\)")


def _shortened(text: str) -> str:
    plain = _MARKUP.sub(lambda found: found.group(1) or "", text)
    return plain if len(plain) <= SHOWN else f"{plain[:SHOWN].rsplit(' ', 1)[0]} …"
