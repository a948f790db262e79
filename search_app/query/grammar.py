"""The query language as a table: what the parser knows of it, and what the help page shows."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.model.kinds import KINDS
from indexer.model.literals import STATUSES


@dataclass(frozen=True, slots=True)
class Form:
    """One form of the query language: a row of the help page, and what the parser knows of it."""

    form: str  # as shown: app:…
    meaning: str
    example: str
    name: str = ""  # the prefix, "" for marks
    reads: str = "mark"  # mark, filter, range
    values: tuple[str, ...] = ()  # all there are; empty where the data decides
    spellings: tuple[tuple[str, tuple[str, ...]], ...] = ()  # other spellings of values -> values


_KIND_SPELLINGS = tuple(
    (spelling, (name,)) for name, kind in KINDS.items() for spelling in (f"{name}s", *kind.spellings)
)
_STATUS_SPELLINGS = (
    ("alive", ("active",)),
    ("live", ("active",)),
    ("inactive", STATUSES[1:5]),
    ("dead", STATUSES[1:5]),
)

_DAYS = ("2024", "2024-06", ">=2024-06-01", "2024-01..2024-06", "30d")

LANGUAGE: tuple[Form, ...] = (
    Form("two words", "Both words are wanted. Things that have only one come later.", "search counts"),
    Form('"a phrase"', "These words, side by side, in this order, taken literally.", '"page load time"'),
    Form("-word", "Without this word. Works before phrases and filters too.", "shutdown -crash"),
    Form("start*", "Words that begin so.", "wallpap*"),
    Form("a OR b", "One of the two is enough. OR in capital letters.", "pocket OR sponsored"),
    Form("app:…", "Of this application: its name, title or application id.", "app:fenix", "app", "filter"),
    Form(
        "type:…",
        "Metric type, probe type, table layer or measure type.",
        "type:labeled_counter",
        "type",
        "filter",
    ),
    Form("kind:…", "Only this kind of thing.", "kind:table", "kind", "filter", tuple(KINDS), _KIND_SPELLINGS),
    Form("ping:…", "Sent in this ping.", "ping:baseline", "ping", "filter"),
    Form("table:…", "To be found in this table.", "table:telemetry.clients_daily", "table", "filter"),
    Form("dataset:…", "In this BigQuery dataset.", "dataset:search", "dataset", "filter"),
    Form(
        "column:…", "Tables and metrics with this column.", "column:client_info.app_build", "column", "filter"
    ),
    Form(
        "status:…",
        'Whether it still collects data. "inactive" stands for all that do not.',
        "status:active",
        "status",
        "filter",
        STATUSES,
        _STATUS_SPELLINGS,
    ),
    Form("extra:…", "An event that has this extra key.", "extra:source", "extra", "filter"),
    Form("label:…", "With this label among its own.", "label:content", "label", "filter"),
    Form("sql:…", "A table whose SQL has these words.", 'sql:"left join"', "sql", "filter"),
    Form("tag:…", "With this tag.", "tag:Search", "tag", "filter"),
    Form("bug:…", "That names this bug.", "bug:1591564", "bug", "filter"),
    Form(
        "owner:…",
        "Whose owners include this address or a part of it.",
        "owner:perf-telemetry",
        "owner",
        "filter",
    ),
    Form(
        "sensitivity:…",
        "Of this category of data collection.",
        "sensitivity:highly_sensitive",
        "sensitivity",
        "filter",
    ),
    Form(
        "expires:…",
        "When collection ends: a version, a span of versions or dates, the next days, never or expired.",
        "expires:140..150",
        "expires",
        "range",
        ("never", "expired", "150", "<=150", "140..150", "2026-01..2026-06", "90d"),
    ),
    Form(
        "added:…",
        "When it came in: a day, month or year, a span of them, or the last days.",
        "added:30d",
        "added",
        "range",
        _DAYS,
    ),
    Form(
        "changed:…",
        "When its definition last changed, in the same ways.",
        "changed:30d",
        "changed",
        "range",
        _DAYS,
    ),
    Form(
        "removed:…",
        "When it was last seen, of what was removed.",
        "removed:2024..2025",
        "removed",
        "range",
        _DAYS,
    ),
)

FILTER_FORMS = tuple(form for form in LANGUAGE if form.name)

# filters whose values are counted, in the order of an address
FACETS = ("kind", "app", "ping", "type", "table", "dataset", "status", "tag", "sensitivity")

FACET_LABELS = {
    "status": "Status",
    "kind": "Kind",
    "app": "App",
    "type": "Type",
    "ping": "Ping",
    "dataset": "Dataset",
    "table": "Table",
    "tag": "Tag",
    "sensitivity": "Sensitivity",
}
FACET_ORDER = tuple(FACET_LABELS)  # as a page shows them
