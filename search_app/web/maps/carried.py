"""Which metrics an app sends with every ping: a map leaves them out, since they tell no ping from another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from indexer.model.items import MetricItem, PingItem
from search_app.query.model import Filters
from search_app.web.state import Site

# as definitions write it in send_in_pings: in all pings, in all that have client_info and ping_info
EVERYWHERE = frozenset({"all-pings", "all_pings", "glean_client_info", "glean_internal_info"})
RAREST = 4  # what is in fewer than a quarter of the pings, or in one, is not looked at: items are large


Names = dict[str, set[str]]  # metric type -> names of metrics


@dataclass(frozen=True, slots=True)
class Carried:
    """The metrics that come with every ping of one app, each name once as everywhere."""

    ids: dict[str, str] = field(default_factory=dict)  # name -> id of a metric of that name
    types: Names = field(default_factory=dict)  # of the app
    pings: dict[str, Names] = field(default_factory=dict)  # of each ping

    def apart(self, types: Mapping[str, int], ping: str = "") -> dict[str, int]:
        """The numbers of an app, or of one of its pings, without these metrics; no type without any."""
        less = self.pings.get(ping, {}) if ping else self.types
        rest = {name: count - len(less.get(name, ())) for name, count in types.items()}
        return {name: count for name, count in rest.items() if count > 0}

    def in_ping(self, ping: str) -> int:
        """How many of them are in a ping."""
        return len(set().union(*self.pings.get(ping, {}).values()))


def carried_by_all(site: Site, app: str, pings: Sequence[PingItem]) -> Carried:
    """The metrics of an app whose definition sends them with every ping; none where it has one ping only."""
    found = Carried()
    if len(pings) < 2:
        return found
    for metric in _often_sent(site, app, pings):
        sent = site.remembered(("sent with every ping", metric), partial(_sent, site, metric))
        if sent is not None:
            found.ids.setdefault(sent.name, metric)
            found.types.setdefault(sent.type, set()).add(sent.name)
            for ping in sent.places.get(app, ()):
                found.pings.setdefault(ping, {}).setdefault(sent.type, set()).add(sent.name)
    return found


@dataclass(frozen=True, slots=True)
class _Sent:
    """Of a metric that comes with every ping: its pings in each app."""

    name: str
    type: str
    places: dict[str, set[str]]


def _sent(site: Site, metric_id: str) -> _Sent | None:
    """A metric whose definition sends it with every ping, else None."""
    item = site.engine.get(metric_id)
    if not isinstance(item, MetricItem) or item.definition is None:
        return None
    if EVERYWHERE.isdisjoint(item.definition.send_in_pings):
        return None
    places: dict[str, set[str]] = {}
    for row in item.columns:
        places.setdefault(row.app, set()).add(row.ping)
    return _Sent(item.name, item.type, places)


def _often_sent(site: Site, app: str, pings: Sequence[PingItem]) -> list[str]:
    """Ids of the metrics that are in many of the pings."""
    counts: Counter[str] = Counter()
    for ping in pings:
        within = Filters({"kind": ("metric",), "app": (app,), "ping": (ping.name,)})
        counts.update(each.id for each in site.engine.passing(within))
    return sorted(name for name, count in counts.items() if count > 1 and count * RAREST >= len(pings))
