"""What tells pasted code from words, and where it says names: one table for all languages.

A sign decides that a text is code and in which language; the first that fits wins. A place is where
a language says a name of a known role. Names elsewhere are found by their shape, see snippet.py.
A new language is a new row here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sign:
    """What shows that a text is of a language."""

    language: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name stands: the groups of a match, joined by a dot, are the name."""

    role: str
    pattern: re.Pattern[str]
    weight: float
    order: str = (
        "as it stands"  # or turned: what is said last stands first; or legacy: category, method, object
    )


def _sign(language: str, *patterns: str, flags: int = 0) -> Sign:
    return Sign(language, re.compile("|".join(patterns), flags))


def _place(role: str, pattern: str, weight: float, order: str = "as it stands") -> Place:
    for short, long in _SHORT.items():
        pattern = pattern.replace(short, long)
    return Place(role, re.compile(pattern, re.IGNORECASE), weight, order)


SIGNS: tuple[Sign, ...] = (
    _sign(
        "LookML",
        r"\$\{\w+\}",
        r"\bsql(?:_\w+)?:\s",
        r";;\s*$",
        r"\b(?:dimension|measure|explore|view|filter|parameter|dimension_group|join|view_name|based_on)s?:"
        r"\s+[\w.\[\]\"]+\s*(?:\{|,|$)",
    ),
    _sign("dbt or Jinja", r"\{\{.*\}\}"),
    _sign("bq", r"^\s*\$?\s*bq\s.*[\w-]+[.:]\w+", r"^\s*(?:\./)?bqetl\s.*\w+[./]\w+"),
    # A question may say "select" and "from" too: a name of several pieces must follow.
    _sign(
        "SQL",
        r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|VIEW|DESCRIBE)\s+(?:IF\s+NOT\s+EXISTS\s+)?[`\"]?\w[\w-]*`?[._]`?\w",
        r"\b(?:SELECT|WHERE|HAVING|AND|OR|ON|GROUP\s+BY|ORDER\s+BY|SET|CASE\s+WHEN)\s+\S*[._=(`]\S",
        r"\b(?:SELECT|WHERE)\s+\w+\s*(?:,|=|<|>|!=|\bIN\b|\bFROM\b|\bLIKE\b)",
        r"\b[A-Z][A-Z0-9_]{2,}\(\s*(?:DISTINCT\s+)?[\w`'\"*.]",
        r"\bmozfun\.\w+\.\w+\(",
        r"\bIGNORE\s+NULLS\b",
        r"\bUNNEST\(",
    ),
    _sign(
        "SQL",
        r"\bselect\b.+\bfrom\s+[`\"]?\w[\w-]*`?[._]`?\w",
        r"^\s*(?:from|join)\s+`?\w[\w-]*`?\.`?\w",
        r"\bwhere\s+[\w.]+\s*(?:=|!=|<|>|in\b|like\b)",
        r"\b(?:count|sum|avg|min|max|countif|unnest)\(\s*[\w.]+[._]\w",
        r"\bevent(?:_(?:category|name|method|object))?\s*(?:=|\bin\s*\()\s*['\"]",
        flags=re.IGNORECASE,
    ),
    _sign(
        "TOML",
        r"^\s*\[\[?[\w-]+\.[\w.'\"-]+\]\]?\s*$",
        r"^\s*(?:data_source|select_expression|from_expression)\s*=",
    ),
    _sign(
        "C++",
        r"#include\s*[<\"]",
        r"\bTelemetry::\w",
        r"\bTELEMETRY_\w+\(",
        r"\w->\w+\(",
        r"\"_ns\b",
        r"\bglean::\w+::\w+\.[A-Z]",
    ),
    _sign(
        "Rust",
        r"\w::\w+(?:::\w+)*\.\w+\(",
        r"\blet\s+(?:mut\s+)?\w+\s*=.*::",
        r"\buse\s+\w+::",
        r"\bfn\s+\w+\(",
    ),
    _sign("C++ or Rust", r"\w::\w"),
    _sign(
        "Python",
        r"^\s*from\s+[\w.]+\s+import\s",
        r"^\s*import\s+\w+(?:\.\w+)+\s+as\s",
        r"^\s*def\s+\w+\(",
        r"^\s*with\s+.*:\s*$",
        r"\bspark\.\w+",
        r"\bpd\.\w+\(",
        r"\bclient\.query\(",
        r"\bload_(?:metrics|pings)\(",
    ),
    _sign(
        "Kotlin",
        r"\bval\s+\w+\s*[:=]",
        r"\bNoExtras\(\)",
        r"\w\.\w+Extra\(",
        r"\bfun\s+\w+\(",
        r"^\s*import\s+(?:\w+\.)+\w+\s*;?\s*$",
    ),
    _sign(
        "Swift",
        r"\bGleanMetrics\.\w",
        r"\bguard\s+let\b",
        r"\bInt(?:32|64)\(",
        r"\w\(\s*\w+:\s*[\w\"\[.]",
        r"\bfunc\s+\w+\(",
    ),
    _sign(
        "JavaScript",
        r"\bServices\.telemetry\b",
        r"\bGlean(?:Pings)?[.\[]\w?.*[\[(;=]",
        r"\b(?:const|let|var)\s+[\w{\[].*=",
        r"=>\s*[\w{(]",
        r"\bawait\s+\w+[.(]",
    ),
    _sign("JSON", r"^\s*\{?\s*[\"'][\w./#-]+[\"']\s*:\s*(?:[\"'{\[\d]|true|false|$)"),
    _sign(
        "YAML",
        r"^\s*(?:-\s+)?(?:telemetry_mirror|bugs|data_reviews|destination_table|references|dag_name)\s*:\s",
        # a key with a dot or an underscore in it; in one way only: \w has underscores too
        r"^\s*(?:-\s+)?[\"']?[A-Za-z](?=\w*[._]\w)\w*+(?:\.\w++)*+[\"']?\s*:\s*(?:$|[{|>#\w\"'\[])",
        r"^\s*-\s+https?://",
    ),
    _sign("a path of bigquery-etl", r"(?:^|[/\s])sql(?:_generators)?/[\w-]+/\w+/\w+"),
    # Of no language in particular: calls, subscripts, assignments, ends of statements.
    _sign(
        "code",
        r"\w(?:\.|\?\.)\w+\(",
        r"\w_\w+\(",
        r"[a-z][A-Z]\w*\(",
        r"\w\(\s*[\"'`][\w.]+[\"'`]",
        r"\w\[\s*[\"'][\w.-]+[\"']\s*\]",
        r"\w\s*(?:===?|!=|:=|=>)\s*[\"'\w]",
        r"^\s*[\w.]+\s*=\s*[\"'\w\[{]",
        r"\w\(\s*\w+\s*=\s*[\w\"']",
        r"[\w)\]]\s*;\s*(?://.*)?$",
        r"^\s*@\w+\(",
    ),
)

