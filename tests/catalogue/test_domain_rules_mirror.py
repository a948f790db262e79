"""The domain rules over the real data: what the catalogue says, against upstream's own files read plainly."""

from __future__ import annotations

import json
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from indexer.crawl.snapshots import SnapshotStore
from indexer.index.generation import open_current
from indexer.model.items import AppItem, TableItem
from indexer.store.reader import Store

pytestmark = pytest.mark.mirror

SHARED = "moz-fx-data-shared-prod"
PROBEINFO = "probeinfo.telemetry.mozilla.org"
SCHEMAS = "github.com/mozilla-services/mozilla-pipeline-schemas/archive/refs/heads/generated-schemas.tar.gz"
SQL = "github.com/mozilla/bigquery-etl/archive/refs/heads/generated-sql.tar.gz"
SECONDS = {"url": "url2", "text": "text2", "jwe": "jwe2", "labeled_rate": "labeled_rate2"}
INFO = {"glean_client_info": "client_info", "glean_internal_info": "ping_info"}


class Real:
    """The catalogue of the mirror, and the mirror's files."""

    def __init__(self, mirror: Path, data: Path) -> None:
        self.mirror = mirror
        opened = open_current(data)
        self.problems = opened.manifest.problems
        self.states = SnapshotStore(data).states()
        self.store = Store(opened.store_path)
        self._items: dict[str, list[Any]] = {}

    def items(self, kind: str) -> list[Any]:
        if kind not in self._items:
            self._items[kind] = self.store.items(self.store.ids(kind))
        return self._items[kind]

    def apps(self) -> dict[str, AppItem]:
        return {app.name: app for app in self.items("app")}

    def tables(self) -> dict[str, TableItem]:
        return {table.id.removeprefix("table/"): table for table in self.items("table")}

    def json(self, path: str) -> Any:
        file = self.mirror / PROBEINFO / path
        return json.loads(file.read_bytes()) if file.is_file() else {}

    @cache  # noqa: B019  one instance for the whole run
    def listings(self) -> list[dict[str, Any]]:
        return list(self.json("v2/glean/app-listings"))

    @cache  # noqa: B019
    def origins(self) -> dict[str, str]:
        """v1_name -> app or library."""
        found = {row["v1_name"]: row["library_name"] for row in self.json("v2/glean/library-variants")}
        return found | {row["v1_name"]: row["app_name"] for row in self.listings()}

    @cache  # noqa: B019
    def repositories(self) -> dict[str, dict[str, Any]]:
        """v1_name -> its metrics."""
        return {v1_name: self.json(f"glean/{v1_name}/metrics") for v1_name in self.origins()}

    @cache  # noqa: B019
    def schemas(self) -> dict[tuple[str, str, int], frozenset[str]]:
        """(namespace, ping, version) -> dotted paths of its .bq."""
        found = {}
        for path, body in members(self.mirror / SCHEMAS):
            if match := re.fullmatch(r"[^/]+/schemas/([^/]+)/[^/]+/([^/]+)\.(\d+)\.bq", path):
                found[match[1], match[2], int(match[3])] = frozenset(paths(json.loads(body)))
        return found

    @cache  # noqa: B019
    def metadata(self) -> dict[str, bool]:
        """project.dataset.table of every metadata.yaml -> whether a schema.yaml lies beside it."""
        names = {path.partition("/sql/")[2] for path, _ in members(self.mirror / SQL, bodies=False)}
        folders = {name.removesuffix("/metadata.yaml") for name in names if name.endswith("/metadata.yaml")}
        return {folder.replace("/", "."): f"{folder}/schema.yaml" in names for folder in folders}

    def columns_of(self, names: set[str]) -> dict[str, frozenset[str]]:
        """project.dataset.table -> dotted paths, of those that have a schema.yaml."""
        known: dict[bytes, frozenset[str]] = {}
        found = {}
        for path, body in members(self.mirror / SQL):
            name = path.partition("/sql/")[2].removesuffix("/schema.yaml").replace("/", ".")
            if path.endswith("/schema.yaml") and name in names:
                if body not in known:
                    fields = yaml.load(body, Loader=yaml.CBaseLoader).get("fields", [])
                    known[body] = frozenset(paths(fields))
                if known[body]:
                    found[name] = known[body]
        return found


def members(path: Path, bodies: bool = True) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isfile():
                file = archive.extractfile(member) if bodies else None
                yield member.name, file.read() if file else b""


