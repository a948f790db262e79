"""Files put in place whole, which outlive a power cut; a folder that cannot be written, said in one line."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

# What an administrator has to mend: anything else is a fault of the program, or of one file.
_MEANT = {
    errno.ENOSPC: "no space is left",
    errno.EFBIG: "its files may not grow any further",
    errno.EDQUOT: "the quota is used up",
    errno.EROFS: "it can only be read",
    errno.EACCES: "it may not be written",
    errno.EPERM: "it may not be written",
    errno.EIO: "the disk fails",
}


class FolderUnusable(Exception):
    """The data folder cannot be written. The message is one line and says why."""


@contextlib.contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Turn what a full or read-only disk raises into FolderUnusable."""
    try:
        yield
    except OSError as error:
        if error.errno not in _MEANT:
            raise
        raise FolderUnusable(f"cannot write to {folder}: {_MEANT[error.errno]}") from error


def replace_file(path: Path, content: bytes) -> None:
    """Put a file in place so that a reader, a kill or a power cut finds the old one or the whole new one.

    Raises FolderUnusable.
    """
    with writing_to(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Let the names in a folder outlive a power cut, where the file system can."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network disks know no fsync of a folder
            os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Let a folder with all that is in it outlive a power cut. Raises FolderUnusable."""
    with writing_to(folder):
        for here, _, files in os.walk(folder, topdown=False):
            for name in files:
                handle = os.open(os.path.join(here, name), os.O_RDONLY)
                try:
                    os.fsync(handle)
                finally:
                    os.close(handle)
            sync_folder(Path(here))
