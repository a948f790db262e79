"""Tables and views in their layers, joined by what they reference (rule 6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from indexer.catalogue.delays import with_days_behind
from indexer.catalogue.described_tables import (
    from_metadata,
    from_ping_schema,
    merge_stable,
    merge_warehouse,
    place_of,
)
from indexer.catalogue.endings import with_ended_views
from indexer.catalogue.groups import with_groups
from indexer.catalogue.inputs import Inputs
from indexer.catalogue.model import Estate
from indexer.catalogue.samples import with_samples
from indexer.catalogue.schemas import Schemas
from indexer.catalogue.sql_columns import resolve_sql, why_unknown, with_sql
from indexer.model.items import SHARED_PROJECT, USER_PROJECT, TableItem
from indexer.model.replace import replace
from indexer.model.table_records import Dataset
from indexer.sqlread.kept.told import Tell
from indexer.sqlread.texts import ReadAll
from indexer.sqlread.warehouse import Resolved

LEGACY_DATASET, GLEAN_DATASET = "telemetry", "firefox_desktop"


class Tables:
    """Tables by id, found by any of their names."""

    def __init__(
        self, items: Mapping[str, TableItem], resolved: Mapping[str, Resolved] | None = None
    ) -> None:
        self.items = items
        self.resolved = resolved or {}  # what the SQL of a table says, by its id
        self._by_name: dict[str, str] = {}
        for item in sorted(items.values(), key=lambda x: (x.project != SHARED_PROJECT, x.id)):
            self._by_name.setdefault(item.name, item.id)

    def id_of(self, name: str) -> str:
        """The id for dataset.table or project.dataset.table, or "". mozdata is a window on the shared one."""
        parts = name.replace("`", "").replace(":", ".").strip().split(".")
        if len(parts) == 3:
            project = SHARED_PROJECT if parts[0] == USER_PROJECT else parts[0]
            found = f"table/{project}.{parts[1]}.{parts[2]}"
            return found if found in self.items else ""
        if len(parts) == 2:
            return self._by_name.get(".".join(parts), "")
        return ""

    def get(self, name: str) -> TableItem | None:
        """The table of that name, or None."""
        return self.items.get(self.id_of(name))


def build_tables(
    inputs: Inputs,
    estate: Estate,
    schemas: Schemas,
    today: date,
    problems: Counter[str],
    read: ReadAll,
    tell: Tell,
) -> Tables:
    """Every table of generated-sql, every stable table, and what BigQuery itself knows besides."""
    datasets = {row.namespace: row.dataset for row in inputs.listings if row.namespace and row.dataset}
    items: dict[str, TableItem] = {}
    for record in inputs.derived:
        item = from_metadata(record, today)
        if item.id in items:
            problems["table described twice"] += 1
        items[item.id] = item
    for schema in inputs.ping_schemas:
        stable = from_ping_schema(schema, datasets)
        items[stable.id] = merge_stable(items[stable.id], stable) if stable.id in items else stable
    items = _with_datasets(items, inputs.datasets)
    for live in inputs.warehouse:
        merge_warehouse(items, live)
    items = _with_glean_twins(_with_apps(items, estate))
    told = resolve_sql(inputs, items, schemas, read, problems, tell)
    items = {key: with_sql(item, told.get(key), schemas) for key, item in items.items()}
    resolved = {key: each.resolved for key, each in told.items()}
    items = with_ended_views(_with_columns(items, resolved, schemas, problems))
    rows = {key: each.rows for key, each in told.items() if each.rows is not None}
    tables = Tables(with_samples(with_groups(with_days_behind(items, schemas), rows, schemas)))
    return Tables(_with_user_views(tables), resolved)


def _with_datasets(items: dict[str, TableItem], datasets: Iterable[Dataset]) -> dict[str, TableItem]:
    """What dataset_metadata.yaml says of a table's dataset.

    A dataset that is not for users is not shown in mozdata: its views are of an inner layer, as those of a
    dataset called derived are.
    """
    said = {(each.project, each.name): each for each in datasets}
    found = dict(items)
    for key, item in items.items():
        dataset = said.get((item.project, item.dataset))
        if dataset is None:
            continue
        if item.layer == "view" and not dataset.user_facing:
            aliases = tuple(alias for alias in item.aliases if not alias.startswith(f"{USER_PROJECT}."))
            item = replace(item, layer="derived", type="derived", aliases=aliases)
        title, description = dataset.friendly_name, dataset.description
        found[key] = replace(item, dataset_title=title, dataset_description=description)
    return found


def _with_glean_twins(items: dict[str, TableItem]) -> dict[str, TableItem]:
    """Legacy tables with the view of the same name in Firefox's Glean data, where that is not legacy too."""

    def is_legacy(item: TableItem) -> bool:
        beneath = (items.get(f"table/{name}") for name in item.upstream)
        return item.legacy or any(found.legacy for found in beneath if found)

    found = dict(items)
    for key, item in items.items():
        place = place_of(item.dataset, item.table)
        if not item.legacy or place.stem != LEGACY_DATASET:
            continue
        twin = items.get(f"table/{item.project}.{GLEAN_DATASET}.{place.table}")
        if twin is not None and twin.layer == "view" and twin.status == "active" and not is_legacy(twin):
            found[key] = replace(item, glean_twin=twin.id)
    return found


