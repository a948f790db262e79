"""What the server says of itself: how fresh it is, which language it understands, what it is."""

from __future__ import annotations

from flask import Response, render_template

from search_app import tools
from search_app.query.grammar import LANGUAGE
from search_app.web.assistants import markdown_pages
from search_app.web.items.view import kind_counts
from search_app.web.operation.freshness import standing
from search_app.web.pages.blueprint import blueprint
from search_app.web.state import current_site, wants_markdown

# questions that get an answer above the hits, one of each sort: for the help page
QUESTIONS = (
    "how many people use Firefox for Android every day",
    "DAU of desktop by country",
    "page load percentiles on desktop",
    "is GC_MS alive and what replaced it",
    "who owns telemetry.clients_daily",
    "when is the baseline ping sent",
    "where is GC_MS stored",
    "what dashboard shows retention",
    "what does the newtab ping collect",
)
# the keys of static/keys.js, which a test holds to this table
KEYS = (
    (("/", "Ctrl K"), "go to the box"),
    (("\u2193", "j"), "next hit; \u2193 in the box: first hit"),
    (("\u2191", "k"), "hit before"),
    (("Enter",), "open it, with Ctrl in a new tab"),
    (("o",), "open the first tool for it"),
    (("c",), "copy its name"),
    (("s",), "copy its query"),
    (("p",), "peek at it beside the list"),
    (("?",), "these keys"),
    (("Esc",), "leave the box, the peek, a sheet; what was typed stays"),
)


@blueprint.get("/status")
def status() -> str | Response:
    """Per source: last success, age, counts, what was skipped and why."""
    if wants_markdown():
        return markdown_pages.status()
    site = current_site()
    return render_template("status.html", standing=standing(site), counts=kind_counts(site))


@blueprint.get("/help")
def help_page() -> str | Response:
    """The query language, from the parser's own table."""
    if wants_markdown():
        return markdown_pages.language()
    return render_template(
        "help.html", questions=QUESTIONS, language=LANGUAGE, bangs=tools.bangs(), keys=KEYS
    )


@blueprint.get("/about")
def about() -> str | Response:
    """What this is, where its data comes from, what it does not know."""
    if wants_markdown():
        return markdown_pages.about()
    return render_template("about.html", counts=kind_counts(current_site()))
