"""What an earlier build worked out, kept in one file by the content of what it depends on.

The file names the program that made it, all of whose text counts, and the digest of its content: one that is
damaged, or of another program, counts as none, and anybody may delete it.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import marshal
import platform
import zlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from indexer.runtime.disk import FolderUnusable, replace_file

ENOUGH = 0.05  # share of new things from which on a file is written anew: that takes a second
_DIGEST = 32  # bytes

log = logging.getLogger(__name__)


def program_digest(modules: Iterable[Path], *distributions: str) -> bytes:
    """The digest of program text: our own modules, and the versions of what they work with."""
    versions = [platform.python_version(), *map(version, distributions)]
    texts = [" ".join(versions).encode(), *(module.read_bytes() for module in sorted(modules))]
    return _digest(b"\0".join(texts))


def read_kept(path: Path, program: bytes) -> Any:
    """What write_kept() was given by the same program; None where there is nothing of it."""
    with contextlib.suppress(OSError):
        content = path.read_bytes()
        body = content[2 * _DIGEST :]
        if content[: 2 * _DIGEST] == program + _digest(body):
            return marshal.loads(zlib.decompress(body))  # noqa: S302  our own, whole
    return None


def write_kept(path: Path, program: bytes, content: Any) -> None:
    """Keep what consists of Python's own types only. A full disk costs the next build some seconds."""
    body = zlib.compress(marshal.dumps(content), 1)
    try:
        replace_file(path, b"".join((program, _digest(body), body)))
    except FolderUnusable as error:
        log.warning("%s", error)


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_DIGEST).digest()
