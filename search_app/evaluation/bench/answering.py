"""A process that opens one engine, answers everything, and waits while its memory is measured.

Loads no other engine and nothing that builds one: its memory is that of a worker.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

from search_app.evaluation.bench.questions import Question


def main(module: str, folder: str) -> None:
    """Questions come in as one line of JSON; says "answered"; ends with its input."""
    peer = import_module(f"search_app.evaluation.bench.{module}").open_peer(Path(folder))
    for each in json.loads(sys.stdin.readline()):
        filters = {name: tuple(values) for name, values in each["filters"].items()}
        peer.ask(Question(each["kind"], each["text"], filters, each["prefix"]))
    print("answered", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
