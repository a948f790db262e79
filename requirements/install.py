"""Install locked requirements with pip, and say what it is doing: python requirements/install.py FILE…

Pip alone is silent for a minute with --quiet and writes several hundred lines without. On a terminal
one line is written over and over; elsewhere a line comes every few seconds. What pip says in full is
shown where it fails, and its exit code is handed on. Needs nothing but the standard library.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from pathlib import Path

EVERY_SECONDS = 3.0  # between two lines where no terminal is
SHOWN_OF_A_FAILURE = 25  # lines of pip's
PIP = ("-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off", "--no-input")
LOCKED = ("--no-deps", "--require-hashes")


class Teller:
    """Says what is being done, also while nothing changes: a beat tells that it goes on."""

    def __init__(self, total: int) -> None:
        self._total, self._doing = total, "starting pip"
        self._seen = 0
        self._started = self._told = time.monotonic()
        self._over = threading.Event()
        self._beat = threading.Thread(target=self._go_on, daemon=True)
        self._beat.start()

    def read(self, line: str) -> None:
        """Take in one line of pip's."""
        if match := re.match(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)==(\S+)", line):
            self._seen += 1
            self._doing = f"{self._seen} of {self._total}: {match[1]} {match[2]}"
        elif line.startswith("Installing collected packages:"):
            self._doing = f"unpacking {line.count(',') + 1} packages"

    def stop(self) -> float:
        """No more lines; returns the seconds that it took."""
        self._over.set()
        self._beat.join()
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)
        return time.monotonic() - self._started

    def _go_on(self) -> None:
        terminal = sys.stderr.isatty()
        while not self._over.wait(0.2 if terminal else EVERY_SECONDS):
            text = f"  {self._doing} ({time.monotonic() - self._started:.0f} s)"
            print(
                f"\r\033[K{text}" if terminal else text,
                end="" if terminal else "\n",
                file=sys.stderr,
                flush=True,
            )


def install(files: list[str]) -> int:
    """Install the files' packages into this Python's environment; pip's exit code."""
    total = sum(len(re.findall(r"^[\w.-]+==", Path(name).read_text(), re.MULTILINE)) for name in files)
    print(
        f"Installing {total} locked packages ({', '.join(files)}); a minute or two if all are new.",
        file=sys.stderr,
    )
    wanted = [word for name in files for word in ("-r", name)]
    teller = Teller(total)
    pip = subprocess.Popen(  # noqa: S603  our own pip
        [sys.executable, *PIP, *LOCKED, *wanted], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    said: list[str] = []
    for line in pip.stdout or ():
        said.append(line)
        teller.read(line)
    code = pip.wait()
    seconds = teller.stop()
    if code:
        print("".join(said[-SHOWN_OF_A_FAILURE:]), end="", file=sys.stderr)
        print("The packages could not be installed; nothing else was changed.", file=sys.stderr)
    else:
        print(f"Installed in {seconds:.0f} s.", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(install(sys.argv[1:]))
