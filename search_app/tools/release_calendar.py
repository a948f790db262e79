"""whattrainisitnow.com: when the version in which an item expires is released."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.model.items import AnyItem
from search_app.tools import Context, Link, NoLink


class Tool:
    """Links what expires in a version to the calendar of releases."""

    name = "release-calendar"
    label = "Release calendar"
    order = 125
    bangs = ("train",)

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """When the version comes out in which a thing expires; only where that is a version."""
        if item.expires.isdigit():
            yield Link(
                self.name,
                "Release calendar",
                "https://whattrainisitnow.com/",
                note=f"expires in {item.expires}",
            )
