"""Plain values out of upstream's JSON, whatever stands there.

Upstream text is untrusted (docs/domain.md rule 12): an Entry hands out a field in the
shape that its caller names, and counts what has another shape instead of failing.
Only a whole file that is no JSON fails its source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from indexer.sources import Fetched, Report, SourceUnavailable
from indexer.sources._documents import Unreadable, parse_json

BUG = "https://bugzilla.mozilla.org/show_bug.cgi?id="

_URL = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_BUG_NUMBER = re.compile(r"(?:bug\s*)?#?(\d{3,8})", re.IGNORECASE)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d))?")
# What a database column and a JavaScript reader of our JSON can both hold.
_LARGEST = 2**53


def read_json(fetched: Fetched, wanted: type) -> Any:
    """The JSON value of a file, of the type wanted (dict or list).

    Raises SourceUnavailable where the file is no JSON or of another type: half a file must
    not replace the records that we have of a whole one.
    """
    try:
        value = parse_json(fetched.body())
    except Unreadable as error:
        raise SourceUnavailable(f"{fetched.request.url} is not readable: {error}") from error
    if not isinstance(value, wanted):
        kinds = f"a {type(value).__name__}, not a {wanted.__name__}"
        raise SourceUnavailable(f"{fetched.request.url} holds {kinds}")
    return value


def clean_text(value: str) -> str:
    """Text that can be stored: without NULs and lone surrogates, which JSON may hold and UTF-8 may not."""
    if value.isascii():
        return value.replace("\0", "").strip()
    return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8").strip()


def mapping(value: Any) -> Mapping[Any, Any]:
    """A JSON or YAML object as it is, an empty one for everything else."""
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    """A text that can be stored, "" for everything else."""
    return clean_text(value) if isinstance(value, str) else ""


def texts(value: Any) -> tuple[str, ...]:
    """The texts of a list, or the one text that stands for it; each once."""
    entries = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(clean for entry in entries if (clean := text(entry))))


def to_moment(text: str) -> str:
    """A time as "YYYY-MM-DD HH:MM:SS", midnight where the text is a day; "" where it is neither."""
    match = _MOMENT.match(text)
    return f"{match[1]} {match[2] or '00:00:00'}" if match else ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One JSON object: its fields as plain values, misfits counted in `report`."""

    fields: Mapping[str, Any]
    what: str  # how a misfit is named in the report: "fenix search.in_content"
    report: Report

    def text(self, key: str, default: str = "") -> str:
        """A string; numbers as they are written. Null and absent are the default."""
        value = self.fields.get(key)
        if value is None:
            return default
        if isinstance(value, str):
            return clean_text(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        self._misfit(key, value)
        return default

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false; the default where it is missing, or is neither, which is counted."""
        value = self.fields.get(key)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        self._misfit(key, value)
        return default

    def number(self, key: str) -> int | None:
        """A whole number, also where it is written as text; None where there is none."""
        value = self.fields.get(key)
        if value is None:
            return None
        if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
            value = int(value.strip()[:20])
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST:
            return value
        self._misfit(key, value)
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings in upstream's order, each once; null instead of a list is none."""
        return tuple(dict.fromkeys(self._strings(key)))

    def links(self, key: str) -> tuple[str, ...]:
        """Addresses of bugs or reviews: numbers become Bugzilla's addresses, other words are dropped."""
        found: dict[str, None] = {}
        for value in self._elements(key):
            links = _links(value)
            found.update(dict.fromkeys(links))
            if not links:
                self.report.skip(f"{key}: not an address", f"{self.what}: {value!r}")
        return tuple(found)

    def emails(self, key: str) -> tuple[str, ...]:
        """E-mail addresses of a list, or of a text with commas; what has no @ is dropped."""
        found: dict[str, None] = {}
        for text in self._strings(key):
            for part in text.split(","):
                if "@" in part:
                    found[part.strip()] = None
                else:
                    self.report.skip(f"{key}: not an address", f"{self.what}: {part!r}")
        return tuple(found)

    def link(self, key: str) -> str:
        """One http(s) address, "" where there is none."""
        value = self.text(key)
        if not value or _URL.fullmatch(value):
            return value
        self._misfit(key, value)
        return ""

    def moment(self, key: str) -> str:
        """A time, see to_moment; "" where there is none."""
        value = self.text(key)
        moment = to_moment(value)
        if value and not moment:
            self._misfit(key, value)
        return moment

    def texts_by_name(self, key: str) -> dict[str, str]:
        """The strings of the object at `key` by their names; null is an empty one."""
        found = {}
        for name, value in self.entry(key).fields.items():
            if value is None or isinstance(value, str):
                found[clean_text(name)] = clean_text(value or "")
            else:
                self._misfit(key, value)
        found.pop("", None)
        return found

    def entry(self, key: str) -> Entry:
        """The object at `key`, without fields where there is none."""
        value = self.fields.get(key)
        if value is not None and not isinstance(value, dict):
            self._misfit(key, value)
            value = None
        return Entry(value or {}, f"{self.what} {key}", self.report)

    def entries(self, key: str) -> Iterator[tuple[str, Entry]]:
        """Name and object of each member of the object at `key`."""
        yield from named_entries(self.entry(key).fields, self.what, self.report, key)

    def listed(self, key: str) -> Iterator[Entry]:
        """Each object of the list at `key`."""
        for value in self._elements(key):
            if isinstance(value, dict):
                yield Entry(value, self.what, self.report)
            else:
                self._misfit(key, value)

    def unknown(self, known: frozenset[str]) -> None:
        """Count fields that we do not know: misspelt, or new upstream."""
        if not known.issuperset(self.fields):
            for key in sorted(set(self.fields) - known):
                self.report.skip("unknown field", f"{self.what}: {key}")

    def _strings(self, key: str) -> Iterator[str]:
        for value in self._elements(key):
            if isinstance(value, str):
                text = clean_text(value)
                if text:
                    yield text
            elif isinstance(value, int) and not isinstance(value, bool):
                yield str(value)
            else:
                self._misfit(key, value)

    def _elements(self, key: str) -> Iterable[Any]:
        value = self.fields.get(key)
        if value is None or value == "":
            return ()
        if isinstance(value, list):
            return value
        if isinstance(value, str | int) and not isinstance(value, bool):
            return (value,)
        self._misfit(key, value)
        return ()

    def _misfit(self, key: str, value: object) -> None:
        self.report.skip(f"{key}: not as expected", f"{self.what}: {value!r}"[:200])


def named_entries(
    value: Mapping[str, Any], what: str, report: Report, kind: str
) -> Iterator[tuple[str, Entry]]:
    """Name and object of each member of a JSON object; members of another shape are counted."""
    for name, fields in value.items():
        clean = clean_text(name)
        if clean and isinstance(fields, dict):
            yield clean, Entry(fields, f"{what} {clean}".strip(), report)
        else:
            report.skip(f"{kind}: not as expected", f"{what} {clean}: {fields!r}"[:200])


def _links(value: object) -> tuple[str, ...]:
    """The addresses that a bug or review means, none where it means none ("TBD", "N/A")."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (f"{BUG}{value}",) if 0 < value < 10**8 else ()
    if not isinstance(value, str):
        return ()
    addresses = [address.rstrip(".,;)") for address in _URL.findall(clean_text(value))]
    if addresses:
        return tuple(addresses)
    numbers = [_BUG_NUMBER.fullmatch(word.strip()) for word in value.split(",")]
    return tuple(BUG + number[1] for number in numbers if number)
