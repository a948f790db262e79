"""A query with choices as JSON."""

from __future__ import annotations

import dataclasses
from typing import Any

from indexer.model.ids import item_path
from indexer.model.items import AnyItem
from search_app.web.queries.chosen import ChosenQuery
from search_app.web.results.json import generation_json
from search_app.web.state import Site


def query_json(site: Site, made: ChosenQuery) -> dict[str, Any]:
    """The answer of /api/v1/sql."""
    return {
        "thing": _thing(made.item),
        "with": _thing(made.other) if made.other else None,
        "query": {
            "title": made.query.title,
            "table": made.query.table,
            "sql": made.query.sql,
            "assumptions": list(made.query.notes),
        },
        "chosen": {name: value for name, value in dataclasses.asdict(made.chosen).items() if value},
        "choices": [
            {
                "name": choice.name,
                "words": choice.words,
                "several": choice.several,
                "options": [dataclasses.asdict(option) for option in choice.options],
                "reason": choice.reason or None,
            }
            for choice in made.choices
        ],
        "url": made.address("/sql"),
        "downloads": {
            "sql": made.address("/sql/query.sql"),
            "notebook": made.address("/sql/query.ipynb"),
        },
        "generation": generation_json(site.engine.generation),
    }


def _thing(item: AnyItem) -> dict[str, str]:
    return {"id": item.id, "kind": item.kind, "name": item.name, "url": item_path(item.id)}
