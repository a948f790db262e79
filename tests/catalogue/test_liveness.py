"""Rule 7: alive or not, and why."""

from datetime import date

import pytest

from indexer.model.literals import STATUSES
from indexer.model.liveness import (
    LIFE,
    channels_of,
    clock,
    next_change,
    parse_expiry,
    status_of,
    summary,
)
from indexer.model.parts import ChannelStatus
from indexer.model.records import FirefoxVersion

NOW = clock(
    date(2026, 7, 1),
    [
        FirefoxVersion("nightly", 150, "150.0a1"),
        FirefoxVersion("beta", 149, "149.0b3"),
        FirefoxVersion("release", 148, "148.0.1"),
        FirefoxVersion("", 147, "147.0", "2026-01-13"),
    ],
)

EXPIRED_WORD = "expired, as its definition says"

CASES = [
    # expires, keywords, status, reason
    ("never", {}, "active", ""),
    ("Never", {}, "active", ""),
    (" never ", {}, "active", ""),
    ("", {}, "active", ""),
    ("none", {}, "active", ""),
    ("expired", {}, "expired", EXPIRED_WORD),
    ("Expired", {}, "expired", EXPIRED_WORD),
    ("2021-07-01", {}, "expired", "expired on 2021-07-01"),
    ("2021-7-1", {}, "expired", "expired on 2021-07-01"),
    ("2021-07-01 00:00:00", {}, "expired", "expired on 2021-07-01"),
    ("2026-06-30", {}, "expired", "expired on 2026-06-30"),
    ("2026-07-01", {}, "expired", "expired on 2026-07-01"),
    ("2026-07-02", {}, "active", ""),
    ("2199-01-01", {}, "active", ""),
    ("2021-02-31", {}, "unknown", "its expiry is not understood: 2021-02-31"),
    ("147", {"channel": "nightly"}, "expired", "expired in Firefox 147 (Nightly is 150)"),
    ("150", {"channel": "nightly"}, "expired", "expired in Firefox 150 (Nightly is 150)"),
    ("151", {"channel": "nightly"}, "active", ""),
    ("149", {"channel": "beta"}, "expired", "expired in Firefox 149 (Beta is 149)"),
    ("150", {"channel": "beta"}, "active", ""),
    ("148", {"channel": "release"}, "expired", "expired in Firefox 148 (Release is 148)"),
    ("149", {"channel": "release"}, "active", ""),
    ("149", {"channel": ""}, "active", ""),
    ("148", {"channel": ""}, "expired", "expired in Firefox 148 (Release is 148)"),
    ("70.0a1", {"channel": "nightly"}, "expired", "expired in Firefox 70 (Nightly is 150)"),
    ("145.0", {"channel": "nightly"}, "expired", "expired in Firefox 145 (Nightly is 150)"),
    ("145", {"channel": "x"}, "unknown", "expires in Firefox 145, and the version of today is not known"),
    ("default", {}, "unknown", "its expiry is not understood: default"),
    ("<b>soon</b>", {}, "unknown", "its expiry is not understood: <b>soon</b>"),
    ("1" * 9, {}, "unknown", "its expiry is not understood: 111111111"),
    ("x" * 99, {}, "unknown", "its expiry is not understood: " + "x" * 40),
    ("never", {"in_source": False}, "removed", "removed from the source"),
    (
        "never",
        {"in_source": False, "last_seen": "2024-12-02 10:11:12"},
        "removed",
        "removed from the source, last seen 2024-12-02",
    ),
    ("2021-07-01", {"in_source": False}, "removed", "removed from the source"),
    ("never", {"disabled": True}, "disabled", "disabled in its definition"),
    ("2021-07-01", {"disabled": True}, "expired", "expired on 2021-07-01"),
    ("never", {"disabled": True, "in_source": False}, "removed", "removed from the source"),
    ("never", {"deprecated_app": "Lockwise"}, "deprecated", "Lockwise is deprecated"),
    ("expired", {"deprecated_app": "Lockwise"}, "expired", EXPIRED_WORD),
    ("never", {"deprecated_app": "Lockwise", "disabled": True}, "disabled", "disabled in its definition"),
    ("never", {"deprecated_app": "L", "in_source": False}, "removed", "removed from the source"),
    ("junk", {"deprecated_app": "Lockwise"}, "deprecated", "Lockwise is deprecated"),
    ("junk", {"disabled": True}, "disabled", "disabled in its definition"),
    ("2030-01-01", {"deprecated_app": "Lockwise"}, "deprecated", "Lockwise is deprecated"),
    # versions: below, equal and above in each channel, and other ways to write them
    ("149", {"channel": "nightly"}, "expired", "expired in Firefox 149 (Nightly is 150)"),
    ("148", {"channel": "beta"}, "expired", "expired in Firefox 148 (Beta is 149)"),
    ("147", {"channel": "release"}, "expired", "expired in Firefox 147 (Release is 148)"),
    (" 151 ", {"channel": "nightly"}, "active", ""),
    ("150b2", {"channel": "beta"}, "active", ""),
    ("0", {}, "expired", "expired in Firefox 0 (Release is 148)"),
    ("151", {"channel": "nightly", "disabled": True}, "disabled", "disabled in its definition"),
    ("145", {"channel": "x", "in_source": False}, "removed", "removed from the source"),
    ("145", {"channel": "x", "disabled": True}, "disabled", "disabled in its definition"),
    # dates that are none
    ("2026-13-01", {}, "unknown", "its expiry is not understood: 2026-13-01"),
    ("2026/07/01", {}, "unknown", "its expiry is not understood: 2026/07/01"),
    ("01.07.2026", {}, "unknown", "its expiry is not understood: 01.07.2026"),
    ("0000-00-00", {}, "unknown", "its expiry is not understood: 0000-00-00"),
    ("-150", {}, "unknown", "its expiry is not understood: -150"),
    ("1e2", {}, "unknown", "its expiry is not understood: 1e2"),
    ("never ever", {}, "unknown", "its expiry is not understood: never ever"),
    ("\0", {}, "unknown", "its expiry is not understood: \0"),
    ("٢٠٢٦", {}, "unknown", "its expiry is not understood: ٢٠٢٦"),
]


