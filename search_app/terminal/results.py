"""Results of a search as lines for a terminal: plain, or with colours and links where it shows them.

What upstream wrote loses its control characters: a name must not move the cursor or write a title.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TextIO

import click

from indexer.model.ids import item_path
from search_app.answers.model import Answer
from search_app.engine.results import Hit, Results
from search_app.mcp.tool import seen

NARROWEST = 80  # columns; a narrower terminal breaks lines
LONGEST_NAME = 48
STATUS_COLOURS = {"active": "green", "expired": "red", "removed": "red", "unknown": "yellow"}
LESS = "FRX"  # quit if it is one screen, let colours through, leave the text on the screen


@dataclass(frozen=True, slots=True)
class Look:
    """How much a terminal shows. Without colours there are no links either: the text is for a program."""

    width: int
    colours: bool = False
    pages: str = ""  # where pages of things are, without a slash at its end; "" for no links

    def styled(self, text: str, **style: str | bool) -> str:
        """A text in colour, where there are colours."""
        return click.style(text, **style) if self.colours else text  # type: ignore[arg-type]

    def linked(self, text: str, path: str) -> str:
        """A text that leads to a page (OSC 8), where the terminal shows colours."""
        if not self.colours or not self.pages:
            return text
        return f"\033]8;;{self.pages}{path}\033\\{text}\033]8;;\033\\"


def look_of(stream: TextIO, width: int, pages: str, environment: Mapping[str, str] = os.environ) -> Look:
    """What the terminal at the other end shows: nothing but text where it is none or a dumb one, and where
    NO_COLOR is set (no-color.org)."""
    colours = stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM", "") != "dumb"
    return Look(width, colours, pages if colours else "")


def show(text: str, stream: TextIO, height: int) -> None:
    """Print it; through $PAGER where it is longer than the terminal."""
    if not stream.isatty() or text.count("\n") + 2 <= height:
        click.echo(text, color=stream.isatty())
        return
    os.environ.setdefault("LESS", LESS)
    click.echo_via_pager(text + "\n", color=True)


def results_lines(results: Results, look: Look, answer: Answer | None = None) -> str:
    """One line for each hit, cut to the terminal's width; above them the answer, where it is a question."""
    head = f"{results.total} found in {results.took_ms:.1f} ms"
    if results.did_you_mean:
        head += f"; did you mean: {seen(results.did_you_mean)}"
    names = min(max((len(hit.card.name) for hit in results.hits), default=0), LONGEST_NAME)
    lines = [_hit_line(hit, names, look) for hit in results.hits]
    ways = [look.styled(f"try: {seen(way.text)} ({way.total})", dim=True) for way in results.help]
    told = _answer_lines(answer, look) if answer else []
    return "\n".join([look.styled(head, dim=True), *told, *lines, *ways])


def _answer_lines(answer: Answer, look: Look) -> list[str]:
    """An answer: its sentence, what is known, the ways with their reasons; an empty line ends it."""
    ways = [(way.item, way.why) for way in (*answer.recommended, *answer.alternatives)]
    lines = [look.styled(seen(answer.sentence), bold=True)]
    lines += [f"  {seen(label)}: {seen(text)}" for label, text in answer.facts]
    lines += [f"  {look.linked(seen(item.id), item_path(item.id))}  {seen(why)}" for item, why in ways]
    return [*lines, ""]


def _hit_line(hit: Hit, name_width: int, look: Look) -> str:
    card = hit.card
    also = f" +{hit.variant_count}" if hit.variant_count else ""
    apps = ", ".join(card.app[:2])
    description = " ".join(card.description.split())
    colour = STATUS_COLOURS.get(card.status, "magenta")
    columns: list[tuple[str, Callable[[str], str]]] = [
        (f"{card.kind:<9} ", lambda text: look.styled(text, fg="cyan")),
        (seen(card.name), lambda text: look.linked(look.styled(text, bold=True), item_path(card.id))),
        (" " * (name_width - len(seen(card.name) + also) + 4), str),
        (
            f" {card.status:<10}",
            lambda text: look.styled(text, fg=colour),
        ),
        (f" {seen(card.type):<20.20} {seen(apps):<24.24} ", lambda text: look.styled(text, dim=True)),
        (seen(description), str),
    ]
    if also:
        columns.insert(2, (also, lambda text: look.styled(text, dim=True)))
    return _cut(columns, max(look.width, NARROWEST))


def _cut(columns: list[tuple[str, Callable[[str], str]]], width: int) -> str:
    """The texts side by side, each in its style, as many characters as fit."""
    left = len("".join(text for text, _ in columns)[:width].rstrip())
    parts: list[str] = []
    for text, style in columns:
        if shown := text[: max(0, left)]:
            parts.append(style(shown))
        left -= len(text)
    return "".join(parts)
