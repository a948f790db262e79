"""metric-hub's metrics, data sources, segments and dimensions, resolved to rows, tables and columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from indexer.catalogue.column_owners import ColumnOwners
from indexer.catalogue.measure_reading import MeasureReading, one_select, read_measure, short_names, texts_of
from indexer.catalogue.measure_rows import (
    Rows,
    divided_tables,
    operands_of,
    rows_of,
    said_of_products,
    source_of,
    why_no_expression,
)
from indexer.catalogue.model import Estate, Link, humanise
from indexer.catalogue.samples import sample_kept
from indexer.catalogue.schemas import Schemas
from indexer.catalogue.sub_queries import read_sub_query
from indexer.catalogue.tables import Tables
from indexer.model.definitions import MeasureRows, Operand, ReadColumn, SubQuery
from indexer.model.items import MeasureItem
from indexer.model.records import Measure
from indexer.model.replace import replace
from indexer.sqlread.model import Reading
from indexer.sqlread.texts import ReadAll, digest_of, read_here, reading_of
from indexer.sqlread.values import Shape, shape_of_columns

SURE_SCHEMAS = frozenset({"schema.yaml", ".bq", "SQL", "bigquery"})  # others are put together
NO_EXPRESSION = "COUNT(*)"  # what is read of a data source
MOST_COLUMNS = 100  # of one measure that are kept


@dataclass(slots=True)
class MeasureMaker:
    """Makes measures and what each leads to."""

    estate: Estate
    tables: Tables
    schemas: Schemas
    owners: ColumnOwners
    problems: Counter[str]
    read: ReadAll = read_here
    sources: Mapping[tuple[str, str], Measure] = field(default_factory=dict)
    metrics: Mapping[tuple[str, str], Measure] = field(default_factory=dict)
    divided: Mapping[str, str] = field(default_factory=dict)  # see divided_tables
    _kept: Mapping[str, str] = field(default_factory=dict)  # readings of SQL by digest
    _shapes: dict[str, Shape] = field(default_factory=dict)
    _readings: dict[tuple[str, MeasureRows], MeasureReading] = field(default_factory=dict)
    _sub_queries: dict[str, SubQuery | None] = field(default_factory=dict)  # by the source of rows

    def items(self, records: Sequence[Measure]) -> tuple[list[MeasureItem], list[Link]]:
        """One item for each definition, and what each reads."""
        self.sources = {(row.platform, row.name): row for row in records if row.type == "data_source"}
        self.metrics = {(row.platform, row.name): row for row in records if row.type == "metric"}
        self.divided = divided_tables(self.sources)
        self._kept = self.read(self._texts(records))
        items: list[MeasureItem] = []
        links: list[Link] = []
        for record in records:
            item, reading = self._item(record)
            items.append(item)
            links += self._links(record, item, reading)
        return items, links

    def _texts(self, records: Sequence[Measure]) -> list[str]:
        """All SQL that is to be read, each text once: it is untrusted, and read with limits."""
        pairs = ((record, rows_of(record, self.sources).rows) for record in records)
        found = {
            text: None
            for record, rows in pairs
            if rows is not None
            for text in texts_of(record.select_expression or NO_EXPRESSION, rows)
        }
        return list(found)

    def _item(self, record: Measure) -> tuple[MeasureItem, MeasureReading]:
        names = self._table_names(record)
        rows = rows_of(record, self.sources)
        operands = self._operands(record)
        reading = self._read(record, rows, operands)
        item = _described(record, self.estate, [_two_parts(name) for name in names])
        if record.type == "metric" and not record.select_expression:
            rows = replace(
                rows, rows=None, reason="" if operands else why_no_expression(record, self.metrics)
            )
        reason = rows.reason or reading.reason
        if reason:
            self.problems[f"measure without a query: {reason.partition(':')[0].rstrip('.')}"] += 1
        made_of = reading.used if record.type == "data_source" else reading.made_of
        mixed = said_of_products(record, self.sources, self.divided)
        item = replace(
            item,
            rows=None
            if reason or rows.rows is None
            else self._with_told(record, self._with_sub_query(rows.rows)),
            operands=tuple(
                replace(each, rows=self._with_told(self.metrics[record.platform, each.name], each.rows))
                for each in operands
            ),
            no_query=reason,
            value=reading.value,
            columns=tuple(ReadColumn(*each) for each in short_names(made_of)[:MOST_COLUMNS]),
            assumptions=(mixed, *rows.assumptions) if mixed else rows.assumptions,
            mixed=bool(mixed),
        )
        return item, reading

    def _operands(self, record: Measure) -> tuple[Operand, ...]:
        """Both sides of the ratio that a metric is or has; none where one of them cannot be asked."""
        found = operands_of(record, self.metrics, self.sources) if record.type == "metric" else ()
        return () if any(self._reading(each.expression, each.rows).reason for each in found) else found

    def _read(self, record: Measure, rows: Rows, operands: Sequence[Operand]) -> MeasureReading:
        if record.type != "metric" or record.select_expression:
            expression = record.select_expression or NO_EXPRESSION
            return self._reading(expression, rows.rows) if rows.rows is not None else MeasureReading()
        parts = [self._reading(each.expression, each.rows) for each in operands]
        return MeasureReading(
            value="number",
            made_of=frozenset().union(*(part.made_of for part in parts)),
            used=frozenset().union(*(part.used for part in parts)),
            events=tuple(event for part in parts for event in part.events),
        )

    def _reading(self, expression: str, rows: MeasureRows) -> MeasureReading:
        key = (expression, rows)
        if key not in self._readings:
            self._readings[key] = read_measure(
                expression, rows, self._reading_of, self._shape_of, self._is_sure
            )
        return self._readings[key]

    def _with_sub_query(self, rows: MeasureRows) -> MeasureRows:
        if rows.source not in self._sub_queries:
            select = one_select(self._reading_of(texts_of(NO_EXPRESSION, rows)[1]))
            found = read_sub_query(rows.source, select, self._shape_of) if select is not None else None
            self._sub_queries[rows.source] = found
        return replace(rows, sub_query=self._sub_queries[rows.source])

    def _with_told(self, record: Measure, rows: MeasureRows) -> MeasureRows:
        """Rows with how far their newest day lies back, as far as the least of the tables that have days,
        and with the sample of clients that they, or all of their tables, are made from."""
        read = [self.tables.get(name) for name in self._table_names(record)]
        if rows.day:
            days = [table.days_behind for table in read if table is not None and table.partition_field]
            rows = replace(rows, days_behind=min(days, default=0))
        samples = [table.sample if table is not None else "" for table in read]
        of_all = samples[0] if samples and all(samples) else ""
        return replace(rows, sample=sample_kept(rows.source) or of_all)

    def _reading_of(self, text: str) -> Reading:
        return reading_of(self._kept.get(digest_of(text), ""))

    def _shape_of(self, name: str) -> Shape | None:
        table = self.tables.get(name)
        if table is None or not table.schema_digest:
            return None
        digest = table.schema_digest
        if digest not in self._shapes:
            columns = self.schemas.columns.get(digest, ())
            self._shapes[digest] = shape_of_columns((c.path, c.type, c.mode, "") for c in columns)
        return self._shapes[digest]

    def _is_sure(self, name: str) -> bool:
        table = self.tables.get(name)
        return table is not None and table.schema_source != "ping"

    def _table_names(self, record: Measure) -> tuple[str, ...]:
        """Tables of its own expression, else of its data source; `{dataset}` is the platform's own."""
        source = source_of(record, self.sources)
        if source is None:
            if record.data_source:
                self.problems["measure whose data source is not defined"] += 1
            return ()
        return tuple(dict.fromkeys(name.replace("{dataset}", record.platform) for name in source.tables))

    def _links(self, record: Measure, item: MeasureItem, reading: MeasureReading) -> list[Link]:
        names = self._table_names(record)
        ids = list(dict.fromkeys(key for name in names if (key := self.tables.id_of(name))))
        self.problems["table that a measure names and nobody knows"] += sum(
            1 for name in names if not self.tables.id_of(name)
        )
        links = [Link(item.id, key, "table", "measure", record.type == "data_source") for key in ids]
        views = dict.fromkeys(self.tables.items[key].user_view for key in ids)
        links += [Link(view, item.id, "measure") for view in views if view and view not in ids]
        source = source_of(record, self.sources)
        if source is not None and source is not record:
            target = f"measure/data_source/{source.platform}/{source.name}"
            links.append(Link(item.id, target, "data_source", "measure", True))
        found = [key for each in item.columns for key in self.owners.of_column(f"{each.table}", each.column)]
        found += [key for event in reading.events for key in self.owners.of_events(event)]
        found = self.of_its_apps(item, dict.fromkeys(found))
        links += [Link(item.id, key, key.partition("/")[0], "measure", True) for key in found]
        links += [
            Link(item.id, self.tables.items[key].ping, "ping", "measure")
            for key in ids
            if self.tables.items[key].ping
        ]
        links += [Link(item.id, explore, "explore", "measure") for explore in _explores(item)]
        links += [
            Link(
                item.id, f"measure/metric/{record.platform}/{name.partition('.')[0]}", "depends_on", "measure"
            )
            for name in (*(each.name for each in item.operands), *record.depends_on)
            if name.partition(".")[0] != record.name  # the numerator of a ratio is often the measure itself
        ]
        links += [Link(item.id, f"app/{app}", "app", "measure", True) for app in item.apps]
        return links

    def of_its_apps(self, item: MeasureItem, found: Iterable[str]) -> list[str]:
        """Of what fills its columns, what its app sends, or one whose dataset its tables are in.

        A table of all mobile apps is made of what each of them sends; a measure takes the rows of one.
        """
        if not item.apps:
            return list(found)
        datasets = {name.partition(".")[0] for name in item.tables}
        apps = {name for name, app in self.estate.apps.items() if datasets & {name, *app.datasets}}
        wanted = apps.union(item.apps)
        return [key for key in found if wanted.intersection(self.owners.apps_of(key))]


