"""Bare Flask views to measure against: an empty one, and tantivy with the fields of our JSON hits."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, jsonify, request

from search_app.evaluation.bench.peers import peer_modules
from search_app.evaluation.bench.questions import Question


def empty_app() -> Flask:
    """One view that says nothing."""
    app = Flask("empty")

    @app.get("/")
    def empty() -> str:
        return ""

    return app


def peer_app(module: str, folder: str) -> Flask:
    """A peer's whole answer as JSON."""
    app = Flask("peer")
    peer = peer_modules()[module].open_peer(Path(folder))

    @app.get("/")
    def search() -> Response:
        filters = {name: tuple(request.args.getlist(name)) for name in request.args if name != "q"}
        text = request.args.get("q", "")
        prefix = text[:-1] if text.endswith("*") else ""
        page = peer.ask(Question("", text, filters, prefix))
        return jsonify({"total": page.total, "hits": page.hits, "facets": page.facets})

    return app
