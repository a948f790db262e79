"""Pages as Markdown, for programs and assistants that read text: things, results, status, help, about.

The facts are those that the tools give (gives.py). What upstream wrote is escaped: it can be read here,
it cannot become a heading, a link, a table or markup of ours. A block of code keeps its text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from indexer.model.kinds import KINDS
from search_app.query.grammar import LANGUAGE
from search_app.sql import SqlQuery
from search_app.web.assistants.gives import Answered, Found, Hit, OpenIn, Part, Place, Standing, Thing
from search_app.web.assistants.markup import (
    block,
    bullets,
    code,
    link,
    page_of,
    prose,
    section,
    table,
    told,
    words,
)
from search_app.web.labels import counted, kind_label, plural, relation_label

STAFF_ONLY = "people at Mozilla only"
# what its labels are, of a kind and type that has others
_LISTED = {
    ("ping", "glean"): "Reasons",
    ("probe", "event"): "Methods, objects and extra keys",
}
_BESIDE = {
    "above": "Page above",
    "previous": "Page before",
    "next": "Next page",
    "below": "Page below",
}


def thing_page(thing: Thing, queries: Sequence[SqlQuery]) -> str:
    """One thing: facts, description, columns, queries, links, what is related."""
    state = thing.status + (", sampled" if thing.sampled else "")
    facts = (
        ("Kind", kind_label(thing.kind)),
        ("Id", code(thing.id)),
        ("Status", f"{state}{f': {words(thing.status_reason)}' if thing.status_reason else ''}"),
        ("Type", words(thing.type)),
        ("Recorded as", words(thing.recorded_as)),
        ("Apps", _named(thing, "apps", code)),
        ("Pings", _named(thing, "pings", code)),
        ("Tables", _named(thing, "tables", code)),
        ("Sensitivity", ", ".join(map(words, thing.sensitivity))),
        ("Expires", _expires(thing)),
        ("First seen", thing.added),
        ("Last changed", thing.changed),
        ("Owners", _named(thing, "owners", words)),
        ("Bugs", _named(thing, "bugs", words)),
        ("Data reviews", _named(thing, "data_reviews", words)),
        *((name, words(value)) for name, value in thing.facts.items()),
        ("Partitioned by", code(thing.partition)),
        ("Use instead", code(thing.use_instead)),
    )
    return page_of(
        words(thing.title or thing.name),
        code(thing.name) if thing.name != thing.title else "",
        bullets(f"{name}: {value}" for name, value in facts if value),
        f"**Warning:** {told(thing.warning)}" if thing.warning else "",
        prose(thing.description) or "It has no description upstream.",
        section("Expression", block(thing.expression, "sql") if thing.expression else ""),
        section(
            "Structure" if thing.type == "object" else "Extras",
            _parts(thing.extras),
            _left(thing, "extras"),
        ),
        section("Tiles", _parts(thing.tiles), _left(thing, "tiles")),
        section("Measures in Looker", _parts(thing.measures), _left(thing, "measures")),
        section("Joined views", _named(thing, "joins", code)),
        section(_LISTED.get((thing.kind, thing.type), "Labels"), _named(thing, "labels", code)),
        section("Columns", _columns(thing), words(thing.columns_unknown)),
        section(
            "Queries",
            *(_query(query) for query in queries),
            f"There is none. {words(thing.no_query)}" if thing.no_query else "",
        ),
        section(
            "In the docs",
            bullets(f"{_BESIDE[each.where]}: {words(each.title)} ({code(each.id)})" for each in thing.book),
            _left(thing, "book"),
        ),
        section("Open in", bullets(map(_open_in, thing.links)), _left(thing, "links")),
        section("Related", bullets(_related(thing))),
        f"{link('Page', thing.url)} · {link('whole record as JSON', thing.json_url)}",
    )


def _left(thing: Thing, name: str) -> str:
    """How many more there are of a list that is cut; "" of one that is whole."""
    left = thing.totals.get(name, 0) - len(getattr(thing, name))
    return f"and {left:,} more" if left > 0 else ""


def _named(thing: Thing, name: str, mark: Callable[[str], str]) -> str:
    """A list of names in a row, and how many are left out of it."""
    return f"{', '.join(map(mark, getattr(thing, name)))} {_left(thing, name)}".strip()


def _expires(thing: Thing) -> str:
    judged = f" (judged against {words(thing.judged_by)})" if thing.judged_by else ""
    return f"{words(thing.expires)}{judged}"


def _parts(parts: Iterable[Part]) -> str:
    return bullets(_part(each.name, each.type, each.description) for each in parts)


def _part(name: str, type_: str, description: str) -> str:
    more = " ".join(part for part in (f"({words(type_)})" if type_ else "", told(description)) if part)
    return f"{code(name)} {more}".rstrip()


def _columns(thing: Thing) -> str:
    rows = [(code(each.table), code(each.column), words(each.type), _of(each)) for each in thing.columns]
    left = thing.columns_total - len(rows)
    more = f"\n\nand {plural(left, 'more row')}, in the record" if left > 0 else ""
    return table(("Table", "Column", "Type", "Of"), rows) + more


def _of(place: Place) -> str:
    where = ", ".join(code(each) for each in (place.app, place.channel, place.ping) if each)
    absent = "not in the schema" if place.exists is False else ""
    return "; ".join(part for part in (where, absent, told(place.note or place.description)) if part)


def _query(query: SqlQuery) -> str:
    notes = bullets(map(words, query.notes))
    return f"### {words(query.title)}\n\n{block(query.sql, 'sql')}" + (f"\n\n{notes}" if notes else "")


def _open_in(each: OpenIn) -> str:
    access = STAFF_ONLY if each.access != "public" else ""
    note = "; ".join(part for part in (words(each.note), access) if part)
    return link(each.label, each.url) + (f" ({note})" if note else "")


def _related(thing: Thing) -> Iterable[str]:
    if thing.reads_besides:
        yield f"Made from, without a page here: {_named(thing, 'reads_besides', code)}"
    for name, ids in thing.related.items():
        more = thing.related_totals.get(name, 0) - len(ids)
        rest = f" and {more:,} more" if more > 0 else ""
        yield f"{relation_label(name, thing.kind)}: {', '.join(map(code, ids))}{rest}"


def results_page(typed: str, found: Found, answer: Answered | None = None) -> str:
    """The hits of a search, and the answer above them where it is a question that has one."""
    told = [f"{words(each)}" for each in found.read_as]
    return page_of(
        f"Search: {code(typed)}" if typed.strip() else "Search",
        f"{plural(found.total, 'hit')}, {found.all_words:,} with all words.",
        f"Read as {', '.join(told)}." if told else "",
        f"Did you mean {code(found.did_you_mean)}?" if found.did_you_mean else "",
        _answer(answer) if answer else "",
        bullets(map(_hit, found.hits)),
        section("Try instead", bullets(map(words, found.try_instead))),
        link("Page", found.url),
    )


def _answer(answer: Answered) -> str:
    facts = (f"{words(each.label)}: {words(each.text)}" for each in answer.facts)
    ways = (f"{link(way.name, way.url)}: {words(way.why)}" for way in answer.recommended)
    others = (f"{link(way.name, way.url)}: {words(way.why)}" for way in answer.alternatives)
    return section(
        "Answer",
        words(answer.sentence),
        bullets(facts),
        bullets(ways),
        block(answer.sql, "sql") if answer.sql else "",
        bullets(map(words, answer.assumptions)),
        f"Dashboards: {', '.join(map(code, answer.dashboards))}" if answer.dashboards else "",
        f"Alternatives:\n\n{bullets(others)}" if answer.alternatives else "",
    )


def problem_page(heading: str, message: str, parameter: str, near: Sequence[tuple[str, str]]) -> str:
    """Why there is no answer, which parameter is at fault, and (name, address) of what comes nearest."""
    fault = f"The parameter is {code(parameter)}." if parameter else ""
    hits = bullets(link(name, url) for name, url in near)
    return page_of(heading, words(message), fault, section("Nearest", hits))


def _hit(hit: Hit) -> str:
    where = ", ".join(map(code, (*hit.apps[:3], *hit.tables[:2])))
    status = f" {hit.status}" + (f" ({words(hit.status_reason)})" if hit.status_reason else "")
    name = hit.title if KINDS[hit.kind].titled else hit.name
    facts = f"{link(name or hit.name, hit.url)} {kind_label(hit.kind).lower()},{status}"
    return f"{facts}{f'; {where}' if where else ''}\n  {words(hit.description or hit.title)}".rstrip()


def status_page(standing: Standing) -> str:
    """How fresh the data is."""
    ages = [
        (code(each.name), each.state, "" if each.hours is None else f"{each.hours:,} h", f"{each.records:,}")
        for each in standing.sources
    ]
    counts = (counted(kind, count) for kind, count in standing.counts.items())
    return page_of(
        "Status",
        words(standing.summary),
        bullets(counts),
        section("Problems", bullets(map(words, standing.problems))),
        section("Sources", table(("Source", "State", "Read", "Records"), ages)),
        f"Generation {code(standing.generation)}, built {words(standing.built_at)}.",
    )


def help_page() -> str:
    """The query language."""
    rows = [(code(form.form), words(form.meaning), code(form.example)) for form in LANGUAGE]
    kinds = (f"{code(name)}: {words(kind.meaning)}" for name, kind in KINDS.items())
    return page_of(
        "How to search",
        "All words are wanted; near misses come later. A name in any spelling finds the thing.",
        table(("Write", "It means", "Try"), rows),
        section("Kinds", bullets(kinds)),
    )


def about_page(root: str, counts: dict[str, int]) -> str:
    """What this site is, and how a program asks it: /about as Markdown, and /llms.txt."""
    kinds = (f"{counted(name, counts.get(name, 0))}: {words(kind.meaning)}" for name, kind in KINDS.items())
    ways = (
        f"{link('Search as Markdown', f'{root}/index.md?q=clients_daily')}: `/index.md?q=…`",
        f"{link('A thing as Markdown', f'{root}/app/fenix.md')}: `.md` behind the address of its page",
        "Each page asked for with `Accept: text/markdown`",
        f"{link('The query language', f'{root}/help.md')}: words, names, `app:`, `kind:`, `status:` and more",
        f"{link('Search as JSON', f'{root}/api/v1/search?q=clients_daily')}",
        f"{link('A record as JSON', f'{root}/api/v1/item/app/fenix')}",
        f"{link('The JSON interface described', f'{root}/api/openapi.json')}",
        f"Model Context Protocol, streamable HTTP: `{root}/mcp`",
        f"{link('How fresh it is', f'{root}/status.md')}",
    )
    return page_of(
        "Starchart",
        "> One search box over everything that Mozilla publishes about its telemetry: from a question to the "
        "metric, the table that holds it, the query that reads it and the dashboard that shows it. It holds "
        "names, descriptions and schemas, never data of users.",
        "Names and descriptions are the words of those upstream. A thing that is not active says why. "
        "Queries are for BigQuery, which people at Mozilla can run; their paths are in the schemas.",
        section("How to ask", bullets(ways)),
        section("What is in it", bullets(kinds)),
    )