def paths(fields: list[dict[str, Any]], above: str = "") -> Iterator[str]:
    for field in fields:
        path = f"{above}{field['name']}"
        yield path
        yield from paths(field.get("fields", []), f"{path}.")


def newest(history: list[dict[str, Any]]) -> dict[str, Any]:
    """The entry with the newest date, of ties the smallest index: rule 2, said another way."""
    return sorted(history, key=lambda h: (h["dates"]["last"], -h["reflog-index"]["last"]))[-1]


@pytest.fixture(scope="module")
def real(mirror: Path, mirror_data: Path) -> Real:
    return Real(mirror, mirror_data)


def test_rule_1_57_apps_have_70_app_ids_with_the_datasets_that_the_listing_says(real: Real) -> None:
    listed = {(row["app_name"], row["app_id"], row["bq_dataset_family"]) for row in real.listings()}
    found = {(app.name, c.app_id, c.dataset) for app in real.items("app") for c in app.channels}
    assert found == listed
    assert (len(real.apps()), len(found)) == (57, 70)


def test_rule_1_every_dependency_that_a_listing_names_is_a_library_of_the_app(real: Real) -> None:
    libraries = {
        row["dependency_name"]: row["library_name"] for row in real.json("v2/glean/library-variants")
    }
    for row in real.listings():
        wanted = {libraries[name] for name in row.get("dependencies", []) if name in libraries}
        assert wanted <= set(real.apps()[row["app_name"]].libraries), row["app_id"]


def test_rule_2_the_newest_definition_speaks_for_every_metric(real: Real) -> None:
    checked = 0
    for metric in real.items("metric"):
        if metric.definition is None:
            continue
        past = [
            newest(metrics[metric.name]["history"])
            for v1_name, metrics in real.repositories().items()
            if real.origins()[v1_name] == metric.origin and metric.name in metrics
        ]
        definition = metric.definition
        assert (definition.last, definition.description.strip()) in {
            (entry["dates"]["last"], entry["description"].strip()) for entry in past
        }, metric.id
        checked += 1
    assert checked > 8_000


def test_rule_2_the_first_entry_of_a_channel_speaks_for_every_probe(real: Real) -> None:
    upstream = real.json("firefox/all/main/all_probes")
    for probe in real.items("probe"):
        history = upstream[probe.name]["history"]
        for channel in history:
            first = next(d for d in probe.definitions if d.channel == channel)
            assert first.last_version == str(history[channel][0]["versions"]["last"]), probe.id


def test_rule_3_all_pings_means_every_ping_of_each_app(real: Real) -> None:
    pings: dict[str, set[str]] = {}
    for ping in real.items("ping"):
        pings.setdefault(ping.app, set()).add(ping.name)
    checked = 0
    for metric in real.items("metric"):
        declared = metric.definition.send_in_pings if metric.definition else ()
        if {"all-pings", "all_pings"} & set(declared):
            for app in metric.apps:
                carried = {row.ping for row in metric.columns if row.app == app}
                assert carried <= pings[app], metric.id
                checked += len(carried)
    assert checked > 500


def test_rule_3_info_metrics_stand_under_their_section_and_only_where_there_is_one(real: Real) -> None:
    pings = {(ping.app, ping.name): ping for ping in real.items("ping")}
    checked = 0
    for metric in real.items("metric"):
        section = next(
            (INFO[p] for p in (metric.definition.send_in_pings if metric.definition else ()) if p in INFO), ""
        )
        for row in metric.columns if section else ():
            assert row.column.split(".")[0] == section or row.note == f"declared for {section}", metric.id
            definition = pings[row.app, row.ping].definition
            assert definition is None or definition.include_info_sections, (metric.id, row)
            if metric.name == "client_id":
                assert definition is None or definition.include_client_id, row
            checked += 1
    assert checked > 5_000


def test_rule_4_every_column_of_a_metric_is_checked_against_the_schema_of_its_table(real: Real) -> None:
    """The view's own schema.yaml where it has one, else the .bq of its ping under the view's names."""
    namespaces = {row["app_id"]: row["document_namespace"] for row in real.listings()}
    rows = [
        (metric, row)
        for metric in real.items("metric")
        if metric.known_from == "probeinfo"
        for row in metric.columns
        if row.column
    ]
    described = real.columns_of({f"{SHARED}.{row.table}" for _, row in rows})
    counted: Counter[bool | None] = Counter()
    wrong = []
    for metric, row in rows:
        schema = described.get(f"{SHARED}.{row.table}")
        spelled = row.column
        if schema is None and row.app_id:
            schema = real.schemas().get((namespaces[row.app_id], row.ping, 1))
            group, _, rest = row.column.partition(".")
            kind, _, leaf = rest.partition(".")
            spelled = (
                f"metrics.{SECONDS[kind]}.{leaf}" if group == "metrics" and kind in SECONDS else row.column
            )
        if schema is not None or row.app_id:
            exists = None if schema is None else spelled in schema
            counted[exists] += 1
            if row.exists is not exists:
                wrong.append((metric.id, row, exists))
    assert wrong == []
    assert counted[True] > 50_000
    assert counted[False] > 20


