"""By what a query can be split: the ways that tables have in common, and the moments of a row.

A way is offered where the table has one of its columns. Pings of Glean have nearly all of them,
legacy pings have them under other names, derived tables have a few.
"""

from __future__ import annotations

from dataclasses import dataclass

from search_app.sql.source import DIMENSIONS, Dimension, Source, literal

BREAKDOWNS = (
    *DIMENSIONS,
    Dimension("os", "by OS", ("normalized_os", "client_info.os", "environment.system.os.name", "os")),
    Dimension(
        "os_version", "by version of the OS",
        ("normalized_os_version", "client_info.os_version", "environment.system.os.version", "os_version"),
    ),
    Dimension(
        "architecture", "by architecture",
        ("client_info.architecture", "environment.build.architecture", "application.architecture"),
    ),
    Dimension("locale", "by locale", ("client_info.locale", "environment.settings.locale", "locale")),
    Dimension(
        "device", "by device", ("client_info.device_model", "environment.system.device.model", "device_model")
    ),
    Dimension(
        "manufacturer", "by manufacturer of the device",
        ("client_info.device_manufacturer", "environment.system.device.manufacturer"),
    ),
    Dimension("isp", "by internet provider", ("metadata.isp.name", "isp_name")),
    Dimension(
        "distribution", "by distribution",
        ("client_info.distribution.name", "environment.partner.distribution_id", "distribution_id"),
    ),
    Dimension(
        "attribution", "by source of the installation",
        ("client_info.attribution.source", "environment.settings.attribution.source", "attribution_source"),
    ),
    Dimension(
        "build", "by build",
        (
            "client_info.app_build", "environment.build.build_id", "application.build_id", "app_build_id",
            "build_id",
        ),
    ),
    Dimension("app_name", "by name of the app", ("normalized_app_name", "metadata.uri.app_name", "app_name")),
)  # fmt: skip
MAJOR = "major_version"
MOMENTS = {"date": "day", "week": "week", "month": "month"}  # as an address says it -> as a reader sees it
INVESTIGATION = "investigation"
TOP_OF_EACH = 10  # values of each dimension of an investigation


@dataclass(frozen=True, slots=True)
class Way:
    """One way to split a query of one table."""

    name: str  # as an address says it
    words: str  # as a reader sees it
    groups: tuple[tuple[str, str], ...]  # (expression, name)

    @property
    def is_moment(self) -> bool:
        """Whether it splits by time: a query has at most one such way."""
        return self.name in MOMENTS


def moments(source: Source) -> list[Way]:
    """Day, week and month, where the table has a day."""
    day = source.date()
    if day is None:
        return []
    ways = [Way("date", MOMENTS["date"], (day,))]
    for name, unit in (("week", "WEEK(MONDAY)"), ("month", "MONTH")):
        ways.append(Way(name, MOMENTS[name], ((f"DATE_TRUNC({day[0]}, {unit})", source.free(name)),)))
    return ways


def dimensions(source: Source) -> list[Way]:
    """The ways that tables have in common of which this one has a column; no column twice."""
    found: dict[str, Way] = {}
    for each in BREAKDOWNS:
        column = source.first(each.columns)
        if column and column not in found:
            name = each.name if column == each.name else source.free(each.name)
            group = (source.path(column), name)
            found[column] = Way(each.name, each.variant.removeprefix("by "), (group,))
            if each.name == "version" and source.columns[column].type == "STRING":
                first = f"SPLIT({source.path(column)}, '.')[SAFE_OFFSET(0)]"
                found[MAJOR] = Way(MAJOR, "major version", ((first, source.free(MAJOR)),))
    return list(found.values())


def investigated(source: Source) -> list[Way]:
    """The dimensions that an investigation looks along: the common ones, versions by their first number."""
    ways = dimensions(source)
    has_major = any(way.name == MAJOR for way in ways)
    return [way for way in ways if not (has_major and way.name in ("version", "build"))]


def slices(source: Source) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The UNNEST that gives each row once for each dimension, and the groups that it is then split by."""
    names = (source.free("dimension"), source.free("dimension_value"))
    rows = []
    for number, way in enumerate(investigated(source)):
        expression = f"CAST({way.groups[0][0]} AS STRING)"
        first = number == 0  # its names hold for all
        name = f"{literal(way.words)} AS {names[0]}" if first else literal(way.words)
        rows.append(f"STRUCT({name}, {expression}{f' AS {names[1]}' if first else ''})")
    array = ",\n    ".join(rows)
    groups = tuple((f"slice.{name}", name) for name in names)
    return f"UNNEST([\n    {array}\n  ]) AS slice", groups
