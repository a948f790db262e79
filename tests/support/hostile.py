"""An upstream that means harm: every text field of every source has something nasty in it."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from flask.testing import FlaskClient

from indexer.build_job import build
from indexer.config import Config
from indexer.crawl.crawl import crawl
from indexer.model.ids import item_path
from indexer.sources._documents import MAX_DEPTH
from search_app import tools
from tests.support.upstream import ANNOTATIONS, LOOKER, SQL, Upstream, built

HTML = '<script>alert(1)</script><img src=x onerror=alert(2)><b onclick="alert(3)">bold</b>'
MARKDOWN = (
    "[click](javascript:alert(4)) ![pic](javascript:alert(5)) <iframe src='https://evil.example'></iframe>\n\n"
    '[ok](https://example.org/a?b="onmouseover=alert(6)) `</code><script>alert(7)</script>`\n\n'
    "<style>body{display:none}</style>\n\n</main></body></html>\n\n{{ 7*7 }} {% include 'base.html' %}"
)
CONTROL = "left\u202eright \x00\x01\x08\x1b[31m\ufeff\u2028 \ud800 \U000e0001 zalgo\u0301\u0302\u0303"
HUGE = "word " * 14_000  # above what a page shows of one text
QUOTES = "\"'`><&;--/*"
NASTY = (HTML, MARKDOWN, CONTROL, QUOTES, HUGE)
EVIL = "https://evil.example"
AROUND = 5  # braces of a metrics file around the structure of an object
DEEPEST = (MAX_DEPTH - AROUND) // 2  # levels of an object that are still read, of two braces each


def hostile() -> Upstream:
    """Every text field of every source with something nasty in it."""
    world = Upstream()
    world.versions(nightly=150, beta=149, release=148)
    world.app(
        "fenix",
        canonical_app_name=HTML,
        app_description=MARKDOWN,
        description=CONTROL,
        url="javascript:alert(8)",
    )
    world.app("two", notification_emails=[HTML, None, 7], dependencies=[None, HTML], app_channel=QUOTES)
    world.ping("fenix", "metrics", description=MARKDOWN, reasons={HTML: MARKDOWN, "null": None, "": HUGE})
    world.ping("fenix", f"odd {QUOTES}", description=HTML)
    for number, text in enumerate(NASTY):
        world.metric(
            "fenix",
            f"nasty.number_{number}",
            type="event" if number % 2 else "labeled_counter",
            description=text,
            labels=[text, None, 3, HTML],
            extra_keys={text[:400]: {"type": text, "description": text}},
            bugs=["javascript:alert(9)", text, "https://example.org/\"onclick='alert(10)'", None, -1],
            data_reviews=[text],
            notification_emails=[text, f"{text[:50]}@example.org"],
            metadata={"tags": [text[:300], "Search"]},
            data_sensitivity=[text[:200]],
            expires=text[:300],
            source_url="javascript:alert(11)",
            send_in_pings=["metrics", text],
            telemetry_mirror=text[:300],
            unit=text,
        )
    world.metric("fenix", f"name.{QUOTES}", description="A name that no parser should like.")
    world.metric("fenix", "deep.object", type="object", structure=nested(DEEPEST))
    world.probe("histogram", f"BAD_{QUOTES}", description=HTML, labels=[HTML, None])
    world.probe("event", "bad.event#x", methods=[HTML], objects=[MARKDOWN, None], record_in_processes=[HTML])
    world.stable(
        "fenix",
        "metrics",
        {"client_info.client_id": "STRING", "metrics.labeled_counter.nasty_number_0*": "RECORD"},
    )
    for number, text in enumerate(NASTY[:4]):
        world.table(
            f"fenix_derived.nasty_{number}_v1",
            {"client_id": "STRING", f"col{number}": "STRING"},
            friendly_name=text,
            description=text,
            owners=[text, None, {"a": [text]}],
            labels={"k": text, "n": None},
            references={"query.sql": ["..", text, "a.b", 7, None]},
            scheduling={"dag_name": text},
            deletion_date=text[:40],
        )
        folder = f"{SQL}/moz-fx-data-shared-prod/fenix_derived/nasty_{number}_v1"
        world.files[f"{folder}/README.md"] = text
        world.files[f"{folder}/query.sql"] = f"SELECT '{text}' -- {text}"
    world.files[f"{SQL}/moz-fx-data-shared-prod/fenix_derived/broken_v1/metadata.yaml"] = "a: [\x00"
    world.doc("bad/page.md", f"# {HTML}\n\n{MARKDOWN}\n\n## {CONTROL}\n\n{HTML}\n\n```sql\n{HTML}\n```\n")
    world.doc("bad/empty.md", "")
    world.doc("bad/<b>name.md", "# Name\n\nText.")
    world.measures(
        "definitions/fenix.toml",
        f"[metrics.nasty]\nfriendly_name = '''{HTML}'''\ndescription = '''{MARKDOWN}'''\n"
        f"select_expression = '''{HTML}'''\ndata_source = 'nowhere'\nowner = ['x', 7]\n",
    )
    world.measures("definitions/broken.toml", "[metrics\n")
    world.files[LOOKER] = json.dumps(
        {
            "fenix": {
                "pretty_name": HTML,
                "explores": {HTML: {"type": MARKDOWN, "views": {"base_view": QUOTES}}},
            },
            "x": None,
        }
    )
    world.files[ANNOTATIONS] = json.dumps(
        {
            "fenix": {
                "metrics": {"nasty.number_0": {"content": MARKDOWN, "warning": HTML, "tags": [HTML, None]}},
                "logo": "javascript:alert(12)",
            }
        }
    )
    return world


def more_hostile(world: Upstream) -> None:
    """What further pages are made of: queries, dashboards, routines, and things that will go."""
    world.app("reach", canonical_app_name=QUOTES, app_description=HTML)
    world.ping("reach", "metrics", description=MARKDOWN)
    for number, text in enumerate(NASTY[:4]):
        world.metric(
            "reach",
            f"elsewhere.number_{number}",
            type="labeled_counter",
            description=text,
            labels=[text[:200], "it's", "b`c", "*/ -- d"],
            bugs=[f"{EVIL}/bug/{number}", f"https://bugzilla.mozilla.org.evil.example/{number}"],
            data_reviews=[f"{EVIL}/review", "//evil.example/x", "https:\\\\evil.example\\y"],
            notification_emails=[f"owner{QUOTES}@example.org", HTML],
        )
        world.metric("reach", f"leaving.number_{number}", description=text, labels=[text])
        world.routine(
            f"mozfun.nasty.routine_{number}",
            f"CREATE FUNCTION f(a STRING) AS ('{text[:300]}');",
            text,
            friendly_name=text[:300],
            description=text,
        )
        tile = {"name": text[:200], "title": text[:200], "explore": "metrics", "fields": [text[:100]]}
        world.dashboard("fenix", f"nasty_{number}", tile, title=text[:300], description=text)
    world.stable(
        "reach",
        "metrics",
        {
            "client_info.client_id": "STRING",
            "submission_timestamp": "TIMESTAMP",
            "metrics.labeled_counter.elsewhere_number_0*": "RECORD",
            "metrics.labeled_counter.elsewhere_number_0.key": "STRING",
            "metrics.labeled_counter.elsewhere_number_0.value": "INTEGER",
        },
    )
    world.view("reach.metrics", "reach_stable.metrics_v1", columns={"client_id": "STRING", QUOTES: "STRING"})
    world.experiment(f"slug-{QUOTES}", "reach", {"elsewhere.number_0": True})


TYPED = tuple(text.encode(errors="replace").decode() for text in NASTY[:4])  # as an address can say it
LEAVING = tuple(f"metric/reach/leaving.number_{number}" for number in range(4))


def hostile_data(folder: Path) -> Config:
    """The settings of a server of it all, in which the things of LEAVING have gone."""
    world = hostile()
    more_hostile(world)
    config = built(world, folder)
    for metric in LEAVING:
        world.without_metric("reach", metric.rpartition("/")[2])
    world.write(folder / "mirror")
    crawl(config, ("glean",))
    build(config)
    return config


def pages(client: FlaskClient) -> list[str]:
    """The addresses of all HTML pages of what a server has: of things, and of what is made of them."""
    hits = every_hit(client)
    ids = [each["id"] for each in hits]
    comparable = [each for each in ids if each.startswith(("metric/", "probe/", "table/", "ping/"))]
    made = [f"/sql?thing={quote(each, safe='')}" for each in comparable]
    made += [
        f"/compare?{urlencode([('id', one), ('id', other)])}"
        for one, other in pairwise(comparable)
        if one.partition("/")[0] == other.partition("/")[0]
    ]
    for owner in ("example", "owner\"'", "<script>", "<img src=x onerror=alert(1)>"):
        made += [f"/mine?{urlencode({'owner': owner})}", f"/?{urlencode({'q': f'owner:{owner}'})}"]
    for text in (*TYPED, "nasty", "elsewhere", "alert", *ids):
        made.append(f"/?{urlencode({'q': text[:300]})}")
    for app in ("fenix", "reach", "two"):
        made += [f"/app/{app}/map", f"/app/{app}/collects"]
    made += ["/", "/?q=", "/map", "/status", "/help", "/about", "/nothing/here", f"/metric/{quote(HTML)}"]
    return [*(each["url"] for each in hits), *map(item_path, LEAVING), *made]


def every_hit(client: FlaskClient) -> list[dict[str, Any]]:
    """All things as hits; those that are shown as one hit, each by itself."""
    found = client.get("/api/v1/search?size=100&facets=").get_json()["hits"]
    return [each for hit in found for each in (hit, *hit["variants"])]


def jumps(client: FlaskClient) -> list[str]:
    """Addresses that may redirect: `/go` for all things with and without each bang, and old addresses."""
    bangs = ["", *(f"!{bang} " for bang in tools.bangs())]
    names = [each["name"][:200] for each in every_hit(client)]
    found = [f"/go?{urlencode({'q': name})}" for name in names]
    found += [f"/go?{urlencode({'q': f'{bang}{name}'})}" for name in names[::4] for bang in bangs]
    found += [f"/go?{urlencode({'q': f'!bug {name}'})}" for name in names]
    found += [f"/go?{urlencode({'q': text[:300]})}" for text in (*TYPED, f"!bug {EVIL}", f"{EVIL}/bug/1")]
    for path in ("//evil.example/x", "/\\evil.example", "/metric//evil.example/", "/go?q=//evil.example"):
        found.append(path)
    return [
        *found,
        *(f"{item_path(each)}/" for each in (*LEAVING, *(hit["id"] for hit in every_hit(client)))),
    ]


def nested(depth: int) -> dict[str, object]:
    node: dict[str, object] = {"type": "string", "description": HTML}
    for _ in range(depth):
        node = {"type": "object", "properties": {"x": node}}
    return node
