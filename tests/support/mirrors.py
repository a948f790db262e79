"""Small upstreams that tests may break: a copy of the sample as a folder, or with real archives over HTTP."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from indexer.config import Config, load_config
from indexer.crawl.crawl import sample_path
from tests.support.servers import free_port


def copy_sample(to: Path) -> Path:
    """The sample in a folder that may be changed."""
    shutil.copytree(sample_path(), to, dirs_exist_ok=True, copy_function=shutil.copyfile)
    return to


def pack_archives(folder: Path) -> Path:
    """Make each folder that stands for an archive a real one."""
    for archive in [path for path in sorted(folder.rglob("*.tar.gz")) if path.is_dir()]:
        part = archive.with_suffix(".part")
        with tarfile.open(part, "w:gz") as packed:
            for member in sorted(archive.iterdir()):
                packed.add(member, member.name)
        shutil.rmtree(archive)
        part.rename(archive)
    return folder


def settings(data: Path, mirror: Path | str, **crawl: float) -> Config:
    """The shipped settings for a data folder and a mirror, without waiting between retries."""
    config = load_config(None, {"STARCHART_MIRROR": str(mirror), "STARCHART_DATA_DIR": str(data)})
    quick = {"backoff_seconds": 0, "retries": 1, **crawl}
    return config.model_copy(update={"crawl": config.crawl.model_copy(update=quick)})


@dataclass(frozen=True, slots=True)
class Serving:
    """A mirror's server: where it is, and the log of what it answered."""

    base: str
    log: Path

    def statuses(self) -> list[str]:
        """The status of each answer so far."""
        return [line.split('" ')[1].split()[0] for line in self.log.read_text().splitlines() if '" ' in line]


@contextmanager
def served_mirror(program: Path, folder: Path, *faults: str) -> Iterator[Serving]:
    """The mirror's own server over another folder: it serves what lies beside itself."""
    if program.parent != folder:
        shutil.copy(program, folder / program.name)
    port, log = free_port(), folder / "serve.log"
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, folder / program.name, "--port", str(port), *faults],
            stderr=stderr, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        try:
            _wait_for(port)
            yield Serving(f"http://127.0.0.1:{port}", log)
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"nobody listens at {port}")
