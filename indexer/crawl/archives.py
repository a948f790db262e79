"""Archives walked member by member, in memory, within bounds: nothing is written to disk.

An archive is a gzipped tar, or, in a folder mirror, a folder named like the archive. It is proved whole
before its first member comes out: gzip's checksum and size over all of it, nothing behind its end, and
tar's own end, which tarfile by itself does not ask for. Other kinds of tar have no checksum of their
content and are refused. Only plain files with relative paths come out; links, devices, absolute paths
and paths with `..` are passed over, since no source needs them.
"""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from indexer.sources import SourceUnavailable

CHUNK = 1 << 20
TAR_END = 2 * tarfile.BLOCKSIZE  # of zeros: what ends a tar (POSIX.1-2017, pax, "ustar interchange format")


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What an archive may hold; past it, it is taken for a bomb and the source fails."""

    members: int
    member_bytes: int
    total_bytes: int


class _Unusable(Exception):
    """Why an archive cannot be used, without its name."""


def walk_archive(path: Path, limits: ArchiveLimits, address: str = "") -> Iterator[tuple[str, bytes]]:
    """(path in the archive, content) of each safe member, in the archive's own order.

    Raises SourceUnavailable where the archive is cut off, broken or past a limit; it names `address`, since
    the file in the cache is called by its digest.
    """
    members = _walk_folder(path, limits) if path.is_dir() else _walk_tar(path, limits)
    total = 0
    try:
        for name, content in members:
            total += len(content)
            if total > limits.total_bytes:
                raise _Unusable(f"unpacks to more than {limits.total_bytes} bytes")
            yield name, content
    except _Unusable as error:
        raise SourceUnavailable(f"{address or path.name}: {error}") from error


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


@dataclass(frozen=True, slots=True)
class _Proof:
    """What is known of a whole tar: its size, and where the zeros begin that end it."""

    size: int
    zeros_from: int


def _walk_tar(path: Path, limits: ArchiveLimits) -> Iterator[tuple[str, bytes]]:
    try:
        proof = _prove(path, limits)
        with gzip.open(path) as plain, tarfile.open(fileobj=plain, mode="r|") as archive:
            for count, member in enumerate(archive, start=1):
                archive.members.clear()  # type: ignore[attr-defined]  # it keeps all that it has met
                _check_count(count, limits)
                if not member.isreg() or not is_safe_path(member.name):
                    continue
                if member.size > limits.member_bytes:
                    raise _Unusable(f"{member.name} has {member.size} bytes")
                content = archive.extractfile(member)
                if content is not None:
                    yield member.name, content.read()
            # tarfile takes a header that it cannot read for the end
            if archive.offset < proof.zeros_from or archive.offset + TAR_END > proof.size:
                raise tarfile.ReadError(f"no header at {archive.offset}, and not the end")
    except (tarfile.TarError, EOFError, zlib.error, OSError, ValueError) as error:
        raise _Unusable(f"broken archive ({error})") from error


def _prove(path: Path, limits: ArchiveLimits) -> _Proof:
    """Read all of it once. Raises what gzip raises where checksum, size or end are not as they must be."""
    most = limits.total_bytes + limits.members * 4 * tarfile.BLOCKSIZE  # headers and padding, too
    size = zeros_from = 0
    with gzip.open(path) as plain:
        while chunk := plain.read(CHUNK):
            content = len(chunk.rstrip(b"\0"))
            if content:
                zeros_from = size + content
            size += len(chunk)
            if size > most:
                raise _Unusable(f"unpacks to more than {limits.total_bytes} bytes")
    if not size:
        raise EOFError("it is empty")
    if size % tarfile.BLOCKSIZE or size - zeros_from < TAR_END:
        raise tarfile.ReadError("cut off: it has no end")
    return _Proof(size, zeros_from)


def _walk_folder(path: Path, limits: ArchiveLimits) -> Iterator[tuple[str, bytes]]:
    for count, (name, file) in enumerate(_files(path), start=1):
        _check_count(count, limits)
        if file.stat().st_size > limits.member_bytes:
            raise _Unusable(f"{name} has {file.stat().st_size} bytes")
        yield name, file.read_bytes()


def _check_count(count: int, limits: ArchiveLimits) -> None:
    if count > limits.members:
        raise _Unusable(f"more than {limits.members} members")


def _files(path: Path) -> list[tuple[str, Path]]:
    found = (file for file in path.rglob("*") if file.is_file() and not file.is_symlink())
    return sorted((file.relative_to(path).as_posix(), file) for file in found)
