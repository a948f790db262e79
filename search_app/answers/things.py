"""Which one thing a question names: by its name in any spelling, else by the words of its title.

Two things of one name that no word tells apart are none: a card must be sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.model.items import AnyItem
from indexer.text.analysis import spelling_key
from search_app.answers.catalogue import Catalogue, card_names
from search_app.answers.reading import read_amount
from search_app.answers.rules import Rules
from search_app.engine.results import Hit

KIND_WORDS = {
    "ping": "ping", "pings": "ping", "table": "table", "view": "table", "metric": "metric", "probe": "probe",
    "histogram": "probe", "scalar": "probe", "measure": "measure", "app": "app", "product": "app",
}  # fmt: skip
SMALL = frozenset(["event", "the", "a", "an", "of", "on", "in", "for", "by", "about", "from", "its"])
# whose ping of a name is meant where no product is named: of desktop, then legacy, then of Android
PING_HOLDERS = ("firefox_desktop", "telemetry", "fenix")
LEGACY = ("scalar", "event")
PROJECT = "moz-fx-data-shared-prod"
_NAME = re.compile(r"^`?[A-Za-z][\w.#/-]*`?$")


@dataclass(frozen=True, slots=True)
class Asked:
    """The subject of a template, with the product and the kind taken out of it."""

    tokens: tuple[str, ...]
    kind: str  # "" where none is said
    apps: tuple[str, ...]  # as typed, the best first
    seen: tuple[str, ...] = ()  # ids of the hits
    typed: tuple[str, ...] = ()  # the words that named the product

    @property
    def text(self) -> str:
        """The words of the subject, a space between them."""
        return " ".join(self.tokens)


def asked_of(subject: str, app_words: Sequence[str], apps: Sequence[str], hits: Sequence[Hit] = ()) -> Asked:
    """A subject in parts. `app_words`: texts in it that were understood as products."""
    text = subject
    for typed in app_words:
        text = re.sub(rf"(?<![\w.]){re.escape(typed)}(?![\w.])", " ", text, flags=re.IGNORECASE)
    kind, tokens, is_event = "", [], False
    for token in text.split():
        plain = token.strip("?,;:\"'“”()").strip("`")
        is_event = is_event or plain.lower() == "event"
        if plain.lower() in KIND_WORDS:
            kind = kind or KIND_WORDS[plain.lower()]
        elif plain and plain.lower() not in SMALL:
            tokens.append(plain)
    if is_event and len(tokens) > 1:
        kind = kind or "metric"  # "the urlbar engagement event"; of one word it can be a legacy one
    return Asked(tuple(tokens), kind, tuple(apps), tuple(hit.card.id for hit in hits), tuple(app_words))


def thing_of(asked: Asked, hits: Sequence[Hit], catalogue: Catalogue, rules: Rules) -> AnyItem | None:
    """The one thing that is asked for; None where there is none, or more than one."""
    if not asked.tokens:
        if all(word.lower() in rules.platforms for word in asked.typed):
            return None  # an iPhone is no product of ours
        return (
            catalogue.get(f"app/{asked.apps[0]}")
            if len(asked.apps) == 1 and asked.kind in ("", "app")
            else None
        )
    if asked.kind == "ping":
        return _ping(asked, hits, catalogue)
    for item_id in _ids(asked):
        if (item := catalogue.get(item_id)) and _is_of(item.apps, asked.apps):
            return item
    return _named(asked, hits, catalogue) or _legacy(asked, catalogue) or _measure(asked, catalogue, rules)


def _legacy(asked: Asked, catalogue: Catalogue) -> AnyItem | None:
    """A scalar or event of legacy telemetry: after metrics, which are often called the same."""
    if len(asked.tokens) != 1 or asked.kind:
        return None
    found = (catalogue.get(f"probe/{kind}/{asked.tokens[0].strip('`')}") for kind in LEGACY)
    return next((item for item in found if item is not None), None)


def product_alone(asked: Asked, catalogue: Catalogue, rules: Rules) -> AnyItem | None:
    """The product of a word for several, where it is all that a question names."""
    return None if asked.apps else catalogue.get(rules.alone.get(asked.text.lower(), ""))


def _ping(asked: Asked, hits: Sequence[Hit], catalogue: Catalogue) -> AnyItem | None:
    name = "-".join(asked.tokens).lower().replace("_", "-")
    for app in asked.apps or PING_HOLDERS:
        if item := catalogue.get(f"ping/{app}/{name}"):
            return item
    if asked.apps:
        return None
    found = [hit.card.id for hit in hits if hit.card.kind == "ping" and hit.card.name == name]
    return catalogue.get(found[0]) if len(found) == 1 else None


def _ids(asked: Asked) -> Iterator[str]:
    """Ids that a single token can be."""
    if len(asked.tokens) != 1 or not _NAME.match(asked.tokens[0]):
        return
    name = asked.tokens[0].strip("`")
    if asked.kind in ("", "probe"):  # as it is written: gc_ms is the measure, GC_MS the probe
        yield f"probe/histogram/{name}"
    if asked.kind == "probe":
        yield from (f"probe/{kind}/{name}" for kind in LEGACY)
    if asked.kind in ("", "table") and "." in name:
        yield f"table/{PROJECT}.{name.removeprefix(f'{PROJECT}.').removeprefix('mozdata.')}"
    if asked.kind in ("", "table"):
        yield from (f"table/{PROJECT}.{app}.{name}" for app in asked.apps)
    if asked.kind in ("", "metric") and "." in name:
        yield from (f"metric/{app}/{name}" for app in asked.apps)
    if asked.kind in ("", "measure"):
        yield from (f"measure/metric/{app}/{name}" for app in asked.apps)


def _named(asked: Asked, hits: Sequence[Hit], catalogue: Catalogue) -> AnyItem | None:
    """The hit of that very name: the first kind that has it, if it has it once in what is asked for."""
    key = spelling_key("".join(asked.tokens))
    if len(key) < 4 or (len(asked.tokens) > 1 and not asked.kind):
        return None
    found = [
        hit.card
        for hit in hits
        if (not asked.kind or hit.card.kind == asked.kind)
        and hit.card.kind not in ("doc", "tool", "app", "explore", "dashboard")
        and not (
            hit.card.kind == "table" and not asked.kind and asked.text.isalpha()
        )  # a word like "meetings"
        and any(spelling_key(name) == key for name in card_names(hit.card))
        and _is_of(hit.card.app, asked.apps)
    ]
    if not found:
        return None
    literal = [
        card for card in found if asked.text in card_names(card)
    ]  # GC_MS is the probe, gc_ms the measure
    found = literal or found
    same = [card for card in found if card.kind == found[0].kind]
    whole = [card for card in same if spelling_key(card_names(card)[0]) == key]
    if len(same) > 1 and not (len(whole) == 1 or found[0].kind in ("metric", "probe")):
        return None
    meant = (whole or same)[0]
    if meant.kind == "metric" and not asked.apps:  # of several products one stands for all among the hits
        of_desktop = catalogue.get(f"metric/{PING_HOLDERS[0]}/{meant.name}")
        if of_desktop is not None and of_desktop.status == "active":
            return of_desktop
    return catalogue.get(meant.id)


def _measure(asked: Asked, catalogue: Catalogue, rules: Rules) -> AnyItem | None:
    """The measure that a question of an amount would recommend: "the retention rate of Fenix"."""
    if len(asked.apps) != 1 or asked.kind not in ("", "measure"):
        return None
    for subject in read_amount(asked.text, asked.apps[0], rules, catalogue.shelf()):
        if subject.concept is None:
            return catalogue.get(subject.measures[0].id)
        for use in subject.concept.use:
            pattern = use.target.removeprefix("measure:")
            if pattern == use.target or not (use.apps is None or asked.apps[0] in use.apps):
                continue
            for measure in catalogue.shelf().measures.get(asked.apps[0], ()):
                if re.search(pattern, measure.name):
                    return catalogue.get(measure.id)
    return None


def _is_of(item_apps: Sequence[str], apps: Sequence[str]) -> bool:
    return not apps or not item_apps or bool(set(apps) & set(item_apps))
