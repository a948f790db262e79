"""Use counters as a rate: over the documents, pages or workers destroyed (faults A17).

How often a feature was used says nothing without how often it could have been. Glean's use
counters name what to compare with in their description ("Compare against `…` to calculate the
rate"); legacy ones by the end of their name.
"""

from __future__ import annotations

import re

from indexer.model.column_names import underscored
from indexer.model.items import MetricItem
from search_app.sql.source import Source

_COMPARED = re.compile(r"Compare against `([a-z0-9_.]{1,120})` to calculate the rate", re.IGNORECASE)
_LEGACY = (  # end of the name -> histogram that counts what was destroyed
    ("_DOCUMENT", "content_documents_destroyed"),
    ("_PAGE", "top_level_content_documents_destroyed"),
    ("_DEDICATED_WORKER", "dedicated_worker_destroyed"),
    ("_SERVICE_WORKER", "service_worker_destroyed"),
    ("_SHARED_WORKER", "shared_worker_destroyed"),
)


def rate_note(denominator: str) -> str:
    """The note of a query over a use counter: its number means nothing without the denominator."""
    return f"A use counter is read as a rate: times used over {denominator}."


def glean_denominator(item: MetricItem, source: Source) -> str:
    """The column that counts what could have used it; "" where none is named or the table lacks it."""
    found = _COMPARED.search(item.description)
    path = f"metrics.counter.{underscored(found[1])}" if found and item.type == "counter" else ""
    return path if path in source.columns else ""


def legacy_denominator(name: str, path: str, source: Source) -> str:
    """The histogram beside a legacy use counter that counts what was destroyed; "" where there is none."""
    if not name.startswith("USE_COUNTER2_"):
        return ""
    leaf = next((leaf for end, leaf in _LEGACY if name.endswith(end)), "")
    denominator = f"{path.rpartition('.')[0]}.{leaf}"
    return denominator if leaf and denominator in source.columns else ""


def rate(used: str, possible: str, denominator: str) -> tuple[str, ...]:
    """The aggregates of a use counter: the rate first, then what it is made of."""
    return (
        f"SAFE_DIVIDE(SUM({used}), SUM({possible})) AS rate",
        f"SUM({used}) AS used",
        f"SUM({possible}) AS {denominator.rpartition('.')[2].removeprefix('use_counter_')}",
    )