def test_rule_4_the_stated_column_is_the_one_that_the_rule_gives(real: Real) -> None:
    """Where the name is another, the row says why."""
    for metric in real.items("metric"):
        if metric.known_from != "probeinfo" or metric.type == "event":
            continue
        leaf = re.sub("_+", "_", re.sub(r"[.-]", "_", metric.name))
        info = metric.name.removeprefix("glean.internal.metrics.")
        for row in metric.columns:
            section, _, rest = row.column.partition(".")
            if section != "metrics":
                assert rest == info, (metric.id, row)
            else:
                kind = rest.removesuffix(f".{leaf}")
                assert kind in (metric.type, SECONDS.get(metric.type)) or "type" in row.note or len(
                    {definition.type for definition in metric.history}
                ) > 1, (metric.id, row)  # fmt: skip


def test_rule_4_eleven_pairs_of_names_share_a_column_name_and_are_kept_apart(real: Real) -> None:
    spelled: dict[str, set[str]] = {}
    families: dict[str, set[str]] = {}
    for metric in real.items("metric"):
        if metric.known_from == "probeinfo":
            spelled.setdefault(re.sub(r"[.-]", "_", metric.name), set()).add(metric.name)
            families.setdefault(metric.name, set()).add(metric.family)
    pairs = [sorted(found) for found in spelled.values() if len(found) > 1]
    assert ["browser.search.ad_clicks", "browser_search.ad_clicks"] in pairs
    assert [len(pair) for pair in pairs] == [2] * 11
    for one, other in pairs:
        assert not families[one] & families[other]


def test_rule_5_no_event_has_a_column_and_streams_are_named_only_where_they_exist(real: Real) -> None:
    streams = {name.removeprefix(f"{SHARED}.") for name in real.metadata() if name.endswith(".events_stream")}
    used = set()
    for metric in real.items("metric"):
        for row in metric.columns if metric.type == "event" else ():
            assert row.column == ""
            if row.table.endswith(".events_stream"):
                assert row.table in streams
                assert row.note == f"event = '{metric.name}'"
                used.add(row.table)
            else:
                category, _, name = metric.name.rpartition(".")
                assert row.note == f"UNNEST(events): category = '{category}' AND name = '{name}'"
                assert row.ping != "events" or row.table.replace(".events", ".events_stream") not in streams
    assert len(used) > 20


def test_rule_6_every_table_of_upstream_is_there_and_no_view_gets_columns_by_guessing(real: Real) -> None:
    tables = real.tables()
    functions = {
        name for name in real.metadata() if name.startswith("mozfun.") or name.split(".")[1].startswith("udf")
    }
    wanted = set(real.metadata()) - functions
    assert wanted <= tables.keys()
    assert not functions & tables.keys()
    assert (len(wanted), len(functions)) == (4_616 - 153, 162 + 153)
    views = [tables[name] for name in wanted if tables[name].layer == "view"]
    bare = [view for view in views if not real.metadata()[view.id.removeprefix("table/")]]
    assert 0.4 < len(bare) / len(views) < 0.6
    known = [view for view in bare if view.column_count]
    assert 10 <= len(known) <= 40  # the mirror has no SQL
    for view in known:  # by rule: each shows the stable table of its own name, and nothing else
        assert view.schema_source == "ping", view.id
        for name in view.upstream:
            assert tables[name].base.partition(".")[2] == view.base.partition(".")[2], view.id
    for view in bare:
        assert bool(view.columns_unknown) != bool(view.column_count), view.id


def test_rule_6_every_stable_table_has_exactly_the_columns_of_its_bq(real: Real) -> None:
    datasets = {row["document_namespace"]: row["bq_dataset_family"] for row in real.listings()}
    tables = real.tables()
    for (namespace, ping, version), wanted in real.schemas().items():
        stem = datasets.get(namespace, namespace.replace("-", "_"))
        table = tables[f"{SHARED}.{stem}_stable.{ping.replace('-', '_')}_v{version}"]
        if table.schema_source == ".bq":
            assert {column.path for column in real.store.columns(table.schema_digest)} == wanted, table.id
    assert len(real.schemas()) == 1_042


