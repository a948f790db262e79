"""Things side by side as JSON."""

from __future__ import annotations

from typing import Any

from indexer.model.ids import item_path
from search_app.web.comparing.comparison import Compared, Row
from search_app.web.comparing.facts import Shown
from search_app.web.results.json import generation_json
from search_app.web.state import Site


def compared_json(site: Site, compared: Compared) -> dict[str, Any]:
    """The answer of /api/v1/compare: `values` of a row stand in the order of `things`."""
    return {
        "things": [
            {
                "id": item.id,
                "kind": item.kind,
                "name": item.name,
                "title": item.title,
                "status": item.status,
                "status_reason": item.status_reason or None,
                "url": item_path(item.id),
            }
            for item in compared.items
        ],
        "sections": [
            {
                "name": section.name,
                "title": section.title,
                "note": section.note or None,
                "rows": [_row(row, compared) for row in section.rows],
            }
            for section in compared.sections
        ],
        "queries": [
            {
                "title": query.title if query else None,
                "table": query.table if query else None,
                "sql": query.sql if query else None,
                "assumptions": list(query.notes) if query else [],
                "reason": reason or None,
            }
            for query, reason in zip(compared.queries, compared.no_queries, strict=True)
        ],
        "together": compared.together or None,
        "url": compared.address("/compare"),
        "generation": generation_json(site.engine.generation),
    }


def _row(row: Row, compared: Compared) -> dict[str, Any]:
    values = [[_shown(each, compared) for each in values] for values in row.values]
    return {"name": row.name, "words": row.words, "differs": row.differs, "values": values}


def _shown(shown: Shown, compared: Compared) -> dict[str, str | None]:
    return {"text": shown.text, "id": shown.id if shown.id in compared.known else None}
