"""Addresses of our own pages beside those of searches: JSON and Markdown twins, paths with parameters."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from indexer.model.ids import item_path

MARKDOWN = ".md"  # behind the address of a page: the same as Markdown


def api_path(item_id: str) -> str:
    """The path of an item's JSON twin."""
    return "/api/v1/item" + item_path(item_id)


def with_parameters(path: str, parameters: Mapping[str, str | int], fragment: str = "") -> str:
    """A path with a query string; empty values are left out."""
    kept = {name: str(value) for name, value in parameters.items() if value not in ("", None)}
    return path + (f"?{urlencode(kept)}" if kept else "") + (f"#{quote(fragment)}" if fragment else "")