def _with_apps(items: dict[str, TableItem], estate: Estate) -> dict[str, TableItem]:
    """A table belongs to the app whose dataset (or whose name) its dataset is."""
    owners = {dataset: app for app in estate.apps.values() for dataset in app.datasets}
    owners.update((app.name, app) for app in estate.apps.values())
    found: dict[str, TableItem] = {}
    for key, item in items.items():
        app = owners.get(place_of(item.dataset, "").stem)
        if app is not None:
            item = replace(item, apps=(app.name,), app_titles=(app.title,))
            if app.deprecated and item.status == "active":
                item = replace(item, status="deprecated", status_reason=f"{app.title} is deprecated")
        found[key] = item
    return found


def _layers_of(item: TableItem, tables: Tables) -> list[TableItem]:
    """What a view shows: of its references those of the same base name, else all that are known.

    Live tables are described nowhere; each has the columns of its stable twin.
    """
    named = [tables.get(name) or tables.get(name.replace("_live.", "_stable.")) for name in item.upstream]
    known = [found for found in named if found is not None and found.id != item.id]
    own = place_of(item.dataset, item.table).table
    same = [found for found in known if place_of(found.dataset, found.table).table == own]
    return same or known


def _with_columns(
    items: dict[str, TableItem], resolved: Mapping[str, Resolved], schemas: Schemas, problems: Counter[str]
) -> dict[str, TableItem]:
    """Partitioning of views from what they read, however deep; and the columns of views of pings."""
    tables = Tables(items)
    done: dict[str, TableItem] = {}

    def complete(item: TableItem, above: frozenset[str]) -> TableItem:
        if item.id in done:
            return done[item.id]
        if item.id in above:
            problems["view that references itself"] += 1
            return item
        found = item
        if item.layer == "view" or item.table_type == "VIEW":
            beneath = [complete(x, above | {item.id}) for x in _layers_of(item, tables)]
            found = _view_over(item, beneath, schemas)
        count = len(schemas.columns.get(found.schema_digest, ()))
        unknown = "" if count else why_unknown(item, resolved.get(item.id))
        done[item.id] = replace(found, column_count=count, columns_unknown=unknown)
        return done[item.id]

    for item in items.values():
        complete(item, frozenset())
    problems["table without known columns"] += sum(1 for item in done.values() if not item.column_count)
    return done


