"""A table as a query reads it: its alias, which columns it has, its partition and sample filters."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from indexer.model.items import USER_PROJECT
from indexer.model.table_records import Column
from search_app.sql.events_stream import EVENTS_STREAM
from search_app.tools import Context
from search_app.tools.addressing.places import ping_has_client_id

ColumnsOf = Callable[[str], Sequence[Column]]  # dataset.table -> its columns, empty where unknown

DAYS, DAYS_OF_MONTHS = (
    7,
    365,
)  # asked for: of a table with rows for each day, of one with a row a week or a month
LOOK = {"month": 62, "week": 14}  # days in which a table with rows for a month or a week has some; others: 1
BY_HAND = "The columns of this events_stream are not published: they are written by hand."
SAMPLE = "It reads {share} % of the clients ({condition}): take that line out for everyone."
BEHIND = "Its newest rows are of {days} days ago, since it is filled later: days are counted from there."
APP_IS_OVER = "Its app is deprecated: where these days are empty, ask for earlier ones."
IS_OVER = "It is deprecated: where these days are empty, ask for earlier ones."
IS_GONE = "{reason}: where it is gone, the query fails."
NO_DAY = "It has ended, on a day that is not known: set the days yourself."
ACCESS_NOTE = "BigQuery is open to Mozilla's people only."

# Words that BigQuery reserves: as a segment of a path they need backticks.
RESERVED = frozenset(
    {
        "all", "and", "any", "array", "as", "asc", "assert_rows_modified", "at", "between", "by",
        "case", "cast", "collate", "contains", "create", "cross", "cube", "current", "default",
        "define", "desc", "distinct", "else", "end", "enum", "escape", "except", "exclude",
        "exists", "extract", "false", "fetch", "following", "for", "from", "full", "graph_table",
        "group", "grouping", "groups", "hash", "having", "if", "ignore", "in", "inner", "intersect",
        "interval", "into", "is", "join", "lateral", "left", "like", "limit", "lookup", "merge",
        "natural", "new", "no", "not", "null", "nulls", "of", "on", "or", "order", "outer", "over",
        "partition", "preceding", "proto", "qualify", "range", "recursive", "respect", "right",
        "rollup", "rows", "select", "set", "some", "struct", "tablesample", "then", "to", "treat",
        "true", "unbounded", "union", "unnest", "using", "when", "where", "window", "with",
        "within",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SqlQuery:
    """A query with what a reader needs to use it."""

    title: str
    table: str  # dataset.table, or project.dataset.table outside mozdata
    sql: str
    url: str = ""  # the Glean Dictionary's query in STMO: ten recent rows; "" where there is none
    variant: str = "over time"  # over time, by label, by extra, by country, by channel, by version, …
    access: str = ACCESS_NOTE
    notes: tuple[str, ...] = ()  # sentences: what it reads, which units, what it takes for granted


@dataclass(frozen=True, slots=True)
class Ended:
    """Of what is sent no more: the last day on which all its clients sent it, "" where it is not known."""

    day: str
    kept_days: int = 0  # after how many days its rows are deleted, 0 where that is not known

    @property
    def sentence(self) -> str:
        """What a query says of a thing that is sent no more: up to that day all its clients sent it."""
        return f"It ended on {self.day}: the query asks for the days before." if self.day else NO_DAY

    @property
    def deleted(self) -> str:
        """Until when the query finds something, "" where not known; true whenever it is read."""
        if not self.day or not self.kept_days:
            return ""
        until = date.fromisoformat(self.day) + timedelta(days=self.kept_days)
        return (
            f"Rows are deleted after {self.kept_days:,} days, those of that day on {until.isoformat()}: "
            "from then on the query finds nothing."
        )


@dataclass(frozen=True, slots=True)
class Dimension:
    """A way to split: the first of its columns that a table has is used."""

    name: str
    variant: str
    columns: tuple[str, ...]


DIMENSIONS = (
    Dimension(
        "country", "by country",
        ("normalized_country_code", "metadata.geo.country", "country_code", "country"),
    ),
    Dimension(
        "channel", "by channel",
        ("normalized_channel", "client_info.app_channel", "application.channel", "channel"),
    ),
    Dimension(
        "version", "by version",
        (
            "client_info.app_display_version", "metadata.uri.app_version", "app_display_version",
            "app_version", "application.version",
        ),
    ),
)  # fmt: skip
CLIENT_COLUMNS = ("client_info.client_id", "client_id", "common.client_id", "clientid")
# apps with so many users that one in a hundred answers most questions; of others it would be nearly none
LARGE_APPS = frozenset(
    {
        "fenix", "firefox_desktop", "firefox_desktop_background_tasks",
        "firefox_desktop_background_update", "firefox_ios", "focus_android", "focus_ios",
        "thunderbird_desktop",
    }
)  # fmt: skip
SINGLE_TYPES = frozenset({"STRING", "INTEGER", "INT64", "FLOAT", "FLOAT64", "NUMERIC", "BOOLEAN", "BOOL"})


@dataclass(frozen=True, slots=True)
class Source:
    """A table under an alias. The alias keeps a column apart from a table of its name (`metrics`)."""

    table: str  # dataset.table, read in mozdata, or project.dataset.table
    columns: dict[str, Column] = field(default_factory=dict)
    alias: str = "m"
    partition: str = ""  # its partition field, where metadata names it
    client_ids: bool = True  # False: its pings carry no client id, whatever the schema says
    large: bool = True  # False: too few rows for a sample
    by_hand: bool = False  # its columns are written by hand: no schema of it is published
    ended: Ended | None = None  # what it is asked for is sent no more: ask for its last days
    over: str = ""  # a sentence where it, or its app, is deprecated; since when is not known
    days: int = DAYS  # how many are asked for
    look_days: int = 1  # how many hold some rows for sure
    behind: int = 0  # its newest day lies so many days before yesterday: the days are counted from there
    share: int | None = None  # per cent of the clients that are read; None: one, where that is sensible
    conditions: tuple[str, ...] = ()  # what a reader chose beside these

    @classmethod
    def of(
        cls, table: str, columns_of: ColumnsOf, context: Context, ping: tuple[str, str] = ("", ""),
        alias: str = "m", partition: str = "", ended: Ended | None = None, partition_type: str = "",
        behind: int = 0, over: str = "",
    ) -> Source:  # fmt: skip
        """The table with its columns, and what is known of the (app, ping) that it holds."""
        columns = columns_of(table)
        by_hand = not columns and table.endswith(".events_stream")
        if by_hand:
            columns = EVENTS_STREAM
        look = look_days(partition, partition_type)
        app = context.datasets.get(table.split(".")[-2].removesuffix("_stable").removesuffix("_live"))
        return cls(
            table,
            {column.path: column for column in columns},
            alias,
            partition,
            client_ids=ping_has_client_id(*ping, context),
            large=app is None or app[0] in LARGE_APPS,
            by_hand=by_hand,
            ended=ended,
            over=APP_IS_OVER if app is not None and context.deprecated(*app) else over,
            days=DAYS if look == 1 else DAYS_OF_MONTHS,
            look_days=look,
            behind=behind,
        )

    def notes(self, *sentences: str) -> tuple[str, ...]:
        """Notes on a query of the table, with a word where its columns are not published."""
        return (*(each for each in sentences if each), *((BY_HAND,) if self.by_hand else ()))

    def assumed(self) -> tuple[str, ...]:
        """What its filters take for granted; in the SQL it stands beside each."""
        found = []
        if self.ended is not None and self.date():
            found += [said for said in (self.ended.sentence, self.ended.deleted) if said]
        elif self.over and self.date():
            found.append(self.over)
        if said := self._of_what_is_filled_later:
            found.append(said)
        if self.sampled:
            found.append(SAMPLE.format(share=self.sample_share, condition=self._sample_condition("")))
        return tuple(found)

    @property
    def from_clause(self) -> str:
        """The table in backticks with its project (mozdata where none is named), and its alias."""
        full = self.table if self.table.count(".") == 2 else f"{USER_PROJECT}.{self.table}"
        return f"{backticked(full)} AS {self.alias}"

    def path(self, path: str) -> str:
        """A column path under the alias."""
        return f"{self.alias}.{quoted(path)}"

    def first(self, candidates: Sequence[str]) -> str:
        """The first column that is there and is a single plain value, "" where none is."""
        for candidate in candidates:
            column = self.columns.get(candidate)
            if column and column.mode != "REPEATED" and column.type in SINGLE_TYPES:
                return candidate
        return ""

    def free(self, name: str) -> str:
        """An output name that no column of the table has: GROUP BY would take the column."""
        return f"{name}_" if name in self.columns else name

    def date(self) -> tuple[str, str] | None:
        """The day of a row as (expression, name); None where the table has no date to filter by."""
        for name in (self.partition, "submission_timestamp", "submission_date"):
            column = self.columns.get(name)
            if column is None or "." in name:
                continue
            if column.type == "DATE":
                return self.path(name), name
            if column.type in ("TIMESTAMP", "DATETIME"):
                return f"DATE({self.path(name)})", self.free("submission_date" if "submi" in name else "day")
        return None

    def filters(self, days: int = 0) -> list[str]:
        """Partition filter (of its days, or fewer) and sample, each where the table has the column and it
        says something, and what a reader chose.
        """
        found = []
        if date := self.date():
            until = f"DATE '{self.ended.day}'" if self.ended and self.ended.day else "CURRENT_DATE()"
            said = (
                f"{self.ended.sentence} {self.ended.deleted}"
                if self.ended
                else f"{self.over} {self._of_what_is_filled_later}"
            )
            remark = f"  -- {comment(said)}" if said.strip() else ""
            since = (days or self.days) + (0 if self.ended else self.behind)
            found.append(f"{date[0]} >= DATE_SUB({until}, INTERVAL {since} DAY){remark}")
            if self.ended and self.ended.day:
                found.append(f"{date[0]} <= {until}")
        if self.sampled:
            condition = self._sample_condition(f"{self.alias}.")
            found.append(f"{condition}  -- a {self.sample_share} % sample: take the line out for everyone")
        return [*found, *self.conditions]

    @property
    def _of_what_is_filled_later(self) -> str:
        return filled_later(self.behind) if self.date() and not self.ended else ""

    @property
    def can_be_sampled(self) -> bool:
        """Whether a sample of clients can be read. sample_id is made of the client id, NULL without one."""
        return "sample_id" in self.columns and (bool(self.clients()) or "document_id" not in self.columns)

    @property
    def sampled(self) -> bool:
        """Whether a sample is read: what was chosen, else 1 % where the table is large."""
        wanted = self.large if self.share is None else self.share < 100
        return wanted and self.can_be_sampled

    @property
    def sample_share(self) -> int:
        """Per cent of the clients that are read."""
        return (self.share or 1) if self.sampled else 100

    def _sample_condition(self, prefix: str) -> str:
        share = self.sample_share
        return f"{prefix}sample_id = 0" if share == 1 else f"{prefix}sample_id < {share}"

    def group(self, path: str) -> tuple[str, str]:
        """A column to group by, as (expression, name)."""
        leaf = path.rpartition(".")[2]
        return self.path(path), leaf if leaf == path else self.free(leaf)

    def dimensions(self) -> list[tuple[Dimension, str]]:
        """The ways to split that this table has, each with its column."""
        found = [(dimension, self.first(dimension.columns)) for dimension in DIMENSIONS]
        return [(dimension, column) for dimension, column in found if column]

    def look(self) -> list[str]:
        """What tells single rows apart: who sent it, from where, with which version."""
        clients = self.first(CLIENT_COLUMNS) if self.client_ids else ""
        found = [clients, *(column for _, column in self.dimensions())]
        return [self.path(column) for column in found if column]

    def clients(self) -> list[str]:
        """The count of clients as a list of at most one select expression."""
        column = self.first(CLIENT_COLUMNS) if self.client_ids else ""
        return [f"COUNT(DISTINCT {self.path(column)}) AS clients"] if column else []


def look_days(day: str, partition_type: str = "") -> int:
    """In how many days a table surely has rows, by what its day is called (`submission_month`, `week`) and by
    what it is partitioned: the day of a row of a month is the month's first."""
    return next((days for word, days in LOOK.items() if word in (partition_type, *day.lower().split("_"))), 1)


def filled_later(behind: int) -> str:
    """What a query says of a table whose newest day lies behind; "" where that is yesterday."""
    return BEHIND.format(days=behind + 1) if behind else ""


def quoted(path: str) -> str:
    """A path with backticks around the segments that BigQuery would misread."""
    return ".".join(
        segment
        if re.fullmatch(r"[A-Za-z_]\w*", segment) and segment.lower() not in RESERVED
        else backticked(segment)
        for segment in path.split(".")
    )


def backticked(name: str) -> str:
    """A name between backticks, without what would end or escape them: no name of BigQuery's has it."""
    return "`" + re.sub(r"[`\\\x00-\x1f]", "", name) + "`"


def literal(text: str) -> str:
    """Text as an SQL string: upstream names may hold quotes and backslashes."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"


def comment(text: str) -> str:
    """Upstream text inside a comment: on one line, so that nothing of it can become SQL."""
    return " ".join(re.split(r"\s+", text.strip()))