_SHORT = {
    "QUOTE": r"""["'`\u201c\u201d\u2018\u2019]""",
    # project.dataset.table, each part in backticks or not
    "PATH": r"[A-Za-z_][\w-]*(?:`?[.:]`?[A-Za-z_0-9*$][\w*$-]*)+",
    "SAYS": r"""["'`]?\s*(?:==?=?|:|\bIN\s*\(|\bLIKE\b)\s*["'`]?""",
}
PLACES: tuple[Place, ...] = (
    # A legacy event has a category, a method and an object, one of Glean a category and a name.
    _place(
        "event",
        r"\b(?:event_?)?categorySAYS([\w.-]+)QUOTE?.*?\b(?:event_?)?methodSAYS([\w.-]+)"
        r"QUOTE?.*?\b(?:event_?)?objectSAYS([\w.-]+)",
        1.0,
        "legacy",
    ),
    _place("event", r"\b(?:event_?)?categorySAYS([\w.-]+)QUOTE?.*?\b(?:event_?)?nameSAYS([\w.-]+)", 1.0),
    _place(
        "event", r"\b(?:event_?)?nameSAYS([\w.-]+)QUOTE?.*?\b(?:event_?)?categorySAYS([\w.-]+)", 1.0, "turned"
    ),
    _place("event", r"\bevent(?:_?name)?SAYS([\w-]+(?:\.[\w-]+)+)", 1.0),
    _place("event", r"\bevent_?nameSAYS([\w-]+)", 0.7),
    _place(
        "table",
        r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|VIEW|DESCRIBE)\s+(?:IF\s+NOT\s+EXISTS\s+)?QUOTE?(PATH|\w+_\w+)",
        0.8,
    ),
    _place(
        "table",
        r"\b(?:table|destination_table|sql_table_name|table_id|view_name|view|explore|from_expression"
        r"|source_table|data_source|model|dbtable)SAYS\+?(PATH|[A-Za-z]\w+)",
        0.8,
    ),
    _place(
        "table",
        r"\b(?:ref|source|table|read_gbq|read_table|load)\(\s*(?:QUOTE\w+QUOTE\s*,\s*)?QUOTE(PATH|\w+)QUOTE",
        0.8,
    ),
    _place("table", r"\bsource\(\s*QUOTE(\w+)QUOTE\s*,\s*QUOTE(\w+)QUOTE", 0.85),
    _place(
        "table",
        r"\bdataset_id\s*=\s*QUOTE(\w+)QUOTE.*?\b(?:table_id|destination_table)\s*=\s*QUOTE(\w+)",
        0.85,
    ),
    _place(
        "table", r"\bdestination_table\s*=\s*QUOTE(\w+)QUOTE.*?\bdataset_id\s*=\s*QUOTE(\w+)", 0.85, "turned"
    ),
    _place("table", r"\bsql(?:_generators)?/[\w-]+/(\w+)/(\w+)", 0.85),
    _place("table", r"\bbq(?:etl)?\s.*?(PATH)", 0.8),
    _place(
        "measure",
        r"^\s*\[\[?(?:metrics|data_sources|segments|dimensions)\.(?:data_sources\.)?QUOTE?([\w-]+)",
        0.98,
    ),
    _place("ping", r"\b(?:GleanPings|Pings|glean_pings|pings)(?:\.|::)(?:INSTANCE\.)?(\w+)", 1.0),
    _place("ping", r"\b(?:submit_?ping(?:_?by_?name)?|send_?ping)\w*\(\s*QUOTE([\w-]+)QUOTE", 1.0),
    _place("probe", r"\btelemetry_mirror\s*:\s*(?:h#)?QUOTE?(\w+)", 1.0),
    _place(
        "probe", r"\b(?:HistogramID|ScalarID|EventID|Telemetry)::(?!\w+::)([A-Z]\w*_\w+|[A-Z]{4,})\b", 1.0
    ),
    _place("probe", r"\b(?:get\w*ById|(?:keyed)?Scalar(?:Add|Set|SetMaximum))\(\s*QUOTE([\w.]+)QUOTE", 1.0),
    _place("probe", r"\bTelemetryStopwatch\.\w+\(\s*QUOTE(\w+)QUOTE", 1.0),
    _place("bug", r"(?:\bbug\s*[#:]?\s*|show_bug\.cgi\?id=|bugzil\.la/)(\d{5,8})", 0.85),
)

