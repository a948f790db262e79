"""Ask an advisory source about what is locked: python requirements/audit.py URL FILE…

URL is an OSV API's query address. Where it cannot be reached nothing is audited: that is said, and is no
failure, since it says nothing of the packages. Exit code 1: a package has a known hole.
"""

from __future__ import annotations

import json
import subprocess
import sys
from urllib.error import URLError
from urllib.request import Request, urlopen

SECONDS = 10  # to connect, and for each answer


def reached(url: str) -> str:
    """Why an advisory source does not answer; "" where it does."""
    if not url.startswith(("https://", "http://")):
        return "no address of an advisory source is given"
    question = json.dumps({"package": {"name": "pip", "ecosystem": "PyPI"}, "version": "1.0"}).encode()
    request = Request(url, question, {"Content-Type": "application/json"})  # noqa: S310  http(s), see above
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            json.load(answer)
    except (URLError, OSError, ValueError) as error:
        return str(error)
    return ""


def audit(url: str, files: list[str]) -> int:
    """The exit code of pip-audit over the files; 0 where the source cannot be reached."""
    if why := reached(url):
        print(f"audit skipped: {url or 'no source'}: {why}. Nothing was audited.")
        return 0
    wanted = [word for name in files for word in ("-r", name)]
    command = [
        *(sys.executable, "-m", "pip_audit", "--vulnerability-service", "osv", "--osv-url", url, *wanted),
        *("--no-deps", "--disable-pip", "--progress-spinner", "off", "--timeout", str(SECONDS)),
    ]
    return subprocess.run(command, check=False).returncode  # noqa: S603  our own words and settings


if __name__ == "__main__":
    sys.exit(audit(sys.argv[1], sys.argv[2:]))
