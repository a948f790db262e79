"""The day on which the data of an ended thing ended: by removal, by date, by version, by its own word."""

from __future__ import annotations

from datetime import date

import pytest

from indexer.model.definitions import MetricDefinition
from indexer.model.last_day import expired_since, last_day
from indexer.model.liveness import Clock

NOW = Clock(date(2026, 11, 1), {"nightly": 150, "release": 148}, {118: "2023-09-26", 120: "2023-11-21"})


def definition(expires: str, first: str) -> MetricDefinition:
    return MetricDefinition("counter", "", f"{first} 10:00:00", f"{first} 11:00:00", 0, expires)


@pytest.mark.parametrize(
    ("expires", "given", "day"),
    [
        ("never", {"removed": "2024-03-02 10:00:00"}, "2024-03-02"),
        ("2023-01-05", {}, "2023-01-05"),
        ("2023-01-05", {"removed": "2024-03-02"}, "2023-01-05"),
        ("2023-01-05", {"removed": "2022-03-02"}, "2022-03-02"),
        ("2027-01-05", {"removed": "2024-03-02"}, "2024-03-02"),
        ("120", {}, "2023-11-21"),
        ("120", {"channel": "release"}, "2023-11-21"),
        ("120", {"channel": "nightly"}, "2023-09-26"),
        ("120", {"channel": "beta"}, ""),  # the release of 119 is not known
        ("119", {"removed": "2024-03-02"}, ""),  # it ended before, nobody knows when
        ("200", {"removed": "2024-03-02"}, "2024-03-02"),
        ("expired", {"expired_since": "2021-05-06 01:02:03"}, "2021-05-06"),
        ("expired", {}, ""),
        ("never", {"removed": ""}, ""),
        ("soon", {"removed": "2024-03-02"}, "2024-03-02"),
        ("never", {}, ""),
    ],
)
def test_the_earlier_of_two_ends_is_the_last_day(expires: str, given: dict[str, str], day: str) -> None:
    assert last_day(expires, NOW, **given) == day  # type: ignore[arg-type]


def test_expired_counts_from_the_first_of_the_newest_definitions_that_say_so() -> None:
    history = [
        definition("expired", "2022-03-03"),
        definition("expired", "2022-02-02"),
        definition("2022-01-01", "2021-01-01"),
        definition("expired", "2020-01-01"),
    ]
    assert expired_since(history) == "2022-02-02 10:00:00"
    assert expired_since(history[2:]) == ""
