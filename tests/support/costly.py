"""Requests that may cost much, for every route: ordinary ones, and what somebody sends who means harm.

The largest things of each kind are asked for, with all that their pages take; searches have as many words,
prefixes, phrases, filters and ways out as may be sent, of the words that stand in most things.
"""

from __future__ import annotations

import json
import random
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from urllib.parse import quote, urlencode

from indexer.model.ids import item_path
from indexer.model.kinds import KINDS
from search_app.query.grammar import FACETS, FILTER_FORMS
from search_app.query.model import SORTS

LARGEST, OTHERS = 4, 6  # things of each kind: those with most to tell, and any
RANDOM_SEARCHES = 60
_COMMON = """
the of to in for and is a this firefox metric telemetry data user number count time client event
browser page search ping id version os normalized country date submission payload
"""
COMMON = _COMMON.split()
LETTERS = "abcdefghijklmnopqrstuvwxyz012345"
NOTHING = "zzqxj"  # no word of any thing: then ways out are looked for


@dataclass(frozen=True, slots=True)
class Ask:
    """One request; `body` is posted as JSON."""

    rule: str
    address: str
    body: str = ""


def hostile_texts() -> list[str]:
    """Texts that make a search work hard."""
    prefixes = [f"{letter}*" for letter in LETTERS]
    halves = [f'"{one} {two}"' for one, two in pairwise(COMMON)]
    filters = " ".join(f"{form.name}:a" for form in FILTER_FORMS)
    spans = " ".join(f"{name}:{span}" for name in ("added", "changed", "removed", "expires")
                     for span in ("2001..2030", "1d", "90d"))  # fmt: skip
    return [
        "*", "a*", "-a*", " OR ".join(prefixes), " ".join(prefixes),
        " ".join(f"-{each}" for each in prefixes),
        " OR ".join(COMMON), " ".join(COMMON), " ".join(halves), " OR ".join(halves),
        " ".join(f"-{each}" for each in COMMON), f'"{" ".join(COMMON)}"',
        '"the the the the the the the the"',
        " ".join(f"{word}x{word[::-1]}" for word in COMMON), " ".join(f"{word[:-1]}q" for word in COMMON),
        f"{NOTHING} {filters}", f"{NOTHING} {' '.join(COMMON)} app:fenix type:counter status:active",
        filters, spans, f"{NOTHING} {spans} kind:metric,probe,table",
        " ".join(f"{NOTHING}{n}" for n in range(32)),
        "x" * 500, "\u8a9e" * 500, "\U0001f52d" * 250, "a.b_c" * 100, "aB" * 250, "_" * 500, "." * 500,
        "a " * 250,
        '"' * 500, "(" * 500, "-" * 500, "OR " * 160, "a: " * 160, "::" * 250, "e\u0301" * 250,
        "\u0130" * 500,
        "sql:select sql:from sql:where sql:as sql:and", 'sql:"select * from"', 'sql:"a b c d e f g"',
        "column:a",
        " ".join(f"column:{each}" for each in LETTERS), " ".join(f"owner:{each}" for each in LETTERS),
        " ".join(f"{name}:{each}" for name in ("extra", "label", "bug", "tag") for each in LETTERS[:20]),
        " ".join(f"-{name}:{each}" for name in ("extra", "label", "owner") for each in LETTERS[:20]),
        "SELECT " + ", ".join(f"t{n}.metrics.counter.a_{n}" for n in range(30))
        + " FROM mozdata.fenix.metrics",
        "SELECT a FROM " + " JOIN ".join(f"telemetry.clients_daily_{n}" for n in range(20)),
        "https://sql.telemetry.mozilla.org/" + "a/" * 200, "payload.histograms.gc_ms " * 19, "GC_MS" * 100,
        "how many people use firefox on android in germany every day by country and channel and version",
        "what replaced the histogram that counted how often the page load failed on nightly and beta",
    ]  # fmt: skip


def random_texts(chance: random.Random, words: list[str]) -> Iterator[str]:
    """Texts of words that things have, in all forms."""
    marks = ("", "", "", "-", "OR ", '"')
    for _ in range(RANDOM_SEARCHES):
        pieces = []
        for _ in range(chance.randrange(1, 28)):
            word = chance.choice(words)
            cut = word[: chance.randrange(1, len(word) + 1)]
            mark = chance.choice(marks)
            pieces.append(
                f'"{word} {chance.choice(words)}"' if mark == '"'
                else mark + (f"{cut}*" if chance.random() < 0.4 else word)
            )  # fmt: skip
        yield " ".join(pieces)[:500]


