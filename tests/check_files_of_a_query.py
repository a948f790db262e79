"""`python -m tests.check_files_of_a_query [DATA_DIR]`: which files of the project one typed query passes.

Asks for the results page of a query over a generation, warm and with no answer kept, under a profile
function that notes the file of every call, templates too. Prints the files with their calls; exit code 1
where they are as many as GOAL or more. Fewer files to open for who wants to follow a query.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

from flask.testing import FlaskClient

from indexer.config import load_config
from search_app.engine.engine import SearchEngine
from search_app.web.app import create_app

ADDRESS = "/?q=gc+pause"
GOAL = 40
PROJECT = Path(__file__).resolve().parents[1]


def client_of(data: Path) -> FlaskClient:
    """The application over a data folder, keeping no answers."""
    config = load_config(None).model_copy(update={"data_dir": data})
    return create_app(config, SearchEngine(data, results_kept=0)).test_client()


def files_of(client: FlaskClient, address: str) -> Counter[str]:
    """The files of the project that a warm request calls into, with how many calls each gets."""
    for _ in range(2):  # so that templates are compiled and what is kept for good is there
        assert client.get(address).status_code == 200
    calls: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            calls[frame.f_code.co_filename] += 1

    sys.setprofile(note)
    try:
        client.get(address)
    finally:
        sys.setprofile(None)
    ours = {name: Path(name) for name in calls}
    return Counter(
        {
            str(path.relative_to(PROJECT)): calls[name]
            for name, path in ours.items()
            if path.is_relative_to(PROJECT)
            and "site-packages" not in path.parts
            and path.parts[len(PROJECT.parts)] != "tests"
        }
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", type=Path, default=Path("data"), help="a data folder")
    files = files_of(client_of(parser.parse_args().data), ADDRESS)
    for name, calls in sorted(files.items()):
        print(f"{calls:6} {name}")
    print(f"{len(files)} files, fewer than {GOAL} are wanted")
    return 0 if len(files) < GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
