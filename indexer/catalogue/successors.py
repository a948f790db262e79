"""What became of a thing that is no more: the same name elsewhere, the next version, what replaces it.

Pure, and careful: where two things could be meant, none is. A wrong redirect is worse than a page that says
that the thing is gone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from indexer.model.items import AnyItem, AppItem, DocItem, MetricItem, PingItem, ProbeItem, TableItem

_VERSION = re.compile(r"_v(\d+)$")
_NOT_KEY = re.compile(r"[\W_]+")


class Successors:
    """Finds among all things that are what one that is no more became."""

    def __init__(self, items: Iterable[AnyItem]) -> None:
        self._items = {item.id: item for item in items}
        self._named: defaultdict[tuple[str, str], list[AnyItem]] = defaultdict(list)
        self._groups: defaultdict[str, list[AnyItem]] = defaultdict(list)
        self._tables: defaultdict[str, list[TableItem]] = defaultdict(list)
        self._app_ids: dict[str, AppItem] = {}
        self._pages: dict[str, DocItem] = {}
        self._sections: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for item in self._items.values():
            self._named[item.kind, _key(item.name)].append(item)
            self._groups[item.family].append(item)
            if isinstance(item, TableItem):
                self._tables[_versionless(item)].append(item)
            elif isinstance(item, AppItem):
                self._app_ids |= {channel.app_id: item for channel in item.channels}
            elif isinstance(item, DocItem):
                self._sections[item.section.page_title, item.section.slug].append(item.id)
                first = self._pages.setdefault(item.section.path, item)
                if item.section.level < first.section.level:
                    self._pages[item.section.path] = item

    def of(self, gone: AnyItem) -> str:
        """The id of what a thing became, "" where that is not known. `gone` is not among the things."""
        return next((found for found in self._found(gone) if found and found != gone.id), "")

    def _found(self, gone: AnyItem) -> Iterator[str]:
        if isinstance(gone, TableItem):
            yield from self._table(gone)
        elif isinstance(gone, AppItem):
            yield _only(app.id for c in gone.channels if (app := self._app_ids.get(c.app_id)))
        elif isinstance(gone, PingItem):
            yield self._in_renamed_app(gone)
        elif isinstance(gone, DocItem):
            yield from self._doc(gone)
        if not isinstance(gone, AppItem | PingItem | DocItem):  # their names say nothing of what they are
            yield self._same_name(gone)
        if isinstance(gone, MetricItem | ProbeItem):
            yield _only(self._living(gone.mirrors))

    def _same_name(self, gone: AnyItem) -> str:
        """The one thing of this kind and name, in any spelling, that shares an app with it."""
        alike = self._named[gone.kind, _key(gone.name)]
        near = [item for item in alike if set(item.apps) & set(gone.apps)] if gone.apps else alike
        return _only(item.id for item in near)

    def _table(self, gone: TableItem) -> Iterator[str]:
        """The routine that it is, where it was listed as a table; the newest other version; its view."""
        yield from self._living((gone.id.replace("table/", "routine/", 1),))
        versions = self._tables[_versionless(gone)]
        if versions:
            yield max(versions, key=lambda table: (_version(table), table.id)).id
        yield from self._living((gone.user_view,))
        layers = [item for item in self._groups[gone.family] if isinstance(item, TableItem)]
        if layers:
            yield min(layers, key=lambda table: (table.family_rank, table.id)).id

    def _in_renamed_app(self, gone: PingItem) -> str:
        """The ping of the same name of the app that has its app's ids now."""
        apps = {table.app_id for table in gone.ping_tables if table.app_id}
        owners = {app.name for app_id in apps if (app := self._app_ids.get(app_id))}
        return _only(self._living(f"ping/{owner}/{gone.name}" for owner in owners))

    def _doc(self, gone: DocItem) -> Iterator[str]:
        """The section of this heading on another page of its title; else the page that it stood on."""
        yield _only(self._sections[gone.section.page_title, gone.section.slug])
        page = self._pages.get(gone.section.path)
        yield page.id if page else ""

    def _living(self, ids: Iterable[str]) -> Iterator[str]:
        return (each for each in ids if each in self._items)


def _only(ids: Iterable[str]) -> str:
    """The one id among some, "" where there is none or more than one."""
    found = set(ids)
    return found.pop() if len(found) == 1 else ""


def _key(name: str) -> str:
    return _NOT_KEY.sub("", name).lower()


def _versionless(table: TableItem) -> str:
    return f"{table.project}.{table.dataset}.{_VERSION.sub('', table.table)}"


def _version(table: TableItem) -> int:
    found = _VERSION.search(table.table)
    return int(found[1]) if found else 0