def searches(chance: random.Random, words: list[str]) -> list[dict[str, str]]:
    """Parameters of searches."""
    hard = hostile_texts()
    found = [{"q": text} for text in (*hard, *random_texts(chance, words))]
    found += [{"q": text, "size": "100", "explain": "1"} for text in hard]
    found += [
        {"q": q, "sort": sort, "size": "100", "page": "100"} for q in ("", "a*", "the") for sort in SORTS
    ]
    found += [{"q": "the", name: "a"} for name in (form.name for form in FILTER_FORMS)]
    found += [{"q": NOTHING, **dict.fromkeys(FACETS, "a" * 400)}, {"q": "", "facets": ",".join(FACETS)}]
    return [each for each in found if len(urlencode(each)) < 7_500]


class World:
    """The things of a generation that are asked for, by kind."""

    def __init__(self, store: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self._store = sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)
        self.ids = {kind: self._chosen(kind) for kind in KINDS}

    def _chosen(self, kind: str) -> list[str]:
        rows = self._store.execute("SELECT id, length(body) FROM item WHERE kind = ?", (kind,)).fetchall()
        rows.sort(key=lambda row: (-row[1], row[0]))
        largest, others = rows[:LARGEST], rows[LARGEST:]
        return [row[0] for row in (*largest, *self.chance.sample(others, min(OTHERS, len(others))))]

    def all_ids(self) -> list[str]:
        return [each for ids in self.ids.values() for each in ids]

    def apps(self) -> list[str]:
        """All apps: each has two more pages."""
        return [
            row[0].partition("/")[2] for row in self._store.execute("SELECT id FROM item WHERE kind = 'app'")
        ]

    def words(self) -> list[str]:
        """Words of names of things."""
        rows = self._store.execute("SELECT id FROM item ORDER BY id").fetchall()
        chosen = self.chance.sample(rows, min(2_000, len(rows)))
        return sorted({part for row in chosen for part in re.split(r"[/._\s]+", row[0]) if part})


def every_ask(world: World) -> Iterator[Ask]:
    """All requests, by their route."""
    params = searches(world.chance, world.words())
    texts = [each["q"] for each in params if set(each) == {"q"}]
    for rule in ("/", "/api/v1/search"):
        yield from (Ask(rule, f"{rule}?{urlencode(each)}") for each in params)
    hard = [each for each in params if each.get("q") not in texts[len(hostile_texts()) :]]
    for rule in ("/index.md", "/feed.atom", "/export.csv", "/export.json"):
        yield from (Ask(rule, f"{rule}?{urlencode(each)}") for each in hard)
    for text in texts:
        asked = urlencode({"q": text})
        yield Ask("/suggest", f"/suggest?{asked}")
        yield Ask("/api/v1/suggest", f"/api/v1/suggest?{asked}&limit=50")
        yield Ask("/go", f"/go?{asked}")
        yield Ask("/go", f"/go?{urlencode({'q': f'!glam {text}'})}")
    for kind in KINDS:
        for text in ("", *hostile_texts()[:12]):
            yield Ask(f"/api/v1/{kind}s", f"/api/v1/{kind}s?{urlencode({'q': text, 'size': 100})}")
    yield from _of_things(world)
    yield from _of_queries(world)
    yield from _of_assistants(world, texts)
    for text in ("moz", "com", "mozilla.com", "@mo", "a@b", "...", "zzz", "\u8a9e" * 100, "o" * 400):
        for rule in ("/mine", "/mine.md", "/mine.atom"):
            yield Ask(rule, f"{rule}?{urlencode({'owner': text})}")
    for kind in ("places", *KINDS, "nothing"):
        for number in (1, 2, 99999999):
            yield Ask("/sitemap/<kind>-<int:number>.xml", f"/sitemap/{kind}-{number}.xml")
    for address in ("/map", "/map.md", "/status", "/status.md", "/help", "/help.md", "/about", "/about.md",
                    "/llms.txt",
                    "/api/v1/status", "/api/openapi.json", "/api/v1/openapi.json", "/opensearch.xml",
                    "/healthz",
                    "/readyz", "/metrics", "/robots.txt", "/sitemap.xml", "/"):  # fmt: skip
        yield Ask(address, address)
    for name in ("fenix", "nothing"):
        yield Ask("/map/<name>", f"/map/{name}")
    yield Ask("/static/<path:filename>", "/static/starchart.js")