@pytest.mark.parametrize(("expires", "more", "status", "reason"), CASES)
def test_rule_7_alive_or_not_and_why(expires, more, status, reason):
    assert status_of(expires, NOW, **more) == (status, reason)


def test_rule_7_a_date_is_dead_on_its_own_day():
    assert status_of("2026-07-02", clock(date(2026, 7, 2), []))[0] == "expired"


def test_rule_7_without_versions_a_version_expiry_is_unknown():
    assert status_of("120", clock(date(2026, 7, 1), []), channel="nightly")[0] == "unknown"


def test_every_status_has_its_place_in_the_order_of_life():
    assert sorted(LIFE) == sorted(STATUSES)


def test_rule_7_one_app_id_with_all_channels_is_judged_in_each_for_a_version():
    assert channels_of("", "149") == ("nightly", "beta", "release")
    assert channels_of("", "never") == ("",)
    assert channels_of("beta", "149") == ("beta",)


def test_rule_7_the_most_alive_channel_is_the_summary():
    rows = [
        ChannelStatus("fenix", "a", "nightly", "expired", "expired in Firefox 149 (Nightly is 150)"),
        ChannelStatus("fenix", "b", "release", "active", ""),
    ]
    assert summary(rows) == ("active", "")
    assert summary(rows[:1]) == ("expired", "expired in Firefox 149 (Nightly is 150)")
    assert summary([])[0] == "unknown"


def rows(*statuses: str) -> list[ChannelStatus]:
    return [ChannelStatus("fenix", status, "", status, f"because {status}") for status in statuses]


@pytest.mark.parametrize(
    ("statuses", "best"),
    [
        (("removed", "active"), "active"),
        (("expired", "disabled", "removed"), "disabled"),
        (("deprecated", "expired"), "deprecated"),
        (("unknown", "deprecated", "disabled"), "unknown"),
        (("removed", "expired"), "expired"),
        (("removed", "removed"), "removed"),
        (("active", "unknown"), "active"),
    ],
)
def test_rule_7_mixed_channels_are_as_alive_as_their_most_alive(statuses, best):
    assert summary(rows(*statuses)) == (best, f"because {best}")


def test_the_next_change_is_the_earliest_future_date():
    expiries = ["never", "2021-01-01", "2027-03-01", "2026-12-24", "150", "junk"]
    assert next_change(expiries, date(2026, 7, 1)) == "2026-12-24"
    assert next_change(["never", "2026-07-01"], date(2026, 7, 1)) == ""


def test_an_expiry_is_read_into_its_kind():
    assert parse_expiry("150").version == 150
    assert parse_expiry("2026-12-24").on == date(2026, 12, 24)
    assert parse_expiry("whatever").kind == "unknown"


def test_a_release_date_is_kept_per_major():
    assert NOW.releases == {147: "2026-01-13"}
