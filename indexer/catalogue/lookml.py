"""What the LookML of an explore and its views adds to it: label, description, joined views, measures.

A measure's columns are told only where its view names a table, and that table's schema has the column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from indexer.catalogue.model import Link, humanise
from indexer.catalogue.schemas import Schemas
from indexer.catalogue.tables import Tables
from indexer.model.items import ExploreItem
from indexer.model.lookml_records import LookmlExplore, LookmlView
from indexer.model.parts import ExploreMeasure
from indexer.model.replace import replace

MOST_MEASURES = 300  # of one explore; that of a large ping has over a thousand sums, all alike
MOST_LINKS = 50  # things that an explore is linked to for its measures


class Lookml:
    """All definitions by namespace and name. Without any, explores stay as they are."""

    def __init__(
        self, explores: Sequence[LookmlExplore], views: Sequence[LookmlView], tables: Tables, schemas: Schemas
    ) -> None:
        self._explores = {(each.namespace, each.name): each for each in explores}
        self._views = {(each.namespace, each.name): each for each in views}
        self._tables = tables
        self._schemas = schemas

    def told(self, item: ExploreItem) -> ExploreItem:
        """The explore with what its LookML says; itself where there is none."""
        record = self._explores.get((item.namespace, item.name))
        if record is None:
            return item
        named = dict.fromkeys((record.view, *record.joins))
        views = [view for name in named if (view := self._views.get((item.namespace, name)))]
        measures = tuple(each for view in views for each in self._measures(view))[:MOST_MEASURES]
        return replace(
            item,
            label=record.label,
            description=record.description or item.description or _about(measures),
            joins=record.joins,
            measures=measures,
            times=views[0].times if views and views[0].name == record.view else (),
            hidden=record.hidden,
        )

    def _measures(self, view: LookmlView) -> Iterator[ExploreMeasure]:
        for each in view.measures:
            if not each.hidden:
                yield ExploreMeasure(
                    view=view.name,
                    name=each.name,
                    type=each.type,
                    title=each.label or humanise(each.name),
                    description=each.description,
                    sql=each.sql,
                    columns=tuple(self._columns(view, each.fields)),
                )

    def _columns(self, view: LookmlView, paths: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Of the table that the view names: mozdata has the views of the shared project."""
        for name in view.tables:
            short = ".".join(name.split(".")[-2:])
            table = self._tables.get(short)
            known = self._schemas.by_path(table.schema_digest) if table and table.schema_digest else {}
            yield from ((short, path) for path in paths if path in known)


def counting_links(explores: Iterable[ExploreItem], filling: Mapping[tuple[str, str], str]) -> Iterator[Link]:
    """From an explore to the metrics and probes that fill the columns of its measures."""
    for item in explores:
        places = dict.fromkeys(place for measure in item.measures for place in measure.columns)
        targets = dict.fromkeys(target for place in places if (target := filling.get(place, "")))
        for target in list(targets)[:MOST_LINKS]:
            yield Link(item.id, target, target.partition("/")[0], "explore")


def _about(measures: Sequence[ExploreMeasure]) -> str:
    """What an explore that nobody described can show: its first measures."""
    titles = list(dict.fromkeys(measure.title for measure in measures))
    return f"Shows {', '.join(titles[:6])}{' and more' if len(titles) > 6 else ''}." if titles else ""
