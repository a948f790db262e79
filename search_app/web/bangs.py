"""`!glam gc_ms`: a tool said with the words, wherever they are typed, and where that leads."""

from __future__ import annotations

import re
from typing import NamedTuple

from indexer.model.ids import item_path
from indexer.model.kinds import KINDS
from search_app import tools
from search_app.engine.results import Results
from search_app.query.model import Asked
from search_app.tools import Link, NoLink
from search_app.web.actions import link_context
from search_app.web.state import Site

BANG = re.compile(r"(?:^|\s)!([a-z][a-z0-9-]*)(?=\s|$)", re.IGNORECASE)


class Said(NamedTuple):
    """What was typed, apart from its bang."""

    tool: str  # "" without a bang, or with one that nobody has
    words: str


class Way(NamedTuple):
    """Where a bang leads: a tool's view of the best hit that it can show, or why there is none."""

    label: str  # of the tool
    url: str = ""  # made by the tool's own template
    reason: str = ""  # in words for the reader, where there is no address


def said_with_bang(text: str) -> Said:
    """The tool of the first bang in a text, and the words without it."""
    bang = BANG.search(text)
    tool = tools.bangs().get(bang[1].lower(), "") if bang else ""
    return Said(tool, " ".join(BANG.sub(" ", text, count=1).split()) if tool else text)


def way_to(site: Site, results: Results, tool: str, asked: Asked) -> Way:
    """A tool's view of the first hit that it can show; else its reason for the first one."""
    context, label = link_context(site), tools.find_tools()[tool].label
    reason = ""
    for hit in results.hits:
        item = site.engine.get(hit.card.id)
        view = tools.tool_view(tool, item, context, asked) if item is not None else None
        if isinstance(view, Link):
            # Of bugs and the like upstream names the address, which may lead anywhere: then to our page
            return Way(label, view.url if tools.is_at_a_tool(view.url) else item_path(hit.card.id))
        if not reason:
            why = (
                view.reason
                if isinstance(view, NoLink)
                else f"{label} shows no {KINDS[hit.card.kind].many.lower()}."
            )
            reason = f"No way to {label} from {hit.card.name}: {why}"
    return Way(label, reason=reason)
