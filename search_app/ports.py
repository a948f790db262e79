"""Whether one can listen at an address, and who does where one cannot."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

LISTENS = "0A"  # a socket's state in /proc/net/tcp


class PortUnusable(Exception):
    """Nobody can listen there; the message says why."""


def check_port(host: str, port: int) -> None:
    """Raises PortUnusable at once where listening fails; gunicorn would try for five seconds first."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host.strip("[]"), port), family=family).close()
    except OSError as error:
        cause = os.strerror(error.errno) if error.errno else str(error)
        holder = _holder(port)
        raise PortUnusable(
            f"cannot listen at {host}:{port}: {cause}{f' by {holder}' if holder else ''}. "
            "Choose another port with PORT or --port"
        ) from None


def free_port() -> int:
    """A port of this machine at which nobody listens right now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _holder(port: int) -> str:
    """Who listens at a port, as `process 12 (python -m …)`; "" where this system does not tell."""
    pid = _pid_by_proc(port) if Path("/proc/net/tcp").exists() else _pid_by_lsof(port)
    if not pid:
        return ""
    command = ""
    with contextlib.suppress(OSError):
        command = (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        )
    return f"process {pid}" + (f" ({command[:120]})" if command else "")


def _pid_by_proc(port: int) -> int:
    sockets = {f"socket:[{inode}]" for inode in _listening(port)}
    processes = Path("/proc").glob("[0-9]*")
    holders = (int(each.name) for each in processes if not sockets.isdisjoint(_open(each)))
    return min(holders, default=0)  # a server before its workers


def _open(process: Path) -> Iterator[str]:
    """What a process has open; nothing of one that has ended meanwhile, or is somebody else's."""
    with contextlib.suppress(OSError):
        for link in list((process / "fd").iterdir()):
            with contextlib.suppress(OSError):  # closed meanwhile
                yield os.readlink(link)


def _listening(port: int) -> Iterator[str]:
    """The inodes of the sockets that listen at a port."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENS and int(fields[1].rpartition(":")[2], 16) == port:
                    yield fields[9]


def _pid_by_lsof(port: int) -> int:
    """macOS has no /proc, but lsof."""
    lsof = shutil.which("lsof")
    if lsof is None:
        return 0
    told = subprocess.run(  # noqa: S603  fixed words and a number
        [lsof, "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fp"], capture_output=True, text=True, check=False
    )
    return min((int(number) for number in re.findall(r"^p(\d+)$", told.stdout, re.MULTILINE)), default=0)
