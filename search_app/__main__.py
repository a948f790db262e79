"""`starchart` and `python -m search_app`: the commands, loaded by the process that runs one.

Processes that are spawned import the module that their parent was started with. Through this one, parsers and
packers load what they do and no server: more than a second of a core for each of them.
"""

from __future__ import annotations

import os


def main() -> None:
    """Run the command that the arguments name."""
    # before numpy is loaded, also by processes that are started here: no core is idle where matrices are
    # multiplied, and threads that wait for one another took half of the time
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from search_app.cli import main as commands

    commands()


if __name__ == "__main__":
    main()
