"""Archives: only safe members come out, and bombs and broken archives fail their source."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.crawl.archives import ArchiveLimits, digest_folder, walk_archive
from indexer.sources import SourceUnavailable

LIMITS = ArchiveLimits(members=10, member_bytes=1000, total_bytes=2000)


@pytest.fixture
def archive_of(tmp_path: Path) -> Callable[..., Path]:
    def make(*members: tuple[str, bytes] | tarfile.TarInfo) -> Path:
        path = tmp_path / "a.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            for member in members:
                if isinstance(member, tarfile.TarInfo):
                    archive.addfile(member)
                    continue
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1]))
        return path

    return make


def link(name: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/passwd"
    return info


def test_only_plain_files_with_paths_that_stay_inside_come_out(archive_of: Callable[..., Path]) -> None:
    path = archive_of(
        ("top/a.md", b"a"),
        ("/etc/shadow", b"no"),
        ("top/../../b", b"no"),
        ("top\\..\\c", b"no"),
        link("top/soft", tarfile.SYMTYPE),
        link("top/hard", tarfile.LNKTYPE),
        link("top/fifo", tarfile.FIFOTYPE),
        ("top/d.md", b"d"),
    )
    assert list(walk_archive(path, LIMITS)) == [("top/a.md", b"a"), ("top/d.md", b"d")]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ([(f"f{n}", b"") for n in range(11)], "more than 10 members"),
        ([("big", b"\0" * 1001)], "has 1001 bytes"),
        ([(f"f{n}", b"\0" * 900) for n in range(3)], "unpacks to more than 2000 bytes"),
    ],
)
def test_a_bomb_fails_its_source(
    archive_of: Callable[..., Path], members: list[tuple[str, bytes]], expected: str
) -> None:
    path = archive_of(*members)
    with pytest.raises(SourceUnavailable, match=expected):
        list(walk_archive(path, LIMITS))


@pytest.mark.parametrize("keep", [0, 10, 60])
def test_a_cut_archive_fails_its_source(archive_of: Callable[..., Path], keep: int) -> None:
    path = archive_of(("a", bytes(range(256)) * 3), ("b", b"b"))
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(SourceUnavailable, match="broken archive"):
        list(walk_archive(path, LIMITS))


def test_a_folder_stands_for_an_archive_and_its_digest_follows_its_content(tmp_path: Path) -> None:
    folder = tmp_path / "main.tar.gz"
    (folder / "top/src").mkdir(parents=True)
    (folder / "top/src/b.md").write_text("b")
    (folder / "top/a.md").write_text("a")
    (folder / "top/link").symlink_to("/etc/passwd")
    assert list(walk_archive(folder, LIMITS)) == [("top/a.md", b"a"), ("top/src/b.md", b"b")]
    before = digest_folder(folder)
    (folder / "top/a.md").write_text("A")
    assert digest_folder(folder) != before
