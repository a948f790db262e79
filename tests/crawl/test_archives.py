"""Archives: only safe members come out, and bombs and broken archives fail their source."""

from __future__ import annotations

import bz2
import gzip
import io
import random
import tarfile
from collections.abc import Callable, Iterator
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


WORDS = random.Random(1).randbytes(700)  # what no gzip makes smaller


def tar_of(*members: tuple[str, bytes]) -> bytes:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return plain.getvalue()


MEMBERS = [("top/a.toml", WORDS), ("top/b.toml", b"b = 1\n" * 20), ("top/c.toml", b"c = 1\n")]


def refused(path: Path, packed: bytes) -> str:
    """Why an archive is refused; an assertion fails where any of it comes out first, or all of it does."""
    path.write_bytes(packed)
    members: Iterator[tuple[str, bytes]] = walk_archive(path, LIMITS)
    with pytest.raises(SourceUnavailable) as problem:
        next(members)
    return str(problem.value)


@pytest.mark.slow
def test_every_flipped_bit_is_refused_or_changes_nothing(tmp_path: Path) -> None:
    """Gzip has bits that say nothing of the content: its time, level, system, entries of tables not used."""
    path = tmp_path / "a.tar.gz"
    packed = gzip.compress(tar_of(*MEMBERS), mtime=0)
    silent = 0
    for bit in range(8 * len(packed)):
        flipped = bytearray(packed)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        try:
            found = list(walk_archive(path, LIMITS))
        except SourceUnavailable:
            continue
        assert found == MEMBERS
        silent += 1
    assert silent < 0.03 * 8 * len(packed)


@pytest.mark.parametrize("name", ["checksum", "size", "end of gzip", "something behind it"])
def test_an_archive_whose_gzip_does_not_end_as_it_must_gives_no_member(tmp_path: Path, name: str) -> None:
    packed = gzip.compress(tar_of(*MEMBERS))
    broken = {
        "checksum": packed[:-8] + bytes(4) + packed[-4:],
        "size": packed[:-4] + b"\1\0\0\0",
        "end of gzip": packed[:-8],
        "something behind it": packed + b"<html>",
    }
    assert "broken archive" in refused(tmp_path / "a.tar.gz", broken[name])


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_tar_that_is_cut_gives_no_member_though_its_gzip_is_whole(tmp_path: Path, share: float) -> None:
    whole = tar_of(*MEMBERS)
    at = int(len(whole.rstrip(b"\0")) * share) // 512 * 512
    assert "broken archive" in refused(tmp_path / "a.tar.gz", gzip.compress(whole[:at]))


def test_a_header_that_cannot_be_read_is_not_taken_for_the_end(tmp_path: Path) -> None:
    whole = bytearray(tar_of(*MEMBERS))
    second = 512 + 1024  # behind the first header and its two blocks
    assert whole[second : second + 10] == b"top/b.toml"
    whole[second] ^= 1
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(bytes(whole)))
    with pytest.raises(SourceUnavailable, match="no header at 1536, and not the end"):
        list(walk_archive(tmp_path / "a.tar.gz", LIMITS))


@pytest.mark.parametrize("pack", [bytes, bz2.compress], ids=["plain", "bzip2"])
def test_a_tar_without_a_checksum_of_gzip_is_refused(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    assert "broken archive" in refused(tmp_path / "a.tar.gz", pack(tar_of(*MEMBERS)))


def test_members_that_no_source_wants_are_counted_too(archive_of: Callable[..., Path]) -> None:
    path = archive_of(*(link(f"l{number}", tarfile.SYMTYPE) for number in range(11)))
    with pytest.raises(SourceUnavailable, match="more than 10 members"):
        list(walk_archive(path, LIMITS))


def test_what_is_wrong_with_an_archive_is_told_with_its_address(tmp_path: Path) -> None:
    """The file in the cache is called by a digest, which tells nobody what to look at."""
    path = tmp_path / "0f343b0931126a20f133d67c2b018a3b"
    path.write_bytes(b"no gzip at all")
    with pytest.raises(SourceUnavailable) as problem:
        list(walk_archive(path, LIMITS, "https://example.org/main.tar.gz"))
    assert str(problem.value).startswith("https://example.org/main.tar.gz: broken archive (")