def _explores(item: MeasureItem) -> Iterable[str]:
    """The Looker explore that is made of its data source; looker-hub names it so."""
    name = item.data_source or (item.name if item.type == "data_source" else "")
    return (f"explore/{item.platform}/metric_definitions_{name}",) if name else ()


def _two_parts(name: str) -> str:
    return ".".join(name.replace("`", "").split(".")[-2:])


def _described(record: Measure, estate: Estate, names: Sequence[str]) -> MeasureItem:
    """A measure with what its record says."""
    app = estate.apps.get(record.platform)
    tables = tuple(dict.fromkeys(names))
    statistics = tuple(dict.fromkeys(each.name for each in record.statistics))
    return MeasureItem(
        id=f"measure/{record.type}/{record.platform}/{record.name}",
        kind="measure",
        name=record.name,
        title=record.friendly_name or humanise(record.name),
        description=record.description,
        apps=(app.name,) if app else (),
        app_titles=(app.title,) if app else (),
        type=record.type,
        tables=tables,
        datasets=tuple(dict.fromkeys(name.split(".", 1)[0] for name in tables)),
        status="deprecated" if record.deprecated else "active",
        status_reason="deprecated in metric-hub" if record.deprecated else "",
        tags=tuple(tag for tag in (record.category, record.level) if tag),
        owners=record.owners,
        aliases=(f"{record.platform}.{record.name}",),
        labels=(*statistics, record.platform),
        platform=record.platform,
        select_expression=record.select_expression,
        data_source=record.data_source,
        from_expression=record.from_expression,
        statistics=record.statistics,
        window=record.window,
        category=record.category,
        layers=record.layers,
        defined_by=record.defined_by,
        uses=record.uses,
        value_type=record.value_type,
        level=record.level,
        depends_on=record.depends_on,
    )
