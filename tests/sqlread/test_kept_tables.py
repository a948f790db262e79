"""What SQL said before is told again where nothing that it depends on changed, and the same as without it."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.sqlread.kept import tables as kept_tables
from indexer.sqlread.kept.tables import KeptTables
from indexer.sqlread.kept.told import Told, digest, tell_anew
from indexer.sqlread.statements import read_sql
from indexer.sqlread.values import shape_of_columns
from indexer.sqlread.warehouse import TableText, Warehouse

PING = "client_id STRING, metrics RECORD, metrics.counter RECORD, metrics.counter.ticks INTEGER"
WORLD = {
    "p.x.pings": PING,
    "p.x.other": PING,
    "p.x.daily": "SELECT client_id, metrics FROM `p.x.pings`",
    "p.x.both": "SELECT * FROM `p.x.daily` UNION ALL SELECT client_id, metrics FROM `p.x.other`",
    "p.x.ticks": "SELECT metrics.counter.ticks AS ticks, client_id FROM `p.x.both`",
    "p.x.rolling": "SELECT client_id FROM `p.x.rolling` UNION ALL SELECT client_id FROM `p.x.other`",
    "p.x.early": "SELECT * FROM `p.x.later`",
    "p.x.aside": "SELECT 1 AS one",
}
ALL = sorted(name for name, text in WORLD.items() if "SELECT" in text)


class Asked:
    """What a warehouse of some texts says, and which tables it resolved to say it."""

    def __init__(self, world: dict[str, str], path: Path | None) -> None:
        tables, own = {}, {}
        shapes = {}  # one for all tables of a schema, as the catalogue has it
        for name, text in world.items():
            own[name] = digest(name.encode(), text.encode())
            if "SELECT" in text:
                tables[name] = TableText(name, read_sql(text), None, True)
                continue
            columns = (column.split(" ") for column in text.split(", "))
            made = shape_of_columns((path, kind, "NULLABLE", "") for path, kind in columns)
            tables[name] = TableText(name, None, shapes.setdefault(text, made))
        warehouse = Warehouse(tables, {})
        names = frozenset(name for name, text in world.items() if "SELECT" in text)
        tell = KeptTables(path).tell if path is not None else tell_anew
        self.told = tell(warehouse, own, names)
        self.resolved = sorted(names & warehouse.asked.keys())

    def said(self) -> dict[str, Told]:
        """But for what only keeping needs."""
        return {name: replace(told, whole=b"", asked=()) for name, told in self.told.items()}


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(kept_tables, "ENOUGH", 0.0)
    return tmp_path / "tables"


def test_what_did_not_change_is_not_resolved_again(path: Path) -> None:
    first, again = Asked(WORLD, path), Asked(WORLD, path)
    assert first.resolved == ALL
    assert again.resolved == []
    assert again.told == first.told
    assert again.said() == Asked(WORLD, None).said()


@pytest.mark.parametrize(
    ("change", "anew"),
    [
        ({"p.x.aside": "SELECT 2 AS two"}, ["p.x.aside"]),
        ({"p.x.daily": "SELECT metrics, client_id FROM `p.x.pings`"}, ["p.x.both", "p.x.daily", "p.x.ticks"]),
        # what a changed table reads is resolved as well, since the trees of its columns are not kept
        ({"p.x.ticks": "SELECT client_id FROM `p.x.both`"}, ["p.x.both", "p.x.daily", "p.x.ticks"]),
        ({"p.x.other": PING + ", day DATE"}, ["p.x.both", "p.x.daily", "p.x.rolling", "p.x.ticks"]),
        ({"p.x.later": "SELECT 1 AS one"}, ["p.x.early", "p.x.later"]),
    ],
    ids=["alone", "beneath others", "on top", "a schema", "one that others asked for in vain"],
)
def test_what_stands_on_a_change_is_resolved_anew(
    path: Path, change: dict[str, str], anew: list[str]
) -> None:
    Asked(WORLD, path)
    after = Asked({**WORLD, **change}, path)
    assert after.resolved == anew
    assert after.said() == Asked({**WORLD, **change}, None).said()
    assert Asked({**WORLD, **change}, path).resolved == []


def test_a_circle_and_what_stands_on_it_are_never_kept(path: Path) -> None:
    circle = {
        "p.x.egg": "SELECT * FROM `p.x.hen`",
        "p.x.hen": "SELECT client_id FROM `p.x.pings` UNION ALL SELECT client_id FROM `p.x.egg`",
        "p.x.farm": "SELECT * FROM `p.x.hen`",
    }
    world = {**WORLD, **circle}
    Asked(world, path)
    again = Asked(world, path)
    assert again.resolved == sorted(circle)
    assert again.said() == Asked(world, None).said()


def test_whatever_was_there_before_the_same_is_said(path: Path) -> None:
    chance = random.Random(7)
    texts = list(WORLD.values())
    world = dict(WORLD)
    for _ in range(60):
        world[chance.choice(list(WORLD))] = chance.choice(texts)
        assert Asked(world, path).said() == Asked(world, None).said()


@pytest.mark.parametrize("harm", ["damaged", "cut short", "of another program"])
def test_a_file_that_cannot_be_trusted_counts_as_none(
    path: Path, harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Asked(WORLD, path)
    content = path.read_bytes()
    if harm == "of another program":
        monkeypatch.setattr(kept_tables, "_program", lambda: bytes(32))
    else:
        path.write_bytes(content[:90] if harm == "cut short" else content[:-1] + bytes([content[-1] ^ 1]))
    again = Asked(WORLD, path)
    assert again.resolved == ALL
    assert again.told == first.told


def test_what_is_gone_is_forgotten(path: Path) -> None:
    Asked(WORLD, path)
    fewer = {name: text for name, text in WORLD.items() if name != "p.x.aside"}
    Asked({**fewer, "p.x.ticks": "SELECT client_id FROM `p.x.daily`"}, path)
    assert sorted(name for name, _ in kept_tables._read(path)) == [
        name for name in ALL if name != "p.x.aside"
    ]
