"""Lines as people paste them, made of the catalogue's things: by template, which thing each is about.

A template takes an item and gives a line, or None where it says nothing of that item. Wordings are
our own; names are true. `developed` templates may be looked at while the recogniser is worked on, the others
are kept for judging it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from urllib.parse import quote

from indexer.model.items import AnyItem, MetricItem, PingItem, ProbeItem, TableItem

Line = Callable[[AnyItem], str | None]


@dataclass(frozen=True)
class Template:
    """A way to write of a thing."""

    language: str
    kind: str
    line: Line
    developed: bool = True


@dataclass(frozen=True)
class Written:
    """One line with what it is about."""

    template: Template
    text: str
    item: AnyItem


def lines(items: Sequence[AnyItem], templates: Sequence[Template], each: int, seed: int) -> Iterator[Written]:
    """Up to `each` lines of every template, of things chosen by chance."""
    by_kind: dict[str, list[AnyItem]] = {}
    for item in items:
        by_kind.setdefault(item.kind, []).append(item)
    for number, template in enumerate(templates):
        chance, made = Random(seed * 1_000 + number), 0
        of_kind = by_kind[template.kind]
        for item in chance.sample(of_kind, min(len(of_kind), each * 60)):
            text = template.line(item)
            if text is not None:
                yield Written(template, text, item)
                made += 1
            if made == each:
                break


def humps(text: str) -> str:
    head, *rest = [piece for piece in re.split(r"[._-]", text) if piece]
    return head + "".join(piece[:1].upper() + piece[1:] for piece in rest)


def capital(text: str) -> str:
    made = humps(text)
    return made[:1].upper() + made[1:]


def _parts(item: AnyItem) -> tuple[str, str] | None:
    """Category and name of a metric that code may hold: two parts, and not one of Glean's own."""
    if not isinstance(item, MetricItem) or "." not in item.name or item.name.startswith("glean."):
        return None
    category, _, name = item.name.rpartition(".")
    return category, name


def _metric(write: Callable[[str, str], str], *types: str, apps: tuple[str, ...] = ()) -> Line:
    def line(item: AnyItem) -> str | None:
        parts = _parts(item)
        fits = parts and (not types or item.type in types) and (not apps or set(apps) & set(item.apps))
        return write(*parts) if parts and fits else None

    return line


def _column(write: Callable[[str, str], str]) -> Line:
    """Of a metric with a column of its own in a table: column and table."""

    def line(item: AnyItem) -> str | None:
        if not isinstance(item, MetricItem):
            return None
        rows = [row for row in item.columns if row.exists and row.column.startswith("metrics.")]
        return write(rows[0].column, rows[0].table) if rows else None

    return line


def _probe(write: Callable[[str], str], probe_type: str) -> Line:
    def line(item: AnyItem) -> str | None:
        found = isinstance(item, ProbeItem) and item.probe_type == probe_type
        return write(item.name.partition("/")[2]) if found else None

    return line


def _probe_column(write: Callable[[str], str]) -> Line:
    def line(item: AnyItem) -> str | None:
        rows = (
            [row for row in item.columns if row.exists and row.column] if isinstance(item, ProbeItem) else []
        )
        return write(rows[0].column) if rows else None

    return line


def _legacy_event(write: Callable[[str, str, str], str]) -> Line:
    def line(item: AnyItem) -> str | None:
        if not isinstance(item, ProbeItem) or item.probe_type != "event":
            return None
        known = next((d for d in item.definitions if d.methods and d.objects), None)
        category = item.name.partition("/")[2].partition("#")[0].rpartition(".")[0]
        return write(category, known.methods[0], known.objects[0]) if known else None

    return line


def _table(write: Callable[[str, str, str], str], *layers: str) -> Line:
    def line(item: AnyItem) -> str | None:
        fits = isinstance(item, TableItem) and item.layer in (layers or ("view", "derived"))
        return write(item.project, item.dataset, item.table) if isinstance(item, TableItem) and fits else None

    return line


def _ping(write: Callable[[str, str], str]) -> Line:
    def line(item: AnyItem) -> str | None:
        return write(item.app, item.name) if isinstance(item, PingItem) and not item.legacy else None

    return line