def test_rule_7_everything_has_a_status_and_all_but_the_active_a_reason(real: Real) -> None:
    counts: Counter[str] = Counter()
    for kind in ("app", "ping", "metric", "probe", "table"):
        for item in real.items(kind):
            counts[item.status] += 1
            assert (item.status == "active") == (item.status_reason == ""), item.id
            states = {row.status for row in getattr(item, "channel_status", ())}
            assert not states or item.status in states, item.id
    assert all(counts[status] > 20 for status in ("active", "expired", "removed", "deprecated", "unknown"))


def test_rule_7_a_metric_that_no_repository_has_in_source_is_never_active(real: Real) -> None:
    for metric in real.items("metric"):
        found = [
            metrics[metric.name]["in-source"]
            for v1_name, metrics in real.repositories().items()
            if real.origins()[v1_name] == metric.origin and metric.name in metrics
        ]
        if found and not any(found):
            assert metric.status not in ("active", "unknown"), metric.id


def test_rule_8_every_column_of_a_probe_is_checked_against_the_bq(real: Real) -> None:
    schemas = {
        "telemetry.main": real.schemas()["telemetry", "main", 5],
        "telemetry.main_use_counter": real.schemas()["telemetry", "main-use-counter", 4],
    }
    counted: Counter[bool] = Counter()
    for probe in real.items("probe"):
        for row in probe.columns if probe.probe_type != "event" else ():
            assert row.exists is (row.column in schemas[row.table]), (probe.id, row)
            use_counter = probe.name.startswith("histogram/USE_COUNTER2_")
            assert use_counter == (row.table == "telemetry.main_use_counter")
            counted[row.exists] += 1
    assert counted[True] > 4_000
    missing = [p.id for p in real.items("probe") if p.columns and not any(r.exists for r in p.columns)]
    assert len(missing) < 0.2 * len(real.items("probe"))


def test_rule_8_every_histogram_column_of_the_bq_belongs_to_a_known_probe_or_to_a_removed_one(
    real: Real,
) -> None:
    stated = {row.column for probe in real.items("probe") for row in probe.columns}
    pattern = re.compile(r"payload\.(?:processes\.\w+\.)?(?:keyed_)?(?:histograms|scalars)\.\w+")
    there = {path for path in real.schemas()["telemetry", "main", 5] if pattern.fullmatch(path)}
    alive = [p for p in real.items("probe") if p.status == "active" and p.probe_type != "event"]
    lost = [
        p.id for p in alive if not {row.column for row in p.columns} & there and "USE_COUNTER2" not in p.id
    ]
    assert len(stated & there) > 2_000
    assert len(lost) < 0.05 * len(alive), lost


def test_rule_10_declared_mirrors_are_matched_and_the_rest_is_counted(real: Real) -> None:
    declared = [m for m in real.items("metric") if m.definition and m.definition.telemetry_mirror]
    matched = [metric for metric in declared if metric.mirrors]
    unmatched = len(declared) - len(matched)
    assert real.problems.get("telemetry_mirror that names no known probe", 0) == unmatched
    assert len(declared) > 1_000
    assert unmatched / len(declared) < 0.01, [
        m.definition.telemetry_mirror for m in declared if not m.mirrors
    ]
    probes = {probe.id: probe for probe in real.items("probe")}
    for metric in matched:
        (probe,) = metric.mirrors
        assert metric.id in probes[probe].mirrors


def test_rule_12_every_source_says_what_it_skipped_and_none_failed(real: Real) -> None:
    assert {name for name, state in real.states.items() if state.error} <= {"experimenter"}
    skipped = sum((Counter(state.skipped) for state in real.states.values()), Counter())
    assert skipped["duplicate column"] > 0
    assert skipped["reference that names no table"] > 0
    assert skipped["bugs: not an address"] > 0
    for state in real.states.values():
        assert state.examples.keys() == state.skipped.keys()


def test_rule_12_no_markup_of_upstream_is_in_names_or_titles(real: Real) -> None:
    for kind in ("app", "ping", "metric", "probe", "table", "measure", "explore"):
        for item in real.items(kind):
            assert not re.search(r"[\x00-\x1f<>]", item.name), item.id
