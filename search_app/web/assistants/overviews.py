"""Pages of many things as Markdown: the maps, what an app collects, a query with choices, things compared."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.model.items import AppItem
from search_app.sql.builder.choices import Option
from search_app.web.assistants.markup import block, bullets, code, link, page_of, section, table, words
from search_app.web.assistants.things import LONGEST_NOTE, cut, page, root
from search_app.web.comparing.comparison import Compared, Row
from search_app.web.comparing.facts import Shown
from search_app.web.items.collects import Collected, Collects, Listed
from search_app.web.items.owned import FirstHits, Owned
from search_app.web.labels import plural
from search_app.web.maps.flow_view import FlowView
from search_app.web.maps.galaxy_view import GalaxyView
from search_app.web.markdown import plain, safe_href
from search_app.web.queries.chosen import ChosenQuery

MOST_REVIEWS = 3
NO_CLIENT_ID = "No definition of a ping in use says that it carries the client id."
UNKNOWN = "Of {} no definition is published: what of that is collected now is not known."
NO_SWITCH = "Which switch does it is not published where Starchart reads."


def map_page(view: GalaxyView) -> str:
    """All apps, by platform."""
    groups = (
        section(
            words(name.capitalize()),
            table(
                ("App", "State", "Metrics", "Collected now"),
                (
                    (
                        link(row.title, root() + row.url),
                        row.status,
                        f"{row.metrics:,}",
                        f"{row.collected:,}" if row.kept_up else "no longer kept up",
                    )
                    for row in rows
                ),
            ),
        )
        for name, rows in view.groups
    )
    return page_of("Map of all apps", f"{plural(view.apps, 'app')}, {view.dead:,} of them no more.", *groups)


def app_map_page(view: FlowView) -> str:
    """The pings of an app, the types of their metrics, the tables that hold them."""
    rows = (
        (
            link(row.name, root() + row.url),
            row.status,
            f"{row.metrics:,}",
            ", ".join(f"{words(name)} {count:,}" for name, count, _, _ in row.types),
            ", ".join(code(each.name) for each in row.tables),
        )
        for row in view.rows
    )
    return page_of(
        f"Map of {words(view.app.title)}",
        f"{plural(view.metrics, 'metric')} in all; one can go in several pings.",
        f"Types: without the {plural(len(view.carried), 'metric')} that come with every ping."
        if view.carried
        else "",
        table(("Ping", "State", "Metrics", "Types", "Table"), rows) or "No ping of it is known.",
    )


def mine_page(view: Owned | None, shortest: int) -> str:
    """What an owner's things need; how to ask, where nobody is named."""
    if view is None:
        return page_of("What you own", f"Add `?owner=` and at least {shortest} letters of an address.")
    if not view.total:
        return page_of(f"What {words(view.owner)} owns", "No metric, probe or ping names this owner.")
    until = f"By Firefox {view.last_version}, or within eight weeks" if view.last_version else ""
    judged = f"{until} (judged against {words(view.by)}{'; ' * bool(view.warning)}{words(view.warning)})."
    unknown = "Within eight weeks: which version of Firefox is out is not known here."
    return page_of(
        f"What {words(view.owner)} owns",
        f"{link(plural(view.total, 'thing'), root() + view.url)}: metrics, probes and pings.",
        section(f"Ends soon ({view.ending.total:,})", judged if until else unknown, _owned(view.ending)),
        section(f"Expired, still defined ({view.expired.total:,})", _owned(view.expired)),
        section(f"Without a description ({view.undescribed.total:,})", _owned(view.undescribed)),
    )


def _owned(first: FirstHits) -> str:
    """Things in a list, each with its kind, its apps and its end."""
    cards = (hit.card for hit in first.hits)
    told = [
        f"{link(each.name, page(each.id))}: "
        + words(", ".join(filter(None, (each.kind, *each.app, each.expires))))
        for each in cards
    ]
    more = first.total - len(first.hits)
    return bullets(told) + (f"\n\nand {more:,} more" if more else "") if told else "Nothing."


