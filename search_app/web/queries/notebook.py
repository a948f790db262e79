"""A query as a Jupyter notebook (nbformat 4.5), written by hand: it is JSON of four members."""

from __future__ import annotations

import json
from typing import Any

from search_app.sql.source import SqlQuery

RUN = (
    "from google.cloud import bigquery\n\nclient = bigquery.Client()  # bills the project of your credentials"
)
SHOW = "rows = client.query(sql).to_dataframe()\nrows"


def notebook(query: SqlQuery, address: str) -> str:
    """What a query takes for granted, the query, and the lines that run it."""
    cells = [
        _cell("title", "markdown", _words(query, address)),
        _cell("client", "code", RUN),
        _cell("query", "code", f"sql = {python_text(query.sql)}"),
        _cell("rows", "code", SHOW),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    made = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def python_text(text: str) -> str:
    """Text as a Python literal over several lines, whatever is in it."""
    inside = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').replace("\r", "\\r").replace("\0", "\\0")
    return f'"""\n{inside}\n"""'


def _words(query: SqlQuery, address: str) -> str:
    lines = [f"# {_plain(query.title)}", "", *(f"* {_plain(note)}" for note in query.notes), ""]
    return "\n".join([*lines, f"{query.access} [Change this query]({address})"])


def _plain(text: str) -> str:
    """A line of upstream's in Markdown, taken as it is written."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#!|" else c for c in " ".join(text.split()))


def _cell(name: str, kind: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"id": name, "cell_type": kind, "metadata": {}, "source": source}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
