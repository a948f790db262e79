"""The schemas of pings, as mozilla-pipeline-schemas publishes them on its generated branch."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.model.items import AnyItem, PingItem
from search_app.tools import Context, Link, NoLink

BASE = "https://github.com/mozilla-services/mozilla-pipeline-schemas/blob/generated-schemas/schemas"


class Tool:
    """Links a ping to each of its published schemas."""

    name = "schema-dictionary"
    label = "Ping schema"
    order = 80
    bangs = ("schema", "schemas")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """The schema of a ping, for each namespace that publishes one."""
        if isinstance(item, PingItem):
            pairs = dict.fromkeys(_namespaces(item, context))
            for namespace, version in pairs:
                url = f"{BASE}/{namespace}/{item.name}/{item.name}.{version}.bq"
                yield Link(self.name, "Its schema", url, note=namespace)
            if not pairs:
                yield NoLink(self.name, "No schema of this ping is published.")


def _namespaces(item: PingItem, context: Context) -> Iterator[tuple[str, str]]:
    """Document namespace and version of each stable table: Glean pings are always version 1."""
    for table in item.ping_tables:
        if table.layer != "stable" or not table.exists:
            continue
        _, _, leaf = table.name.rpartition(".")
        version = leaf.rpartition("_v")[2] if "_v" in leaf else "1"
        if item.legacy:
            yield item.app, version
        else:
            channel = context.channel(item.app, table.app_id)
            if channel:
                yield channel.namespace, "1"
