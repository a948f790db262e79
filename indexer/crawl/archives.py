"""Archives walked member by member, in memory, within bounds: nothing is written to disk.

An archive is a tar, compressed or not, or, in a folder mirror, a folder named like the
archive. Only plain files with relative paths come out; links, devices, absolute paths
and paths with `..` are passed over, since no source needs them.
"""

from __future__ import annotations

import hashlib
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from indexer.sources import SourceUnavailable


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What an archive may hold; past it, it is taken for a bomb and the source fails."""

    members: int
    member_bytes: int
    total_bytes: int


def walk_archive(path: Path, limits: ArchiveLimits) -> Iterator[tuple[str, bytes]]:
    """(path in the archive, content) of each safe member, in the archive's own order.

    Raises SourceUnavailable where the archive is cut off, broken or past a limit.
    """
    members = _walk_folder(path, limits) if path.is_dir() else _walk_tar(path, limits)
    total = 0
    for count, (name, content) in enumerate(members, start=1):
        total += len(content)
        if count > limits.members:
            raise SourceUnavailable(f"{path.name}: more than {limits.members} members")
        if total > limits.total_bytes:
            raise SourceUnavailable(f"{path.name}: unpacks to more than {limits.total_bytes} bytes")
        yield name, content


def digest_folder(path: Path) -> str:
    """The digest of a folder that stands for an archive: of its paths and contents."""
    digest = hashlib.sha256()
    for name, file in _files(path):
        content = file.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def is_safe_path(name: str) -> bool:
    """Whether a member's path stays inside wherever it would be put."""
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _walk_tar(path: Path, limits: ArchiveLimits) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(path, "r|*") as archive:
            for member in archive:
                if not member.isreg() or not is_safe_path(member.name):
                    continue
                if member.size > limits.member_bytes:
                    raise SourceUnavailable(f"{path.name}: {member.name} has {member.size} bytes")
                content = archive.extractfile(member)
                if content is not None:
                    yield member.name, content.read()
    except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, OSError, ValueError) as error:
        raise SourceUnavailable(f"{path.name}: broken archive ({error})") from error


def _walk_folder(path: Path, limits: ArchiveLimits) -> Iterator[tuple[str, bytes]]:
    for name, file in _files(path):
        if file.stat().st_size > limits.member_bytes:
            raise SourceUnavailable(f"{path.name}: {name} has {file.stat().st_size} bytes")
        yield name, file.read_bytes()


def _files(path: Path) -> list[tuple[str, Path]]:
    found = (file for file in path.rglob("*") if file.is_file() and not file.is_symlink())
    return sorted((file.relative_to(path).as_posix(), file) for file in found)