EVENT, COUNTER, LABELED = ("event",), ("counter", "quantity"), ("labeled_counter", "labeled_boolean")
TIMING = ("timing_distribution", "memory_distribution", "custom_distribution")
DESKTOP, MOBILE, IOS = ("firefox_desktop", "gecko"), ("fenix", "focus_android"), ("firefox_ios",)


def _snake(category: str) -> str:
    return category.replace(".", "_").replace("-", "_")


TEMPLATES: tuple[Template, ...] = (
    # ---- code of the products
    Template(
        "C++",
        "metric",
        _metric(lambda c, n: f"  mozilla::glean::{_snake(c)}::{n}.Add(count);", *COUNTER, apps=DESKTOP),
    ),
    Template(
        "C++",
        "metric",
        _metric(lambda c, n: f'glean::{_snake(c)}::{n}.Get("parent"_ns).Add(1);', *LABELED, apps=DESKTOP),
        False,
    ),
    Template(
        "C++",
        "metric",
        _metric(lambda c, n: f"auto id = mozilla::glean::{_snake(c)}::{n}.Start();", *TIMING, apps=DESKTOP),
    ),
    Template(
        "C++",
        "metric",
        _metric(
            lambda c, n: (
                f"glean::{_snake(c)}::{capital(n)}Extra extra{{.value = Some(aValue)}}; "
                f"glean::{_snake(c)}::{n}.Record(Some(extra));"
            ),
            *EVENT,
            apps=DESKTOP,
        ),
        False,
    ),
    Template(
        "C++",
        "probe",
        _probe(lambda n: f"Telemetry::AccumulateTimeDelta(Telemetry::{n}, mStart);", "histogram"),
    ),
    Template(
        "C++", "probe", _probe(lambda n: f"Telemetry::AutoTimer<Telemetry::{n}> timer;", "histogram"), False
    ),
    Template(
        "C++",
        "probe",
        _probe(lambda n: f"Telemetry::ScalarAdd(Telemetry::ScalarID::{_snake(n).upper()}, 1);", "scalar"),
    ),
    Template("JavaScript", "metric", _metric(lambda c, n: f"Glean.{humps(c)}.{humps(n)}.add(1);", *COUNTER)),
    Template(
        "JavaScript",
        "metric",
        _metric(lambda c, n: f"Glean.{humps(c)}.{humps(n)}[reason].add(1); // see below", *LABELED),
        False,
    ),
    Template(
        "JavaScript",
        "metric",
        _metric(
            lambda c, n: f'Glean.{humps(c)}.{humps(n)}.record({{ value: "x", source: aSource }});', *EVENT
        ),
    ),
    Template(
        "JavaScript",
        "metric",
        _metric(lambda c, n: f"let timerId = Glean.{humps(c)}.{humps(n)}.start();", *TIMING),
        False,
    ),
    Template(
        "JavaScript",
        "metric",
        _metric(
            lambda c, n: f'Assert.equal(1, Glean.{humps(c)}.{humps(n)}.testGetValue(), "counted once");',
            *COUNTER,
        ),
    ),
    Template(
        "JavaScript",
        "probe",
        _probe(lambda n: f'Services.telemetry.getHistogramById("{n}").add(value);', "histogram"),
        False,
    ),
    Template(
        "JavaScript", "probe", _probe(lambda n: f'Services.telemetry.scalarSet("{n}", true);', "scalar")
    ),
    Template(
        "JavaScript",
        "probe",
        _legacy_event(lambda c, m, o: f'Services.telemetry.recordEvent("{c}", "{m}", "{o}", null, {{}});'),
        False,
    ),
    Template("JavaScript", "ping", _ping(lambda a, n: f"GleanPings.{humps(n)}.submit();")),
    Template(
        "Kotlin",
        "metric",
        _metric(
            lambda c, n: f"{capital(c)}.{humps(n)}.record({capital(c)}.{capital(n)}Extra(source = source))",
            *EVENT,
            apps=MOBILE,
        ),
    ),
    Template(
        "Kotlin",
        "metric",
        _metric(
            lambda c, n: (
                f"import org.mozilla.fenix.GleanMetrics.{capital(c)} // {capital(c)}.{humps(n)}.add()"
            ),
            *COUNTER,
            apps=MOBILE,
        ),
        False,
    ),
    Template(
        "Kotlin",
        "metric",
        _metric(lambda c, n: f"assertNotNull({capital(c)}.{humps(n)}.testGetValue())", apps=MOBILE),
        False,
    ),
    Template(
        "Java",
        "metric",
        _metric(lambda c, n: f"{capital(c)}.INSTANCE.{humps(n)}().add(1);", *COUNTER, apps=MOBILE),
    ),
    Template(
        "Swift",
        "metric",
        _metric(lambda c, n: f"GleanMetrics.{capital(c)}.{humps(n)}.record(extra)", *EVENT, apps=IOS),
    ),
    Template(
        "Swift",
        "metric",
        _metric(
            lambda c, n: f"        GleanMetrics.{capital(c)}.{humps(n)}.set(isEnabled)", "boolean", apps=IOS
        ),
        False,
    ),
    Template("Rust", "metric", _metric(lambda c, n: f"metrics::{_snake(c)}::{n}.add(1);", *COUNTER)),
    Template(
        "Rust",
        "metric",
        _metric(lambda c, n: f"glean_metrics::{_snake(c)}::{n}.set(num as i64);", "quantity"),
        False,
    ),
    Template("Python", "metric", _metric(lambda c, n: f"metrics.{_snake(c)}.{n}.add()", *COUNTER)),
    # ---- SQL and what makes it
    Template(
        "SQL",
        "metric",
        _column(lambda c, t: f"SELECT DATE(submission_timestamp) AS d, SUM({c}) FROM mozdata.{t} GROUP BY d"),
    ),
    Template(
        "SQL",
        "metric",
        _column(
            lambda c, t: f"select mozfun.hist.percentiles({c}, [0.5]) from `moz-fx-data-shared-prod.{t}` m"
        ),
        False,
    ),
    Template("SQL", "metric", _column(lambda c, t: f"CROSS JOIN UNNEST(m.{c}) AS entry")),
    Template(
        "SQL", "metric", _metric(lambda c, n: f"WHERE event_category = '{c}' AND event_name = '{n}'", *EVENT)
    ),
    Template(
        "SQL",
        "metric",
        _metric(
            lambda c, n: (
                "SELECT JSON_VALUE(event_extra.value) FROM mozdata.fenix.events_stream "
                f"WHERE event = '{c}.{n}'"
            ),
            *EVENT,
        ),
        False,
    ),
    Template(
        "SQL",
        "metric",
        _metric(lambda c, n: f'COUNTIF(e.category = "{c}" AND e.name = "{n}") AS n', *EVENT),
        False,
    ),
    Template(
        "SQL",
        "probe",
        _probe_column(lambda c: f"SELECT sample_id, {c} FROM mozdata.telemetry.main WHERE sample_id = 1"),
    ),
    Template(
        "SQL",
        "table",
        _table(lambda p, d, t: f"SELECT COUNT(*) FROM `{p}.{d}.{t}` WHERE submission_date = '2026-01-31'"),
    ),
    Template(
        "SQL", "table", _table(lambda p, d, t: f"LEFT JOIN `{p}`.{d}.{t} AS t USING (client_id)"), False
    ),
    Template(
        "SQL",
        "table",
        _table(lambda p, d, t: f"create or replace table tmp.mine as select * from {d}.{t} limit 10"),
        False,
    ),
    Template("bq", "table", _table(lambda p, d, t: f"bq show --schema --format=prettyjson {p}:{d}.{t}")),
    Template(
        "bqetl",
        "table",
        _table(lambda p, d, t: f"./bqetl query backfill {d}.{t} --start-date=2026-01-01"),
        False,
    ),
    Template("dbt", "table", _table(lambda p, d, t: f"from {{{{ source('{d}', '{t}') }}}}"), False),
    Template(
        "Python",
        "table",
        _table(lambda p, d, t: f'df = client.query("SELECT * FROM {p}.{d}.{t} LIMIT 5").to_dataframe()'),
    ),
    Template(
        "Python",
        "table",
        _table(lambda p, d, t: f'spark.read.format("bigquery").option("table", "{p}.{d}.{t}").load()'),
        False,
    ),
    Template(
        "Airflow",
        "table",
        _table(
            lambda p, d, t: f'bigquery_etl_query(task_id="x", destination_table="{t}", dataset_id="{d}")',
            "derived",
        ),
    ),
    Template("LookML", "table", _table(lambda p, d, t: f"sql_table_name: `{p}.{d}.{t}` ;;")),
    Template(
        "LookML", "metric", _column(lambda c, t: f"dimension: {c.replace('.', '__')} {{ type: number"), False
    ),
    Template("LookML", "metric", _column(lambda c, t: f"    sql: ${{TABLE}}.{c} ;;")),
    # ---- configuration
    Template("YAML", "probe", _probe(lambda n: f"    telemetry_mirror: {n}", "histogram")),
    Template(
        "JSON", "probe", _probe(lambda n: f'  "{n}": {{ "record_in_processes": ["main"],', "histogram"), False
    ),
    Template("path", "table", _table(lambda p, d, t: f"sql/{p}/{d}/{t}/query.sql", "derived")),
    Template(
        "JSON",
        "metric",
        _metric(lambda c, n: f'{{"category":"{c}","name":"{n}","timestamp":120}}', *EVENT),
        False,
    ),
    # ---- addresses
    Template(
        "Glean Dictionary",
        "metric",
        lambda i: (
            (
                isinstance(i, MetricItem)
                and i.apps
                and f"https://dictionary.telemetry.mozilla.org/apps/{i.apps[0]}/metrics/{_snake(i.name)}"
            )
            or None
        ),
    ),
    Template(
        "Glean Dictionary",
        "ping",
        _ping(lambda a, n: f"dictionary.telemetry.mozilla.org/apps/{a}/pings/{n}"),
        False,
    ),
    Template(
        "Probe Dictionary",
        "probe",
        lambda i: "https://probes.telemetry.mozilla.org/?view=detail&probeId=" + quote(i.name, safe=""),
    ),
    Template(
        "GLAM",
        "metric",
        _metric(
            lambda c, n: f"https://glam.telemetry.mozilla.org/fog/probe/{_snake(c)}_{n}/explore?app_id=beta",
            *TIMING,
        ),
    ),
    Template(
        "GLAM",
        "probe",
        _probe(
            lambda n: (
                f"https://glam.telemetry.mozilla.org/firefox/probe/{_snake(n).lower()}/table?os=Windows"
            ),
            "histogram",
        ),
        False,
    ),
    Template(
        "STMO",
        "metric",
        _column(
            lambda c, t: (
                f"https://sql.telemetry.mozilla.org/queries/110672/source?p_columnName={c}&p_table={t}"
            )
        ),
        False,
    ),
    Template(
        "STMO",
        "metric",
        _metric(
            lambda c, n: (
                f"https://sql.telemetry.mozilla.org/queries/110680?p_table=fenix.events_stream&p_eventCategory={c}&p_eventName={n}"
            ),
            *EVENT,
        ),
    ),
    Template(
        "Looker",
        "metric",
        _column(
            lambda c, t: (
                "https://mozilla.cloud.looker.com/explore/fenix/metrics?fields=metrics.submission_date,metrics."
                + c.replace(".", "__")
                + "&limit=500"
            )
        ),
        False,
    ),
    Template(
        "Searchfox",
        "metric",
        _metric(
            lambda c, n: f"https://searchfox.org/mozilla-central/search?q={humps(c)}.{humps(n)}&path=",
            apps=DESKTOP,
        ),
    ),
    Template(
        "Searchfox",
        "probe",
        _probe(lambda n: f"https://searchfox.org/firefox-main/search?q={n}&case=true", "histogram"),
        False,
    ),
    Template(
        "DataHub",
        "table",
        _table(
            lambda p, d, t: (
                f"https://mozilla.acryl.io/dataset/urn:li:dataset:(urn:li:dataPlatform:bigquery,{p}.{d}.{t},PROD)/Schema"
            )
        ),
    ),
    Template(
        "DataHub",
        "ping",
        _ping(
            lambda a, n: (
                f"https://mozilla.acryl.io/dataset/urn:li:dataset:(urn:li:dataPlatform:Glean,{a}.{n},PROD)"
            )
        ),
        False,
    ),
    Template(
        "BigQuery console",
        "table",
        _table(
            lambda p, d, t: (
                f"https://console.cloud.google.com/bigquery?project=mozdata&p={p}&d={d}&t={t}&page=table"
            )
        ),
        False,
    ),
    Template(
        "bigquery-etl",
        "table",
        _table(
            lambda p, d, t: (
                f"https://github.com/mozilla/bigquery-etl/blob/main/sql/{p}/{d}/{t}/metadata.yaml#L3"
            )
        ),
    ),
)
