"""A table that is written in HTML inside of a Markdown page, as a table of Markdown.

Pages render Markdown and let no HTML through (docs/domain.md rule 12), and a few tables of the data docs are
written in it. A cell that spans rows is repeated in each of them; items of a list stand one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser

MOST_CELLS = 5_000  # of a table; the largest of the docs has 80 (2026-11)
MOST_SPAN = 100  # rows of a cell
_BETWEEN = frozenset(("br", "li", "p", "tr"))  # of two of them the words do not run together


class _Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[tuple[str, int]]] = []  # text of each cell, and how many rows it spans
        self.caption = ""
        self._words: list[str] | None = None  # of the cell that is read; None between cells
        self._span = 1
        self._link = ""
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "tr":
            self._end_cell()
            self.rows.append([])
        elif tag in ("td", "th", "caption"):
            self._end_cell()
            self._span = 0 if tag == "caption" else _number(given.get("rowspan") or "")
            self._words = []
        elif self._words is not None:
            if tag == "a":
                self._link = given.get("href") or ""
                self._words.append("[" if self._link else "")
            elif tag == "code":
                self._words.append("`")
            elif tag in _BETWEEN:
                self._words.append("; " if tag == "li" and "".join(self._words).strip() else " ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "caption", "tr", "table"):
            self._end_cell()
        elif self._words is not None and tag == "code":
            self._words.append("`")
        elif self._words is not None and tag == "a" and self._link:
            self._words.append(f"]({self._link})")
            self._link = ""

    def handle_data(self, data: str) -> None:
        if self._words is not None:
            self._words.append(data)

    def _end_cell(self) -> None:
        if self._words is None:
            return
        text = " ".join("".join(self._words).replace("|", "\\|").split())
        self._words = None
        self._cells += 1
        if not self._span:
            self.caption = text
        elif self._cells <= MOST_CELLS:
            if not self.rows:
                self.rows.append([])
            self.rows[-1].append((text, self._span))


def _number(rows: str) -> int:
    return max(1, min(int(rows), MOST_SPAN)) if re.fullmatch("[0-9]{1,4}", rows) else 1


def as_markdown(html: str) -> str:
    """The first table of `html` as Markdown, its first row as its head; "" where there is no cell.

    >>> as_markdown("<table><tr><th>a<th>b</tr><tr><td>1<td><code>x</code></table>")
    '| a | b |\\n| --- | --- |\\n| 1 | `x` |'
    """
    cells = _Cells()
    cells.feed(html)
    cells.close()
    rows = _filled(cells.rows)
    width = max(map(len, rows), default=0)
    if not width:
        return ""
    lines = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in rows]
    lines.insert(1, "| " + " | ".join(["---"] * width) + " |")
    return "\n".join([*([cells.caption, ""] if cells.caption else []), *lines])


def _filled(rows: Sequence[Sequence[tuple[str, int]]]) -> list[list[str]]:
    """The texts of each row, with those of cells that reach into it from above."""
    found: list[list[str]] = []
    above: dict[int, tuple[str, int]] = {}  # by place in a row: text, and rows that are still to come
    for row in filter(None, rows):
        cells, line = iter(row), list[str]()
        while True:
            place = len(line)
            if place in above:
                text, left = above.pop(place)
            elif (cell := next(cells, None)) is not None:
                text, left = cell
            else:
                break
            line.append(text)
            if left > 1:
                above[place] = (text, left - 1)
        found.append(line)
    return found
