"""Files of SQL are read within limits, each text once, and what stands there costs itself only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from indexer.runtime.limited import Limits
from indexer.sqlread.kept import readings as readings_module
from indexer.sqlread.kept.readings import Readings, read_batch
from indexer.sqlread.texts import digest_of, reading_of

GOOD = [f"SELECT {number} AS n{number} FROM p.d.t" for number in range(20)]
# loops that end after hours, a text of three gigabytes, and brackets without end
HOSTILE = {
    "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}"
    "{% endfor %}{% endfor %}{% endfor %}": "it takes too long to read",
    "SELECT '{{ 'x' * 3000000000 }}' AS a": "it takes too much memory to read",
    "SELECT " + "(" * 30_000 + "1" + ")" * 30_000: "it nests too deeply to be read",
}


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    readings = Readings(tmp_path_factory.mktemp("sql"), 1, Limits(seconds=1, memory_bytes=200_000_000))
    return readings.read([*GOOD, *HOSTILE])


@pytest.mark.parametrize("text", HOSTILE, ids=list(HOSTILE.values()))
def test_a_hostile_file_is_left_with_its_reason(read: Mapping[str, str], text: str) -> None:
    found = reading_of(read[digest_of(text)])
    assert found.outputs == ()
    assert found.problems == (HOSTILE[text],)


def test_the_files_beside_a_hostile_one_are_read(read: Mapping[str, str]) -> None:
    for text in GOOD:
        found = reading_of(read[digest_of(text)])
        assert (len(found.outputs), found.problems) == (1, ())


def test_a_text_is_read_once_and_forgotten_when_two_builds_did_not_ask_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def read_new(self: Readings, texts: Mapping[str, str]) -> dict[str, str]:
        asked.extend(texts.values())
        return read_batch(list(texts.items()))

    monkeypatch.setattr(Readings, "_read_new", read_new)
    first = Readings(tmp_path, 1).read(GOOD[:3])
    assert asked == GOOD[:3]
    second = Readings(tmp_path, 1).read(GOOD[1:4])
    assert asked == GOOD[:4]
    assert second[digest_of(GOOD[1])] == first[digest_of(GOOD[1])]
    Readings(tmp_path, 1).read(GOOD[5:6])
    assert asked == [*GOOD[:4], GOOD[5]]
    Readings(tmp_path, 1).read(GOOD[:2])
    assert asked == [*GOOD[:4], GOOD[5], GOOD[0]]  # the second was asked for in the build before the last


def test_what_one_build_asks_for_in_turns_is_kept_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Readings, "_read_new", lambda self, texts: read_batch(list(texts.items())))
    build = Readings(tmp_path, 1)
    build.read(GOOD[:3])
    build.read(GOOD[3:5])
    monkeypatch.setattr(Readings, "_read_new", lambda self, texts: pytest.fail(f"read again: {texts}"))
    again = Readings(tmp_path, 1)
    assert len(again.read(GOOD[3:5])) == 2
    assert len(again.read(GOOD[:3])) == 3
    assert len(Readings(tmp_path, 1).read(GOOD[:5])) == 5


def test_another_parser_reads_anew_and_a_damaged_file_counts_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        Readings,
        "_read_new",
        lambda self, texts: asked.extend(texts.values()) or read_batch(list(texts.items())),
    )
    Readings(tmp_path, 1).read(GOOD[:1])
    monkeypatch.setattr(readings_module, "PARSER_VERSION", "another")
    Readings(tmp_path, 1).read(GOOD[:1])
    assert asked == GOOD[:1] * 2
    (tmp_path / readings_module.FILE).write_bytes(b"no zlib")
    assert reading_of(Readings(tmp_path, 1).read(GOOD[:1])[digest_of(GOOD[0])]).outputs
    assert asked == GOOD[:1] * 3


@pytest.mark.parametrize("text", ["", "[]", "[1", '["Select"]', '["Nothing", 1]', "{}", '"x"', "null"])
def test_a_damaged_reading_counts_as_none(text: str) -> None:
    assert reading_of(text).problems == ("what was read of it is damaged",)


@pytest.mark.parametrize(
    "text",
    ["", ";", ";;", "-- nothing", "SELECT * FROM", "SELECT (", "{%", "{{", "{% if %}", "\0", "''" + "'"],
)
def test_what_is_no_query_gives_none_and_raises_nothing(text: str) -> None:
    assert reading_of(read_batch([("a", text)])["a"]).outputs == ()
