"""Typed text and request parameters turned into a Query.

Words, phrases, and name:value filters that grammar.py knows. Anything else is words: nothing that
is typed is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from search_app.query.exclusions import HINT, excluded_places
from search_app.query.grammar import FACETS, LANGUAGE, Form
from search_app.query.lexer import Token, scan
from search_app.query.mention import Snippet
from search_app.query.model import (
    DEEPEST_HIT,
    DEFAULT_SIZE,
    LARGEST_PAGE,
    LONGEST_TEXT,
    MOST_TERMS,
    SORTS,
    Filters,
    Query,
    QueryProblem,
    Range,
    Term,
    TermKind,
)
from search_app.query.ranges import bounds
from search_app.query.snippet import LOOKS_PASTED, MOST_READ, apart_from_filters, recognise, said

_FORMS = {form.name: form for form in LANGUAGE if form.name}
_SWITCH = {"1": True, "true": True, "yes": True, "on": True}
_SWITCH |= {"": False, "0": False, "false": False, "no": False, "off": False}


def parse_query(text: str, params: Mapping[str, object] | None = None) -> Query:
    """The query of a text and the request's parameters (a mapping of strings, or with `getlist`).

    Never fails for what stands in `text`: what is odd there becomes words and a note.
    Raises QueryProblem for a parameter that is not what it must be.
    """
    parts = _Parts()
    read = _read_text(text, parts)
    parameters = {
        name: tuple(dict.fromkeys(value.strip() for value in _values(params, name) if value.strip()))
        for name in _FORMS
    }
    for name, values in parameters.items():
        for value in values:
            if not _add_filter(parts, _FORMS[name], value, exclude=False):
                raise QueryProblem(f"bad_{name}", _refusal(_FORMS[name], value), name)
    page = _number(params, "page", 1, 1, DEEPEST_HIT)
    size = _number(params, "size", DEFAULT_SIZE, 1, LARGEST_PAGE)
    if page * size > DEEPEST_HIT:
        raise QueryProblem("too_deep", f"Only the first {DEEPEST_HIT:,} hits can be paged to.", "page")
    sort = _one(params, "sort") or SORTS[0]
    if sort not in SORTS:
        raise QueryProblem("bad_sort", f"Sort by one of {', '.join(SORTS)}.", "sort")
    return Query(
        read,
        tuple(parts.terms),
        Filters(parts.filters),
        Filters(parts.excluded),
        tuple(parts.ranges),
        page,
        size,
        sort,
        _facets(params),
        _switch(params, "explain"),
        tuple(value for value in _values(params, "literal") if value),
        tuple(dict.fromkeys(parts.notes)),
        Filters(parameters),
        parts.snippet,
    )


@dataclass(slots=True)
class _Parts:
    """What has been read so far."""

    terms: list[Term] = field(default_factory=list)
    filters: dict[str, list[str]] = field(default_factory=dict)
    excluded: dict[str, list[str]] = field(default_factory=dict)
    ranges: list[Range] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    group: int = 0
    snippet: Snippet | None = None


def _read_text(text: str, parts: _Parts) -> str:
    """Fill `parts` from the text; the text as it was read, without what was too much."""
    clean = "".join(c if c.isprintable() or c.isspace() else " " for c in text[:MOST_READ])
    if LOOKS_PASTED.search(clean):
        rest, filters = apart_from_filters(clean)
        parts.snippet = recognise(rest)
        if parts.snippet is not None and not parts.snippet.mentions:  # https://host/ names nothing
            parts.snippet = None
        if parts.snippet is not None:
            for token in scan(filters, _FORMS):
                _read_token(token, parts, False)
            parts.terms += [Term(name) for name in said(parts.snippet)]
            return clean[:LONGEST_TEXT].strip()
    if len(text) > LONGEST_TEXT:
        clean = clean[:LONGEST_TEXT]
        parts.notes.append(f"Only the first {LONGEST_TEXT} characters were read.")
    tokens = scan(clean, _FORMS)
    either = False  # the last token was OR: the next one joins the term before it
    unsaid, left_out = excluded_places(tokens) if HINT.search(clean) else (frozenset(), ())
    runs = {run[0]: run for run in left_out}
    passed = unsaid.union(*left_out)
    for place, token in enumerate(tokens):
        if place in runs:
            text_of = " ".join(tokens[each].text.rstrip(",.;:?!") for each in runs[place])
            parts.terms.append(Term(text_of, exclude=True, said=True))
        if place in passed:
            continue
        inner = 0 < place < len(tokens) - 1
        if inner and not either and _is_word(token, "OR", "|", "||"):
            either = True
        elif not (inner and _is_word(token, "AND", "&&")):
            _read_token(token, parts, either)
            either = False
    if len(parts.terms) > MOST_TERMS:
        del parts.terms[MOST_TERMS:]
        parts.notes.append(f"Only the first {MOST_TERMS} words were read.")
    return clean.strip()


def _is_word(token: Token, *words: str) -> bool:
    return token.raw in words


def _read_token(token: Token, parts: _Parts, either: bool) -> None:
    if token.name:
        if either:
            parts.notes.append("OR works between words. Filters of one name are alternatives anyway.")
        form = _FORMS[token.name]
        values = [token.text] if token.quoted else [value for value in token.text.split(",") if value]
        refused = [value for value in values if not _add_filter(parts, form, value, token.minus)]
        if values and not refused:
            return
        parts.notes.append(f"{_refusal(form, token.text)} It was searched as text.")
        _add_term(parts, Term(token.raw.lstrip("-").replace('"', " "), exclude=token.minus), either)
        return
    if token.text == '"':
        parts.notes.append("A quotation mark without its partner was ignored.")
        return
    unfinished = _FORMS.get(token.text[:-1].lower()) if token.text.endswith(":") else None
    if unfinished is not None and not token.quoted:
        parts.notes.append(f"{token.text} wants a value right behind it, for example {unfinished.example}.")
    kind: TermKind = "phrase" if token.quoted else "prefix" if token.star else "word"
    _add_term(parts, Term(token.text, kind, token.minus), either)


def _add_term(parts: _Parts, term: Term, either: bool) -> None:
    before = parts.terms[-1] if parts.terms else None
    if either and before is not None and not before.exclude and not term.exclude:
        if not before.group:
            parts.group += 1
            before = Term(before.text, before.kind, before.exclude, parts.group)
            parts.terms[-1] = before
        term = Term(term.text, term.kind, term.exclude, before.group)
    parts.terms.append(term)


def _add_filter(parts: _Parts, form: Form, value: str, exclude: bool) -> bool:
    """Add one value of a filter or range; False where the form does not know it."""
    if form.reads == "range":
        found = bounds(form.name, value)
        if found is not None:
            parts.ranges.append(Range(form.name, *found, exclude))
        return found is not None
    values: tuple[str, ...] = (value,)
    if form.values:
        folded = value.lower()
        values = (folded,) if folded in form.values else dict(form.spellings).get(folded, ())
    into = (parts.excluded if exclude else parts.filters).setdefault(form.name, []) if values else []
    into.extend(one for one in values if one not in into)
    return bool(values)


def _refusal(form: Form, value: str) -> str:
    shown = value if len(value) <= 40 else value[:40] + "…"
    known = "one of" if form.reads == "filter" else "for example"
    return f"'{shown}' is not a value of {form.name} ({known} {', '.join(form.values)})."


def _values(params: Mapping[str, object] | None, name: str) -> Iterator[str]:
    """All values of a parameter, those of a werkzeug MultiDict as well as of a plain mapping."""
    if params is None or name not in params:
        return
    getlist = getattr(params, "getlist", None)
    found = getlist(name) if getlist is not None else params[name]
    for value in [found] if isinstance(found, str) or not isinstance(found, Sequence) else found:
        read = str(value)
        if "\0" in read:
            raise QueryProblem("bad_character", "A parameter must not hold a NUL character.", name)
        if len(read) > LONGEST_TEXT:
            raise QueryProblem("too_long", f"A parameter has at most {LONGEST_TEXT} characters.", name)
        yield read


def _one(params: Mapping[str, object] | None, name: str) -> str:
    return next((value.strip() for value in _values(params, name)), "")


def _number(params: Mapping[str, object] | None, name: str, default: int, low: int, high: int) -> int:
    value = _one(params, name)
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and len(value) <= 9 and low <= int(value) <= high):
        raise QueryProblem(f"bad_{name}", f"{name} is a whole number from {low} to {high:,}.", name)
    return int(value)


def _switch(params: Mapping[str, object] | None, name: str) -> bool:
    value = _one(params, name).lower()
    if value not in _SWITCH:
        raise QueryProblem(f"bad_{name}", f"{name} is 1 or 0.", name)
    return _SWITCH[value]


def _facets(params: Mapping[str, object] | None) -> tuple[str, ...]:
    """The facets asked for: all without the parameter, none where it is empty."""
    if params is None or "facets" not in params:
        return FACETS
    names = [name.strip() for value in _values(params, "facets") for name in value.split(",") if name.strip()]
    for name in names:
        if name not in FACETS:
            raise QueryProblem("bad_facets", f"Facets are {', '.join(FACETS)}.", "facets")
    return tuple(dict.fromkeys(names))
