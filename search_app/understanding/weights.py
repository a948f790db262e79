"""All numbers of understanding in one table: how surely something is meant, from 0 to 1.

Those of words stand in vocabulary.yaml, those of the order of hits in indexer/index/weights.py.
"""

from __future__ import annotations

# ------------------------------------------------------------------ readings of a pasted name: identifiers.py
OF_CODE = 0.95  # without the call and the language around it
OF_COLUMN = 0.95  # a metric's column, a probe's path
OF_VALUE = 0.85  # the same behind .key, .value or .sum
INFO_METRIC = 0.6  # client_info.os may be the metric os
SCHEMA = 0.9  # the namespace and version of a JSON schema as its table
LAST_SEGMENT = 0.8  # what stands behind the last slash
REST_OF_PATH = 0.9  # what stands behind the first one
PLAIN_TABLE = 0.95  # without project and shard
VERSIONLESS_TABLE = 0.85
USER_TABLE = 0.75  # telemetry_derived.x_v1 as telemetry.x
PAGE_OF_DOCS = 0.9
LAST_OF_ADDRESS = 0.9
REST_OF_ADDRESS = 0.85

# ------------------------------------------------------------------ names among words: guesses.py
JOINED_AMONG_WORDS = 0.98
CAMEL_AMONG_WORDS = 0.6  # "WebRTC" among other words is a word
NAMED_PING = 0.9  # "baseline ping"
NAMED_APP = 0.5  # "firefox for android", and half of how surely the app is meant
REST_OF_KIND = 0.8  # the rest of the words, of the kind that was said
REST_OF_ANY = 0.6

# ------------------------------------------------------------------ terms: analyze.py
REQUIRED_FROM = 0.6  # weight of a word from which it counts for "all words"
STOP_BELOW = 0.3  # weight below which a word is a stop word
IDENTIFIED_APP = 0.5  # an app that is typed as a program writes it
UNWANTED_APP = -0.4  # what another app has too is no miss, yet not what was asked for first
SAME = 0.9  # weight of a synonym from which it is but another word for the same thing
OBJECT_OF_TASK = 0.4  # of the weight of a kind that something is done to
LISTED_KIND = 2.0  # times the weight of a kind in the plural of which a list is asked for: "explores about"
NUMBER = 0.5  # a number among words is mostly a value ("the last 28 days"): it need not be found
CHIP_FROM = 0.3  # weaker preferences are not worth a line on the page

# ------------------------------------------------------------------ words for facet values: gazetteer.py
TITLE_APP = 0.6  # "Firefox for Android", "fenix": said outright
WORD_APP = 0.35  # an app whose name is also an English word: focus, monitor, mach
SPACE = 0.2  # a namespace of dashboards without an app of its own: "websites" is first of all a word
TOOL_WORD = 0.4  # what an app's name is still worth as a word where it is a tool's, too
APP_WORD = 0.5  # what any other app's name is
PING = 0.5  # of the ping's own items; it is the ping itself that is named
PING_OF_TABLE = 0.3
PING_WORD = 0.9  # what the words of a ping are still worth as words
KIND_SAID = 0.5  # "ping", "ping table"
TYPE = 0.5
TYPE_WORD = 0.5
METRIC_OF_TYPE = 0.3  # of the kind in "uuid metrics": the type says it already
SAID_OF = 0.3  # weight of a kind from which a state can be said of it; "active users per country" says none

# ------------------------------------------------------------------ names in pasted text: mentions.py
OTHER_KIND = 0.7  # the place says "table", and only a ping is called so
APP_OF_PLACE = 0.5  # of the app's own things: an address or a dataset says whose