# What code does with a metric or a ping, in lower case and without underscores: such a name at the end of
# a chain is seldom a metric's.
METHODS = frozenset((
    "add", "set", "record", "start", "stop", "cancel", "submit", "get", "enumget", "accumulate",
    "accumulatesamples", "accumulaterawduration", "accumulatesinglesample", "accumulaterawsamplesnanos",
    "accumulaterawsamples", "addtonumerator", "addtodenominator", "stopandaccumulate", "testgetvalue",
    "testgetnumrecordederrors", "testbeforenextsubmit", "startmeasuring", "measure", "observe", "append",
    "setraw", "setrawnanos", "starttimer", "setenabled", "recordraw", "value", "await", "then", "catch",
))  # fmt: skip
# What stands before a metric's category in generated code.
HEADS = frozenset((
    "mozilla", "glean", "gleanmetrics", "gleaninternal", "fog", "glean_metrics", "gleanpings", "telemetry",
    "services", "this", "self", "lazy", "window", "instance", "metrics", "pings", "scalarid", "histogramid",
    "eventid", "crate", "super", "root", "globalthis", "chromeutils",
))  # fmt: skip
# Columns of nearly every table: in SQL they say nothing about what is meant.
USUAL_COLUMNS = frozenset((
    "submission_date", "submission_timestamp", "client_id", "sample_id", "document_id", "normalized_channel",
    "normalized_country_code", "normalized_os", "normalized_app_name", "event", "event_name", "events",
    "event_category", "event_extra", "event_timestamp", "metrics", "client_info", "ping_info", "metadata",
    "payload", "additional_properties", "environment", "country", "channel", "app_version",
))  # fmt: skip