def few_of_each(asks: Iterable[Ask], number: int) -> list[Ask]:
    """So many requests of each route, evenly of all, and all batches of assistants."""
    by_rule: dict[str, list[Ask]] = {}
    for ask in asks:
        by_rule.setdefault(ask.rule, []).append(ask)
    chosen = [each for found in by_rule.values() for each in found[:: max(1, -(-len(found) // number))]]
    return [*chosen, *(ask for ask in by_rule["/mcp"] if ask.body.startswith("["))]


def _of_things(world: World) -> Iterator[Ask]:
    for item_id in world.all_ids():
        kind, path = item_id.partition("/")[0], item_path(item_id)
        rule = f"/{kind}/<path:rest>"
        for more in ("", "?find=a", "?find=.", "?of_type=STRING&find=e", f"?find={'a.' * 200}",
                     "?in_app=fenix&in_ping=metrics", "?column=client_info", f"?column={'x' * 400}",
                     ".md"):  # fmt: skip
            yield Ask(rule, path + more)
        yield Ask("/peek/<path:item_id>", f"/peek{path}")
        for more in ("", "?columns_size=1000&metrics_size=200", "?columns_page=99999&metrics_page=2"):
            yield Ask("/api/v1/item/<path:item_id>", f"/api/v1/item{path}{more}")
        near = path[:-1] + "q"  # lost: what was meant is looked for
        yield Ask(rule, near)
        yield Ask("/api/v1/item/<path:item_id>", f"/api/v1/item{near}")
    for kind in KINDS:
        for lost in ("x" * 3_000, "a.b.c." * 300, "%0a" * 500, "a/" * 500, quote("\u8a9e" * 300)):
            yield Ask(f"/{kind}/<path:rest>", f"/{kind}/{lost}")
    for name in world.apps():
        for page in ("map", "map.md", "collects", "collects.md"):
            yield Ask(f"/app/<name>/{page}", f"/app/{quote(name, safe='')}/{page}")


def _of_queries(world: World) -> Iterator[Ask]:
    choices = ("", "by=country,channel,version,os", "by=label,date,week,month", "by=extra:a,column:b",
               "days=400",
               "measure=percentiles&by=date", "sample=100&app=fenix", f"column={'a' * 400}",
               "column=client_id")  # fmt: skip
    for kind in ("metric", "probe", "table", "ping", "measure", "explore", "app"):
        for item_id in world.ids[kind]:
            for more in choices:
                asked = f"thing={quote(item_id)}&{more}"
                yield Ask("/sql", f"/sql?{asked}")
        for item_id, more in zip(world.ids[kind][:LARGEST], choices[1:], strict=False):
            for rule in ("/sql.md", "/api/v1/sql", "/sql/query.sql", "/sql/query.ipynb"):
                yield Ask(rule, f"{rule}?thing={quote(item_id)}&{more}")
    for kind in ("metric", "probe", "table", "ping"):
        largest = world.ids[kind]
        for one, two in combinations(largest[:LARGEST], 2):
            yield Ask("/sql", f"/sql?thing={quote(one)}&with={quote(two)}")
        for rule in ("/compare", "/compare.md", "/api/v1/compare"):
            for some in (largest[:2], largest[:4], largest[4:8]):
                yield Ask(rule, f"{rule}?{urlencode([('id', each) for each in some])}")
    for mixed in (["metric", "table", "ping", "probe"], ["table", "ping"]):
        ids = urlencode([("id", world.ids[kind][0]) for kind in mixed])
        yield from (Ask(rule, f"{rule}?{ids}") for rule in ("/compare", "/compare.md", "/api/v1/compare"))


def _of_assistants(world: World, texts: list[str]) -> Iterator[Ask]:
    def call(tool: str, **arguments: object) -> dict[str, object]:
        return {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": tool, "arguments": arguments},
        }

    calls = [call("search", query=text[:500], limit=20) for text in texts if text.strip()]
    calls += [call("answer", question=text[:160]) for text in texts if text.strip()]
    calls += [call("dashboards", query=text[:500], limit=20) for text in texts[:60]]
    calls += [call("get", id=each, most_columns=200) for each in world.all_ids()]
    calls += [call("sql", id=each, limit=10) for each in world.all_ids()]
    calls += [
        call("compare", ids=world.ids[kind][:4], all_rows=True)
        for kind in ("metric", "probe", "table", "ping")
    ]
    calls += [call("status")]
    for each in calls:
        yield Ask("/mcp", "/mcp", json.dumps(each))
    slowest = [call("search", query=text[:500], limit=20) for text in texts[:20]]
    yield Ask("/mcp", "/mcp", json.dumps(slowest))
    yield Ask("/mcp", "/mcp", json.dumps([call("compare", ids=world.ids["table"][:4], all_rows=True)] * 20))
    yield Ask("/mcp", "/mcp", json.dumps([call("sql", id=world.ids["metric"][0], limit=10)] * 20))
