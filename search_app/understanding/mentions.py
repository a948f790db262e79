"""The names that pasted code or an address says, as keys to look up, and the apps that it is about."""

from __future__ import annotations

from collections.abc import Mapping

from indexer.text.analysis import spelling_key
from search_app.query.mention import Mention, Snippet
from search_app.understanding.identifiers import spellings
from search_app.understanding.model import Boost, NameGuess
from search_app.understanding.weights import APP_OF_PLACE, OTHER_KIND

MOST_GUESSES = 120
_KINDS = {
    "metric": "metric", "event": "metric", "probe": "probe", "ping": "ping", "table": "table", "app": "app",
    "measure": "measure", "explore": "explore", "dashboard": "dashboard", "page": "doc",
}  # fmt: skip
_HELD = ("name", "column")  # roles of what may be a column, an extra key or a label


def names_mentioned(snippet: Snippet) -> tuple[NameGuess, ...]:
    """What the mentions may be called, surest first; of two guesses with one key the surer one."""
    best: dict[tuple[str, str], NameGuess] = {}
    for mention in snippet.mentions:
        for guess in guesses_of(mention):
            known = best.get((guess.key, guess.kind))
            if known is None or known.weight < guess.weight:
                best[guess.key, guess.kind] = guess
    return tuple(sorted(best.values(), key=lambda guess: -guess.weight)[:MOST_GUESSES])


def guesses_of(mention: Mention) -> tuple[NameGuess, ...]:
    """The keys of one mention; none where it names nothing by itself."""
    if not mention.weight:
        return ()
    if mention.role == "id":
        return (NameGuess(mention.text, "id", True, (), mention.weight),)
    if mention.role == "bug":
        return (NameGuess(mention.text, "bug", True, (), mention.weight, held=True),)
    kind, held = _KINDS.get(mention.role, ""), mention.role in _HELD
    return tuple(
        NameGuess(
            key,
            kind or guessed,
            True,
            (),
            mention.weight * weight,
            OTHER_KIND if kind or guessed else 1.0,
            held,
        )
        for key, guessed, weight in spellings(mention.text)
        if len(key) > 1
    )


def apps_mentioned(snippet: Snippet, app_keys: Mapping[str, str]) -> tuple[Boost, ...]:
    """The apps that an address or the dataset of a table says."""
    found: dict[str, None] = {}
    for mention in snippet.mentions:
        if mention.role == "app":
            pieces = [mention.text]
        elif mention.role == "table":
            pieces = mention.text.split(".")[-2:-1]
        else:
            continue
        found.update((app_keys[key], None) for key in map(spelling_key, pieces) if key in app_keys)
    return tuple(Boost("app", app, APP_OF_PLACE) for app in found)
