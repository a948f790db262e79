"""Firefox's current version in each channel, and the day of each major release.

They say whether an expiry by version has passed (docs/domain.md rule 7). The option
`versions` ({nightly: 150, …}) takes the place of what upstream says of a channel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indexer.model.records import FirefoxVersion, Record
from indexer.sources import Fetched, Report, Request, SourceUnavailable
from indexer.sources._upstream import Entry, read_json, to_moment

BASE = "https://product-details.mozilla.org/1.0"
VERSIONS = "firefox_versions.json"
MAJOR_RELEASES = "firefox_history_major_releases.json"
DEVELOPMENT_RELEASES = "firefox_history_development_releases.json"
CHANNELS = {
    "nightly": "FIREFOX_NIGHTLY",
    "beta": "LATEST_FIREFOX_DEVEL_VERSION",
    "release": "LATEST_FIREFOX_VERSION",
    "esr": "FIREFOX_ESR",
}
# The day of a merge is the day on which Nightly took the next number.
NIGHTLY_SINCE = "LAST_MERGE_DATE"
MAJOR = re.compile(r"(\d{1,4})(?:\.|$)")


class Source:
    """Requests: the current versions, and the days of major and of development releases."""

    name = "product_details"
    version = 1

    def requests(self, options: Mapping[str, Any]) -> Sequence[Request]:
        """The three files below `base_url`, or where upstream publishes them."""
        base = str(options.get("base_url") or BASE).rstrip("/")
        return [
            Request(f"{base}/{file}", tag=file) for file in (VERSIONS, MAJOR_RELEASES, DEVELOPMENT_RELEASES)
        ]

    def records(
        self, fetched: Sequence[Fetched], options: Mapping[str, Any], report: Report
    ) -> Iterator[Record]:
        """The current version of each channel and the days of releases.

        Raises SourceUnavailable where a file names no version or release at all: that is no upstream of ours.
        """
        contents = {file.request.tag: read_json(file, dict) for file in fetched}
        if contents[VERSIONS] and not contents[VERSIONS].keys() & set(CHANNELS.values()):
            raise SourceUnavailable(f"{VERSIONS} names no version of Firefox")
        for file in (MAJOR_RELEASES, DEVELOPMENT_RELEASES):
            if contents[file] and not any(MAJOR.match(str(version)) for version in contents[file]):
                raise SourceUnavailable(f"{file} names no release")
        majors = list(_days(Entry({"releases": contents[MAJOR_RELEASES]}, MAJOR_RELEASES, report)))
        betas = dict(_days(Entry({"releases": contents[DEVELOPMENT_RELEASES]}, DEVELOPMENT_RELEASES, report)))
        days = betas | {str(_major(version)): day for version, day in majors}
        current = Entry(contents[VERSIONS], VERSIONS, report)
        yield from _channels(current, options.get("versions") or {}, days)
        for version, day in majors:
            report.seen["major releases"] += 1
            yield FirefoxVersion("", _major(version), version, day)


def _channels(
    current: Entry, versions: Mapping[str, Any], days: Mapping[str, str]
) -> Iterator[FirefoxVersion]:
    """The version of each channel; `days` has those of betas by version, of others by major version."""
    for channel, key in CHANNELS.items():
        current.report.seen["channels"] += 1
        override = versions.get(channel)
        version = str(override or current.text(key))
        if not MAJOR.match(version):
            current.report.skip("channel without a version", f"{channel} {version}")
            continue
        released = days.get(version if channel == "beta" else str(_major(version)), "")
        if channel == "nightly":
            released = "" if override else current.moment(NIGHTLY_SINCE)[:10]
        yield FirefoxVersion(channel, _major(version), version, released)


def _days(releases: Entry) -> Iterator[tuple[str, str]]:
    """Version and ISO date of each release in a file; what is neither is counted."""
    for version, text in releases.texts_by_name("releases").items():
        day = to_moment(text)[:10]
        if day and MAJOR.match(version):
            yield version, day
        else:
            releases.report.skip("release without a day", f"{releases.what} {version}")


def _major(version: str) -> int:
    """The major version of "136.0.2", "138.0a1" or "150"; callers have matched MAJOR."""
    return int(version.partition(".")[0])
