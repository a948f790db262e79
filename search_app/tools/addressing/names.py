"""Names as the tools spell them."""

from __future__ import annotations

import re

from indexer.model.column_names import underscored


def snake_case(name: str) -> str:
    """Lower-case words joined by `_`, as bigquery-etl and GLAM spell a metric or probe.

    Words end at anything but letters and digits, before a capital that follows a small
    letter (digits may stand between), and before the last capital of a run that a small
    letter follows: `BHRAnnotation-time` is `bhr_annotation_time`.
    """
    words: list[str] = []
    for chunk in re.split(r"[\W_]+", name):
        start = 0
        for at in range(1, len(chunk)):
            if chunk[at].isupper() and _starts_word(chunk, at):
                words.append(chunk[start:at])
                start = at
        words.append(chunk[start:])
    return "_".join(word.lower() for word in words if word)


def _starts_word(chunk: str, at: int) -> bool:
    before = chunk[:at].rstrip("0123456789")[-1:]
    after = chunk[at + 1 : at + 2]
    return before.islower() or (before.isupper() and after.islower())


def camel(name: str) -> str:
    """`tabs.and_windows` as the code generated for JavaScript, Kotlin and C++ spells it: tabsAndWindows."""
    first, *rest = [word for word in re.split(r"[._-]+", name) if word] or [""]
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def upper_first(name: str) -> str:
    """A name with its first letter as a capital, the rest as it is."""
    return name[:1].upper() + name[1:]


def split_event(name: str) -> tuple[str, str]:
    """Category and name of a metric: split at its last dot (rule 5)."""
    category, _, leaf = name.rpartition(".")
    return category, leaf


def code_pattern(metric: str) -> str:
    """A regular expression for the spellings of a metric in source code, its dots escaped."""
    category, leaf = split_event(metric)
    spellings = [re.escape(metric).replace(r"\-", "-")]
    if category:
        dotted = f"{camel(category)}.{camel(leaf)}"
        snake_category = underscored(category)
        spellings += [re.escape(dotted), re.escape(upper_first(dotted))]
        spellings += [re.escape(f"{snake_category}.{leaf}"), f"{snake_category}::{leaf}"]
    return "|".join(dict.fromkeys(spellings))
