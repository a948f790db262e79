"""Addresses put together by a real encoder, never by pasting."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, urlencode


def with_params(base: str, params: Iterable[tuple[str, str]]) -> str:
    """`base?…` with each name and value encoded, a space as `+`; `base` alone without parameters.

    Commas and stars stay: servers take both forms and people read these addresses.
    """
    query = urlencode(list(params), safe="*,")
    return f"{base}?{query}" if query else base


def segment(text: str) -> str:
    """Text as one segment of a path, or as a fragment."""
    return quote(text, safe="")
