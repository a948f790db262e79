"""Pasted code, SQL, configuration and addresses, recognised before a text is read as words.

recognise() is pure: it says which names a text holds and how surely each is what the text is about.
Whether there is such a thing is looked up later. The languages are a table in languages.py, the
addresses of other tools one in addresses.py; here is what all code has in common: chains of names
(`a.b::c`), quoted strings, and calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from search_app.query.addresses import address
from search_app.query.languages import HEADS, METHODS, PLACES, SIGNS, USUAL_COLUMNS
from search_app.query.mention import Mention, Snippet

MOST_READ = 2_000  # characters: a pasted line, not a file
MOST_MENTIONS = 32
MOST_SAID = 3
LEAST_UNMARKED = 4  # letters of a name that is known by its shape alone

# `moz-fx-data-shared-prod`.telemetry.main, a::b.c, a?.b, a["b"], Category.INSTANCE.name()
_CHAIN = re.compile(
    r"""[A-Za-z_$][\w$]*(?:-[\w$-]*\w(?=`?\.))?
    (?:(?:`?\s?\.\s?`?|::|\?\.|!\.|->|\#)[A-Za-z_$][\w$]*|\(\)(?=\.)|\[\s*["'][\w.-]+["']\s*\])*""",
    re.VERBOSE,
)
_SPLIT = re.compile(r"`?\s?\.\s?`?|::|\?\.|!\.|->|#|\(\)")
_SUBSCRIPT = re.compile(r"""\[\s*["']([\w.-]+)["']\s*\]""")
_STRING = re.compile(r"""(["'`])((?:(?!\1)[^\\]|\\.){1,120})\1""")
_NAME = re.compile(r"[A-Za-z_][\w.#/-]*")
_JOINED = re.compile(r"_|[a-z][A-Z]|-(?=\w)")
_SHOUTED = re.compile(r"[A-Z][A-Z0-9_]{3,}")
_METRIC_COLUMN = re.compile(r"(?:^|\.)metrics\.[a-z]+(?:_[a-z]+)*2?\.\w+")
_PROBE_COLUMN = re.compile(r"(?:^|\.)(?:keyed_)?(?:histograms|scalars)\.\w+", re.IGNORECASE)
_FILTERS = re.compile(
    r'(?:-?[a-z]{3,12}:(?![:/\s])(?:"[^"]*"|[^\s"()]+)\s+)+|(?:\s+-?[a-z]{3,12}:(?![:/\s])[^\s"()]+)+$'
)
_BUG = re.compile(r"bug[\s#]+(\d{5,8})", re.IGNORECASE)
# What a snippet has somewhere: asked of everything that is typed, so it is quick and never misses one.
LOOKS_PASTED = re.compile(rf"[./:(=_;{{\[`\"']|\A\s*{_BUG.pattern}\s*\Z", re.IGNORECASE)
_TABLES = ("SQL", "bq", "LookML", "dbt or Jinja", "TOML", "a path of bigquery-etl")


def recognise(text: str) -> Snippet | None:
    """The names in a pasted line of code or SQL, or in an address; None where the text is words.

    >>> recognise("glean::networking::set_cookie.Add(1);").mentions[0].text
    'glean.networking.set_cookie'
    >>> recognise("gc pause fenix") is None
    True
    """
    line = " ".join(text[:MOST_READ].split())
    if not LOOKS_PASTED.search(line) or (line[0] == line[-1] == '"' and line.count('"') == 2):
        return None
    bug = _BUG.fullmatch(line)
    if bug:
        return Snippet("bug number", (Mention(bug[1], "bug", 0.9),))
    found = address(line)
    if found is not None:
        tool, mentions = found[0], _distinct(found[1])
        return Snippet(tool, mentions) if mentions else None
    language = next((sign.language for sign in SIGNS if sign.pattern.search(line)), "")
    if not language:
        return None
    of_tables = language in _TABLES or " FROM " in line
    mentions = _distinct(
        [*_placed(line), *_shaped(line, of_tables), *_strings(line, of_tables), *_addresses(line)]
    )
    return Snippet(language, mentions) if mentions else None


def said(snippet: Snippet) -> tuple[str, ...]:
    """The few names that a snippet is about, as words to be searched where nothing is called so."""
    chosen: list[str] = []
    best = max((mention.weight for mention in snippet.mentions), default=0.0)
    for mention in snippet.mentions:
        key = _letters(mention.text)
        if mention.role in ("app", "call", "id") or mention.weight < max(0.5, best - 0.25):
            continue
        if not any(key in known or known in key for known in map(_letters, chosen)):
            chosen.append(mention.text)
    return tuple(chosen[:MOST_SAID])


def _letters(text: str) -> str:
    return re.sub(r"\W|_", "", text).lower()


def _distinct(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    best: dict[tuple[str, str], Mention] = {}
    for mention in mentions:
        key = (mention.text.lower(), "" if mention.role in ("name", "column", "call") else mention.role)
        if mention.text and (key not in best or best[key].weight < mention.weight):
            best[key] = mention
    return tuple(sorted(best.values(), key=lambda m: -m.weight)[:MOST_MENTIONS])


def _placed(line: str) -> Iterator[Mention]:
    """Names that stand where the language says what they are."""
    for place in PLACES:
        for found in place.pattern.finditer(line):
            parts = [part.replace("`", "").replace(":", ".") for part in found.groups() if part]
            if place.order == "legacy":
                category, method, target = parts
                yield from _legacy_event(category, method, target, place.weight)
            else:
                parts = parts[::-1] if place.order == "turned" else parts
                yield Mention(".".join(parts), place.role, place.weight)


def _legacy_event(category: str, method: str, target: str, weight: float) -> Iterator[Mention]:
    """An event of the old telemetry by its three names; it is listed as category.method#object."""
    yield Mention(f"{category}.{method}#{target}", "probe", weight)
    yield Mention(f"{category}.{method}#{method}", "probe", weight - 0.02)
    yield Mention(f"{category}.{target}#{method}", "probe", weight - 0.03)
    yield Mention(f"{category}.{method}_{target}", "event", weight - 0.15)
    yield Mention(f"{category}.{target}", "event", weight - 0.3)


