"""Exclusions said in words: "but not the panel", "without ads", "excluding mobile", "except events".

Only what is said is read here; whether "mobile" is an app is understood later. A word in quotes is no
cue, and an exclusion that would leave nothing to search for is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from search_app.query.lexer import Token

# Words that exclude what follows, longest first. Each is a run of tokens, without punctuation.
CUES: tuple[tuple[str, ...], ...] = (
    ("but", "not"),
    ("and", "not"),
    ("but", "no"),
    ("except", "for"),
    ("other", "than"),
    ("apart", "from"),
    ("rather", "than"),
    ("without",),
    ("excluding",),
    ("exclude",),
    ("except",),
)
MOST_EXCLUDED = 6  # words behind one cue: what goes on longer is another thought
# Without one of these beginnings a text excludes nothing, and its tokens need not be looked at.
HINT = re.compile(r"\b(?:not|no|without|exclud|except|other|apart|rather)", re.IGNORECASE)
_PASSED = frozenset(
    ("the", "a", "an", "any", "all", "those", "these", "from", "on", "in", "of", "for", "ones")
)
_JOINING = frozenset(("and", "or", "nor"))
# What begins another thought: the excluded words end before it.
_ENDING = frozenset((
    "in", "on", "for", "from", "per", "by", "with", "of", "when", "that", "which", "who", "where", "while",
    "during", "since", "as", "to", "is", "are", "was",
))  # fmt: skip
_EDGE = re.compile(r"[,;.?!:]+$")


def excluded_places(tokens: Sequence[Token]) -> tuple[frozenset[int], tuple[tuple[int, ...], ...]]:
    """(places of words that only say "not", runs of places that are excluded); both empty where nothing is.

    >>> from search_app.query.lexer import scan
    >>> excluded_places(scan("tab metrics but not the panel", ()))
    (frozenset({2, 3, 4}), ((5,),))
    """
    said: set[int] = set()
    runs: list[tuple[int, ...]] = []
    place = 0
    while place < len(tokens):
        cue = _cue_at(tokens, place)
        if not cue:
            place += 1
            continue
        passed, found, place_after = _object(tokens, place + cue)
        if found:
            said.update(range(place, place + cue), passed)
            runs += found
        place = max(place_after, place + cue)
    taken = said.union(*runs) if runs else said
    wanted = [n for n, token in enumerate(tokens) if n not in taken and not token.minus]
    return (frozenset(said), tuple(runs)) if wanted and runs else (frozenset(), ())


def _is_plain(token: Token) -> bool:
    return not (token.name or token.quoted or token.minus or token.star)


def _word(token: Token) -> str:
    return _EDGE.sub("", token.text).lower() if _is_plain(token) else ""


def _cue_at(tokens: Sequence[Token], place: int) -> int:
    """How many tokens from `place` on are a cue; 0 for none. "Not" alone is one behind a comma only.

    Inside of a text a cue is not capitalised: a heading says "Reset Without Recovery Key", and means it.
    """
    if place and tokens[place].text[:1].isupper():
        return 0
    for cue in CUES:
        if tuple(map(_word, tokens[place : place + len(cue)])) == cue:
            return len(cue)
    behind_comma = place > 0 and tokens[place - 1].raw.endswith((",", ";", "("))
    return int(behind_comma and _word(tokens[place]) in ("not", "no"))


def _object(tokens: Sequence[Token], start: int) -> tuple[set[int], list[tuple[int, ...]], int]:
    """What a cue excludes: places passed over, runs of words, and where they end."""
    passed: set[int] = set()
    runs: list[tuple[int, ...]] = []
    run: list[int] = []
    place = start
    while place < min(len(tokens), start + MOST_EXCLUDED) and _is_plain(tokens[place]):
        word = _word(tokens[place])
        if _cue_at(tokens, place):
            break
        if word in _JOINING or (not run and word in _PASSED):
            passed.add(place)
            runs += [tuple(run)] if run else []
            run = []
        elif word in _ENDING or not word:
            break
        else:
            run.append(place)
        place += 1
        if _EDGE.search(tokens[place - 1].text):
            break
    return passed, runs + ([tuple(run)] if run else []), place
