"""indexer/sources/looker_dashboards.py on small files, on junk, and counted against the mirror's archives."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from indexer.model.records import Dashboard, DashboardTile, Record
from indexer.sources import Report
from indexer.sources.looker_dashboards import MOST_TILES, Source
from tests.support.fetching import records_of
from tests.support.unpacked import archives_of
from tests.support.upstream import LOOKER_HUB, SPOKE

SOURCE = Source()


def read(folder: Path, **files: Any) -> tuple[list[Record], Report]:
    """The records of files of looker-spoke-default by path; what is no text is written as JSON."""
    (folder / SPOKE).mkdir(parents=True)
    for path, content in files.items():
        target = folder / SPOKE / f"{path.replace('__', '/')}.dashboard.lookml"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content if isinstance(content, str) else json.dumps(content))
    return records_of(SOURCE, archives_of(SOURCE, folder))


def test_a_dashboard_comes_with_its_tiles_and_filters(tmp_path: Path) -> None:
    records, report = read(
        tmp_path,
        duet__dashboards__kpi="""
- dashboard: kpi
  title: KPIs
  description: All of them.
  extends: [base]
  elements:
  - name: one
    title: Daily users
    model: kpi
    explore: users
    type: looker_line
    fields: [users.day_date, users.dau, calculated]
    filters: {users.app: Fenix, users.null: }
    note_text: In millions
  - name: two
    type: text
    title_text: Read me
    body_text: <b>Old</b>
  filters:
  - {name: country, title: Country}
  - {name: channel}
""",
    )
    assert records == [
        Dashboard(
            model="duet",
            name="kpi",
            title="KPIs",
            description="All of them.",
            extends=("base",),
            tiles=(
                DashboardTile(
                    "one", "Daily users", "looker_line", "kpi", "users", ("users.day_date", "users.dau"),
                    "In millions", {"users.app": "Fenix"},
                ),
                DashboardTile("two", "Read me", "text", "duet", note="<b>Old</b>"),
            ),
            filters=("Country", "channel"),
            source_path="duet/dashboards/kpi.dashboard.lookml",
        )
    ]  # fmt: skip
    assert report.seen == {"file": 1, "dashboard": 1}


def test_a_tile_that_merges_queries_has_the_fields_of_all(tmp_path: Path) -> None:
    queries = [
        {"model": "m", "explore": "a", "fields": ["a.x", "a.y"]},
        {"model": "m", "explore": "b", "fields": ["b.x", "a.x"]},
    ]
    records, _ = read(
        tmp_path, m__d=[{"dashboard": "d", "elements": [{"name": "t", "merged_queries": queries}]}]
    )
    (tile,) = records[0].tiles  # type: ignore[union-attr]
    assert (tile.explore, tile.fields) == ("a", ("a.x", "a.y", "b.x"))


def test_an_unknown_tag_is_read_as_plain_data_and_constructs_nothing(tmp_path: Path) -> None:
    text = "- dashboard: d\n  title: !!python/object/apply:os.system ['true']\n  description: !secret words\n"
    records, _ = read(tmp_path, m__d=text)
    assert [(each.title, each.description) for each in records] == [("", "words")]  # type: ignore[union-attr]


def test_what_is_no_dashboard_is_counted_with_its_reason(tmp_path: Path) -> None:
    tiles = [{"name": str(number)} for number in range(MOST_TILES + 5)]
    records, report = read(
        tmp_path,
        m__broken="- dashboard: [",
        m__nameless=[{"title": "No name"}],
        m__text='"no list"',
        m__large=[{"dashboard": "large", "elements": tiles}],
    )
    assert [len(each.tiles) for each in records] == [MOST_TILES]  # type: ignore[union-attr]
    assert report.skipped == Counter(
        {
            "unreadable LookML": 1,
            "dashboard without a name": 1,
            "tile beyond the first ones of a dashboard": 1,
        }
    )


def test_what_opmon_makes_is_told_from_what_people_curate(tmp_path: Path) -> None:
    target = tmp_path / LOOKER_HUB / "operational_monitoring/dashboards/a.dashboard.lookml"
    target.parent.mkdir(parents=True)
    target.write_text(json.dumps([{"dashboard": "a"}]))
    records, _ = read(tmp_path, m__b=[{"dashboard": "b"}])
    assert [(each.name, each.curated) for each in records] == [("b", True), ("a", False)]  # type: ignore[union-attr]


@pytest.mark.mirror
def test_every_dashboard_file_of_the_mirror_is_read(mirror: Path) -> None:
    records, report = records_of(SOURCE, archives_of(SOURCE, mirror))
    boards = [each for each in records if isinstance(each, Dashboard)]
    assert Counter(each.curated for each in boards) == {True: 48, False: 319}
    assert report.seen["file"] == 367
    assert not report.skipped
