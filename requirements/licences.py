"""List what is locked with its licence, as the packages themselves tell it: docs/licences.md.

python requirements/licences.py > docs/licences.md
"""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

BASE = Path(__file__).with_name("base.txt")
HEAD = """# Licences of what running needs

Made by `make licences` from requirements/base.txt and from what the installed packages say of themselves.
Packages of other systems only are named without a licence. Starchart itself: [MPL-2.0](../LICENSE).

| package | version | licence |
| --- | --- | --- |
"""

# what is served as its authors published it, each file with a line that says so
SERVED = """
Served to browsers as published, from search_app/static: `idiomorph.js`,
[Idiomorph](https://github.com/bigskysoftware/idiomorph) 0.7.4, Zero-Clause BSD (no notice is asked for).
It changes a page into another one in place; htmx and Turbo weigh five to eight times as much and keep no
order while one types.
"""


def locked() -> list[tuple[str, str]]:
    """The packages of base.txt with their versions."""
    return re.findall(r"^([\w.-]+)==([^\s;]+)", BASE.read_text(), re.MULTILINE)


def licence(name: str) -> str:
    """A package's licence in its own words; "" where it is not installed here."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return ""
    classified = [
        line.rpartition(" :: ")[2]
        for line in told.get_all("Classifier") or ()
        if line.startswith("License ::") and line.rpartition(" :: ")[2] != "OSI Approved"
    ]
    text = told.get("License-Expression") or ", ".join(classified) or told.get("License") or "not told"
    return " ".join(text.split())[:80]


if __name__ == "__main__":
    print(HEAD + "\n".join(f"| {name} | {version} | {licence(name)} |" for name, version in locked()))
    print(SERVED, end="")
