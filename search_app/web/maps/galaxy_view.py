"""All apps as a galaxy, gathered from the engine, with a list that is complete without the drawing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial

from indexer.model.ids import item_path
from indexer.model.items import AppItem
from search_app.query.model import Filters
from search_app.web.maps.counts import DEAD, map_path
from search_app.web.maps.galaxy import GROUPS, NARROW, WIDE, AppCounts, Galaxy, galaxy
from search_app.web.maps.siblings import siblings
from search_app.web.state import Site


@dataclass(frozen=True, slots=True)
class AppRow:
    """An app in the list below the galaxy."""

    name: str
    title: str
    url: str
    map_url: str
    status: str
    reason: str
    metrics: int
    collected: int  # of these, the ones that are active
    own: int | None  # of the active ones, those that the app itself defines; None: not published
    channels: int
    from_schema: bool
    siblings: tuple[str, ...]  # titles of apps that belong to the same product by name

    @property
    def kept_up(self) -> bool:
        """Whether it is, so that what is active of its metrics is collected."""
        return self.status not in DEAD


@dataclass(frozen=True, slots=True)
class GalaxyView:
    """The page of all apps."""

    wide: Galaxy
    narrow: Galaxy
    groups: tuple[tuple[str, tuple[AppRow, ...]], ...]
    apps: int
    dead: int


def all_apps(site: Site) -> list[AppItem]:
    """Every app, the dead ones too."""
    return [item for item in site.engine.items("app") if isinstance(item, AppItem)]


def galaxy_view(site: Site) -> GalaxyView:
    """All apps, worked out once per generation."""
    return site.remembered(("galaxy",), partial(_galaxy_view, site))


def _galaxy_view(site: Site) -> GalaxyView:
    apps = all_apps(site)
    defined = _own_metrics(site)
    own = {app.name: None if app.known_from == "schema" else defined[app.name] for app in apps}
    titles = {app.name: app.title for app in apps}
    tied = siblings(titles.items())
    counts = [_app_counts(app, own[app.name], tied.get(app.name, ())) for app in apps]
    rows: dict[str, list[AppRow]] = {name: [] for name in GROUPS}
    for app in sorted(apps, key=lambda app: (-(own[app.name] or 0), -_metrics(app), app.name)):
        row = _app_row(app, own[app.name], tuple(titles[name] for name in tied.get(app.name, ())))
        rows[app.platform if app.platform in GROUPS else "other"].append(row)
    return GalaxyView(
        wide=galaxy(counts, WIDE),
        narrow=galaxy(counts, NARROW),
        groups=tuple((GROUPS[name], tuple(each)) for name, each in rows.items() if each),
        apps=len(apps),
        dead=sum(not each.alive for each in counts),
    )


def _metrics(app: AppItem) -> int:
    return app.metric_count


def _own_metrics(site: Site) -> Counter[str]:
    """By origin: the metrics that are collected now. What a library brings is not its users' own."""
    living = site.engine.passing(Filters({"kind": ("metric",), "status": ("active",)}))
    return Counter(each.id.split("/", 2)[1] for each in living)  # metric/<origin>/<name>


def _app_counts(app: AppItem, own: int | None, tied: tuple[str, ...]) -> AppCounts:
    alive = app.status not in DEAD
    state = (app.status_reason or app.status) if not alive else ""
    return AppCounts(app.name, app.title, map_path(app.name), app.platform, own, alive, state, tied)


def _app_row(app: AppItem, own: int | None, tied: tuple[str, ...]) -> AppRow:
    return AppRow(
        app.name, app.title, item_path(app.id), map_path(app.name), app.status, app.status_reason,
        _metrics(app), app.metric_statuses.get("active", 0), own, len(app.channels),
        app.known_from == "schema", tied,
    )  # fmt: skip
