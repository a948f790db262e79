"""The Glean book: what a metric type is and how it behaves."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.model.items import AnyItem, MetricItem
from search_app.tools import Context, Link, NoLink

BASE = "https://mozilla.github.io/glean/book/reference/metrics"
SINGULAR = frozenset(
    {
        "boolean", "counter", "custom_distribution", "datetime", "event", "labeled_quantity",
        "memory_distribution", "object", "quantity", "rate", "string", "string_list", "text",
        "timespan", "timing_distribution", "url", "uuid",
    }
)  # fmt: skip
PLURAL = frozenset(
    {
        "dual_labeled_counter", "labeled_boolean", "labeled_counter", "labeled_custom_distribution",
        "labeled_memory_distribution", "labeled_string", "labeled_timing_distribution",
    }
)  # fmt: skip


def type_page(metric_type: str) -> str:
    """The page of a type; the index for a type without one (jwe has lost its page)."""
    if metric_type in SINGULAR:
        return f"{BASE}/{metric_type}.html"
    if metric_type in PLURAL:
        return f"{BASE}/{metric_type}s.html"
    return f"{BASE}/index.html"


class Tool:
    """Links a metric to the chapter on its type."""

    name = "glean-docs"
    label = "Glean book"
    order = 110
    bangs = ("type", "gleandocs")

    def views(self, item: AnyItem, context: Context) -> Iterator[Link | NoLink]:
        """The chapter on a metric's type."""
        if isinstance(item, MetricItem) and item.type:
            yield Link(self.name, f"About {item.type} metrics", type_page(item.type))