def _shaped(line: str, of_tables: bool) -> Iterator[Mention]:
    """Chains of names, each taken whole and in its parts."""
    for found in _CHAIN.finditer(line):
        pieces = _pieces(found[0])
        if not pieces:
            continue
        called = line[found.end() : found.end() + 1] == "("
        if of_tables:
            yield from _column(pieces, called)
        else:
            yield from _code(pieces, called, _quoted(line, found.start()))


def _pieces(chain: str) -> list[str]:
    """The names of a chain: of category["name"] the subscript too."""
    pieces = [piece for part in _SPLIT.split(_SUBSCRIPT.sub(r".\1", chain)) for piece in part.split(".")]
    return [piece.strip("$`") for piece in pieces if piece.strip("$`")]


def _quoted(line: str, at: int) -> bool:
    return line[at - 1 : at] in "\"'`" if at else False


def _column(pieces: list[str], called: bool) -> Iterator[Mention]:
    """A path in SQL: a metric's or a probe's column says more than the table that holds it."""
    path = ".".join(pieces)
    if "__" in path:
        yield Mention(path.replace("__", "."), "column", 0.97)
    if called:
        yield Mention(path, "call", 0.4 if len(pieces) > 1 else 0.2)
    elif _METRIC_COLUMN.search(path) or _PROBE_COLUMN.search(path):
        yield Mention(path, "column", 1.0)
    elif len(pieces) > 1:
        usual = pieces[-1].lower() in USUAL_COLUMNS or pieces[0] in ("event_extra", "extra")
        yield Mention(path, "column", 0.4 if usual else 0.7)
        if len(pieces) == 2 and not usual:  # alias.column
            yield Mention(pieces[1], "column", 0.55)
    elif _JOINED.search(path):
        yield Mention(path, "column", 0.3 if path.lower() in USUAL_COLUMNS else 0.6)


def _code(pieces: list[str], called: bool, quoted: bool) -> Iterator[Mention]:
    """A chain in a program: without what it does with a metric, without what stands before its category."""
    names = [piece for piece in pieces if piece != "INSTANCE"]
    submitted = names[-1].lower() == "submit" and called
    while len(names) > 1 and _letters(names[-1]) in METHODS:
        names.pop()
    heads = 0
    while heads < len(names) - 1 and names[heads].lower() in HEADS:
        heads += 1
    local = names[heads:]
    whole, role, sure = ".".join(local), ("name" if quoted else "metric"), (0.93 if quoted else 0.99)
    for start in reversed(range(heads + (len(local) > 1))):  # a category may be called telemetry
        yield Mention(".".join(names[start:]), role, sure)
    if len(local) == 1:
        name = local[0]
        if submitted and heads:
            yield Mention(name, "ping", 1.0)
        marked = heads > 0 or quoted or len(pieces) > len(names)
        if _JOINED.search(name) or _SHOUTED.fullmatch(name):
            yield Mention(name, "name", 0.9 if marked else 0.8)
        elif marked and len(name) >= LEAST_UNMARKED and name.lower() not in HEADS:
            yield Mention(name, "name", 0.5)
        return
    for start in range(len(local)):
        for end in range(len(local), start, -1):
            part = local[start:end]
            if len(part) == len(local) or (len(part) == 1 and not _JOINED.search(part[0])):
                continue
            text = ".".join(part)
            yield Mention(text, "name", 0.6 + 0.35 * len(text) / len(whole))


def _strings(line: str, of_tables: bool) -> Iterator[Mention]:
    """Quoted names, and neighbours that are one name together: category and name of an event."""
    found = [(match.start(), match.end(), match[2]) for match in _STRING.finditer(line)]
    names = [(start, end, text) for start, end, text in found if _NAME.fullmatch(text)]
    for _, _, text in names:
        joined = "." in text or _JOINED.search(text) is not None
        yield Mention(text, "name", (0.6 if of_tables else 0.93) if joined else 0.5)
    for (_, end, left), (start, _, right) in pairwise(names):
        if re.fullmatch(r"\s*(?:,|\]\s*\[|:)\s*", line[end:start]):
            yield Mention(f"{left}.{right}", "event", 0.94)
    for first, second, third in zip(names, names[1:], names[2:], strict=False):
        if all(line[a[1] : b[0]].strip() == "," for a, b in ((first, second), (second, third))):
            yield from _legacy_event(first[2], second[2], third[2], 0.97)


def _addresses(line: str) -> Iterator[Mention]:
    """Addresses within a line, as the bugs of a metrics.yaml."""
    for word in line.split():
        if "://" in word:
            found = address(word.strip("-,[]"))
            yield from found[1] if found else ()


def apart_from_filters(text: str) -> tuple[str, str]:
    """A text without the filters before and behind it, and these: `app:fenix Tabs.opened.add()`."""
    taken = [found[0] for found in _FILTERS.finditer(text.strip())]
    return _FILTERS.sub(" ", text.strip()).strip(), " ".join(taken)