def _view_over(item: TableItem, beneath: Sequence[TableItem], schemas: Schemas) -> TableItem:
    """The view with columns and partitioning of what it shows. Not with its description, which is of another
    thing: `segmented_dau` is no mapping of country codes because it joins one."""
    if not item.schema_digest and _shows_a_ping(item, beneath):
        found = [
            schemas.of_view(x.schema_digest) if x.layer == "stable" else x.schema_digest for x in beneath
        ]
        item = replace(item, schema_digest=schemas.union(found), schema_source="ping")
    digest = item.schema_digest
    if not digest:
        return item  # no query may name a column of it
    fields = {x.partition_field for x in beneath if x.partition_field}
    if item.partition_field or len(fields) != 1:
        return item
    field = fields.pop()
    if field not in schemas.by_path(digest):
        return item
    first = next(x for x in beneath if x.partition_field)
    return replace(
        item,
        partition_field=field,
        partition_type=first.partition_type,
        partition_filter_required=any(x.partition_filter_required for x in beneath),
        clustering=item.clustering or (first.clustering if len(beneath) == 1 else ()),
    )


def _shows_a_ping(item: TableItem, beneath: Sequence[TableItem]) -> bool:
    """Whether a view without SQL can only be the view of a ping: it reads the stable table of its own name.

    Such a view shows the columns of that table: of 16,748 columns that 17 such views of the whole archive
    get by this rule, their SQL lacks 5 (0.03 %). A view over any other table may leave out and rename as
    it likes (of 618 over a derived table of the same name 33 do): without its SQL its columns are unknown.
    """
    own = place_of(item.dataset, item.table).table
    return (
        not item.made_by
        and len(beneath) == len(item.upstream) > 0
        and all(
            x.schema_digest
            and place_of(x.dataset, x.table).table == own
            and (x.layer == "stable" or (x.layer == "view" and x.schema_source == "ping"))
            for x in beneath
        )
    )


def _with_user_views(tables: Tables) -> dict[str, TableItem]:
    """Names for each table of an inner layer the view that people should use, and adds who reads it."""
    readers: dict[str, list[str]] = {}
    for item in tables.items.values():
        for name in item.upstream:
            if (key := tables.id_of(name)) and key != item.id:
                readers.setdefault(key, []).append(item.id)
    found: dict[str, TableItem] = {}
    for key, item in tables.items.items():
        downstream = readers.get(key, [])
        view = "" if item.layer == "view" else _user_view(item, downstream, tables)
        names = (tables.items[view].name, item.name) if view else item.tables
        found[key] = replace(
            item,
            user_view=view,
            tables=names,
            downstream=tuple(x.removeprefix("table/") for x in sorted(downstream)),
        )
    return found


def _user_view(item: TableItem, downstream: Sequence[str], tables: Tables) -> str:
    """The view of its name where that shows it, else one that reads nothing else. A view passes on to the
    next version one day, and is none of the version before any more."""
    by_name = tables.get(f"{item.project}.{item.base}")
    if by_name is not None and by_name.layer == "view" and _shows(by_name, item, tables):
        return by_name.id
    views = [tables.items[key] for key in downstream if tables.items[key].layer == "view"]
    alone = [view for view in views if len(view.upstream) == 1]
    return min((view.id for view in alone), default="")


def _shows(view: TableItem, item: TableItem, tables: Tables) -> bool:
    """Whether a view reads a table, itself or through views. Of one whose reads are not known its name tells.

    A live table is shown by the view of its stable twin; public tables stand in a project of their own, too.
    """
    own = f"{item.dataset}.{item.table}".replace("_live.", "_stable.", 1)
    views, seen = [view], {view.id}
    while views:
        for name in views.pop().upstream:
            if name.partition(".")[2] == own:
                return True
            beneath = tables.get(name)
            if beneath is not None and beneath.layer == "view" and beneath.id not in seen:
                seen.add(beneath.id)
                views.append(beneath)
    return not view.upstream