def collects_page(app: AppItem, view: Collects) -> str:
    """What an app collects, most sensitive first, and how to switch it off."""
    unstated = f"{plural(view.unstated, 'metric')} without a category."
    legacy = f"{plural(view.probes, 'probe')} from before Glean, which state no category."
    return page_of(
        f"What {words(app.title)} collects",
        f"{plural(view.total, 'metric')} now, by the categories of Mozilla's data collection policy.",
        UNKNOWN.format(plural(view.unknown, "more metric")) if view.unknown else "",
        *map(_category, view.categories),
        section("Not stated", unstated if view.unstated else ""),
        section("Legacy probes", legacy if view.probes else ""),
        section("What tells one installation from others", *_ids(view)),
        section("How to switch it off", *_switch(view)),
    )


def _category(each: Listed) -> str:
    return section(f"{words(each.label)} ({each.total:,})", words(each.words), _listed(each))


def _ids(view: Collects) -> Iterator[str]:
    pings = bullets(link(ping.name, page(ping.id)) for ping in view.pings_with_id)
    yield f"The client id goes with these pings:\n\n{pings}" if pings else NO_CLIENT_ID
    yield from (f"Metrics of type {words(each.label)}:\n\n{_listed(each)}" for each in view.ids)


def _switch(view: Collects) -> Iterator[str]:
    yield f"Mozilla's help for users: {link(*view.switch)}." if view.switch else NO_SWITCH
    if view.deletion:
        yield f"One last ping tells that it was: {link(view.deletion.name, page(view.deletion.id))}."
    yield bullets(link(doc.title, page(doc.id)) for doc in view.docs)


def _listed(listed: Listed) -> str:
    more = f"\n- and more: {link('all', root() + listed.url)}" if listed.total > len(listed.things) else ""
    return bullets(map(_collected, listed.things)) + more


def _collected(each: Collected) -> str:
    source = each.item.definition.source_url if each.item.definition else ""
    proofs = [("definition", source), *(("data review", review) for review in each.reviews[:MOST_REVIEWS])]
    told = [link(label, safe_href(address)) for label, address in proofs if safe_href(address)]
    text = words(cut(plain(each.item.description), LONGEST_NOTE)) or "It has no description upstream."
    return " ".join([f"{link(each.item.name, page(each.item.id))}:", text, *told])


def query_page(made: ChosenQuery) -> str:
    """A query with what can be chosen of it."""
    choices = (
        f"{code(choice.name)}: " + (", ".join(map(_option, choice.options)) or words(choice.reason))
        for choice in made.choices
        if choice.reason or any(each.value for each in choice.options)
    )
    return page_of(
        words(made.query.title),
        bullets(words(each) for each in made.left_out),
        block(made.query.sql, "sql"),
        bullets(words(each) for each in (*made.query.notes, made.query.access)),
        section("What can be chosen", "What is chosen now stands in bold.", bullets(choices)),
        link("Page", root() + made.address("/sql")),
    )


def _option(option: Option) -> str:
    """A value as it is asked for; what is chosen by naming none, in words."""
    told = code(option.value) if option.value else words(option.words)
    return f"**{told}**" if option.chosen else told


def comparison_page(compared: Compared) -> str:
    """Things side by side: their facts, states, places, columns and lineage."""
    head = ("", *map(words, compared.labels))
    parts = (
        section(words(each.title), words(each.note), table(head, map(_row, each.rows)))
        for each in compared.sections
    )
    names = " and ".join(map(words, compared.labels))
    return page_of(names, *parts, link("Page", root() + compared.address("/compare")))


def _row(row: Row) -> tuple[str, ...]:
    return (words(row.words), *(_told(values) for values in row.values))


def _told(values: tuple[Shown, ...]) -> str:
    return "; ".join(words(cut(each.text, LONGEST_NOTE)) for each in values)
