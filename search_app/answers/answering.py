"""From a query to its card: which template or concept it is, else None."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from search_app.answers.catalogue import Catalogue
from search_app.answers.model import Answer
from search_app.answers.rule_loader import shipped_rules
from search_app.answers.rules import Rules, spelt, words_of
from search_app.engine.results import Hit
from search_app.query.model import SORTS, Query
from search_app.understanding.model import Understood
from search_app.understanding.vocabulary import normalise

_NAME = re.compile(r"\w[._:/]\w")  # of one word it is a name, and asks nothing
_NAMES = re.compile(r"\S*\w[._]\w\S*")  # what is in a name, such as predict, is no word of the question
LONGEST = 160  # characters: a longer text tells a story, and no template understands it


def may_be_asked(query: Query, understood: Iterable[Understood]) -> bool:
    """Whether a query can be a question at all: quick, since most are none."""
    if query.page != 1 or query.sort != SORTS[0] or query.snippet is not None or query.literal:
        return False
    if len(query.terms) == 1 and _NAME.search(query.terms[0].text):
        return False
    if not query.terms or len(query.text) > LONGEST or query.exclude_filters or query.ranges:
        return False
    if set(query.filters) - {"app"} or len(query.filters.get("app", ())) > 1:
        return False
    if any(term.kind != "word" or term.exclude or term.group for term in query.terms):
        return False
    signals = shipped_rules().signals
    if query.filters or any(each.field == "app" for each in understood):
        return True
    return not signals.isdisjoint(words_of(query.text, shipped_rules().spellings))


def answer_to(
    query: Query, understood: Sequence[Understood], hits: Sequence[Hit], catalogue: Catalogue
) -> Answer | None:
    """The card of a query that may be a question; None where it is not one that can be told for sure."""
    from search_app.answers.boards import answer_board
    from search_app.answers.facts import answer_fact, answer_gone
    from search_app.answers.places import answer_place
    from search_app.answers.things import asked_of, product_alone, thing_of
    from search_app.answers.topics import answer_topic

    rules = shipped_rules()
    text = " ".join(term.text for term in query.terms).strip(" ?!.")
    text = re.sub(r"[?!]+$", "", text).strip()
    apps, typed, title = _products(query, understood, rules)
    templates = _matches(text, rules)
    if shorter := _without_product_at_end(text, typed):
        templates += _matches(shorter, rules)
    for intent, subject in templates:
        if rules.never.intersection(normalise(_NAMES.sub(" ", subject))):
            return None
        asked = asked_of(subject, typed, apps, hits)
        about = without(subject, typed) if intent == "collected" and not _is_within(subject, text) else ""
        if found := answer_topic(about, apps, catalogue, rules):
            return found
        if intent == "dashboard":
            found = answer_board(subject, apps, catalogue, rules)
        else:
            thing = product_alone(asked, catalogue, rules) if intent == "collected" else None
            thing = thing or thing_of(asked, hits, catalogue, rules)
            if thing is not None:
                found = answer_fact(intent, thing, asked, catalogue, rules)
            else:
                found = answer_gone(asked, catalogue, rules) if intent in ("alive", "replaced") else None
            if found is None and intent == "where_stored" and len(apps) < 2:
                found = answer_place(
                    without(subject, typed), apps[0] if apps else "", title, catalogue, rules
                )
        if found is not None:
            return found
    if templates:
        return None
    text = spelt(text, rules.spellings)
    left = _left(understood, text)
    named = [each for each in left if each.field == "app"]
    # "profiles on desktop with a Mozilla account": of two products one can be what is asked about
    for meant in (left, *([each] for each in named if len(named) > 1)):
        apps, typed, title = _products(query, meant, rules)
        if answer := _amount(without(text, typed), apps, title, hits, catalogue, rules):
            return answer
    return None


def _is_within(subject: str, text: str) -> bool:
    """Whether a text asks what is in a subject, which is a ping then and no topic."""
    return re.search(rf"\b(?:in|by|with) (?:an? |the )?{re.escape(subject)}", text) is not None


def _left(understood: Sequence[Understood], text: str) -> list[Understood]:
    """What stands in a text that is spelt otherwise: of "Focus for Android by os version" only Focus."""
    found = []
    for each in sorted(understood, key=lambda each: -len(each.text)):
        typed = each.text.lower().rstrip("?!.,;:")
        if typed in text:
            found.append(each)
            text = text.replace(typed, " | ", 1)
    return [each for each in understood if each in found]


def _without_product_at_end(text: str, typed: Sequence[str]) -> str:
    """ "Is X still sent on Fenix" without "on Fenix"; empty where it ends in no product."""
    for each in typed:
        cut = re.sub(
            rf"\s+(?:on|in|of|for|from|by)\s+(?:the\s+)?{re.escape(each)}$", "", text, flags=re.IGNORECASE
        )
        if cut != text:
            return cut
    return ""


def _matches(text: str, rules: Rules) -> list[tuple[str, str]]:
    """Every (intent, subject) of the templates that a text fits."""
    found = []
    for template in rules.templates:
        if match := template.pattern.match(text):
            parts = match.groupdict()
            found.append((template.intent, " ".join(part for part in parts.values() if part)))
    return found


def without(text: str, typed: Sequence[str]) -> str:
    """A text with a bar in the place of each of some texts in it: words beside it are no neighbours."""
    for each in typed:
        text = re.sub(rf"(?<![\w.]){re.escape(each)}(?![\w.])", " | ", text, flags=re.IGNORECASE)
    return text


def _amount(
    text: str, apps: Sequence[str], title: str, hits: Sequence[Hit], catalogue: Catalogue, rules: Rules
) -> Answer | None:
    """The card of an amount. `text`: spelt in one way, without the products."""
    from search_app.answers.named import read_named
    from search_app.answers.numbers import answer_amount, answer_ended
    from search_app.answers.reading import product_told, read_amount

    if len(apps) > 1:
        return _of_twins(text, apps, hits, catalogue, rules)
    app = apps[0] if apps else product_told(text, rules)
    subjects = read_amount(text, app, rules, catalogue.shelf()) or read_named(text, app, hits, rules)
    for make in (answer_amount, answer_ended):
        for subject in subjects:
            if answer := make(subject, app, title, catalogue, rules):
                return answer
    return None


def _of_twins(
    text: str, apps: Sequence[str], hits: Sequence[Hit], catalogue: Catalogue, rules: Rules
) -> Answer | None:
    """Of a product that is an app for each platform, as Klar: that of the first, the others' beside it."""
    lines = {app.rpartition("_")[0] for app in apps}
    if len(lines) != 1 or not {app.rpartition("_")[2] for app in apps} <= set(rules.platforms.values()):
        return None
    found = [answer for app in apps if (answer := _amount(text, (app,), "", hits, catalogue, rules))]
    if not found:
        return None
    first = found[0]
    others = tuple(each.recommended[0] for each in found[1:] if each.intent == first.intent)
    product = catalogue.get(f"app/{first.app}")
    named = product.title if product else first.app
    note = f"No platform was named: this is {named}" + (", the other stands beside it." if others else ".")
    return replace(
        first, sentence=f"{first.sentence} {note}", alternatives=(*others, *first.alternatives)[:2]
    )


def _products(
    query: Query, understood: Iterable[Understood], rules: Rules
) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """The product that is meant (several, where words leave it open), the words that named it, its title."""
    named = [each for each in understood if each.field == "app"]
    typed = [each.text.rstrip("?!.,;:") for each in named]
    title = named[-1].label.partition(": ")[2] if named else ""
    names = [*query.filters.get("app", ()), *(app for each in named for app in each.value.split(","))]
    if told := _told_by_platform(named, rules):
        names, title = [told], ""
    elif len(named) > 1 and (both := set.intersection(*(set(each.value.split(",")) for each in named))):
        names, title = [app for app in names if app in both], ""  # "Android phones" are those of Android
    distinct = tuple(dict.fromkeys(names))
    if not distinct and (found := _told_in_question(query.text, rules)):
        return found
    for product in (
        rules.products if len(named) == 1 and not query.filters else ()
    ):  # one word for all of them
        if product.names == frozenset(distinct):
            return (product.means,), tuple(typed), product.title or title
    return distinct, tuple(typed), title


def _told_in_question(text: str, rules: Rules) -> tuple[tuple[str, ...], tuple[str, ...], str] | None:
    """As _products: the product of a word that means much else, where it stands as a product does."""
    for product in rules.products:
        for word in product.words:
            before = rf"\b(?:of|for|on|in|from|by|with|use|uses|visit)\s+{re.escape(word)}\b"
            is_name = f" {word.title()} " in text  # the first word of a text is written so, too
            if is_name or re.search(before, text, re.IGNORECASE):
                return (product.means,), (word,), product.title
    return None


def _told_by_platform(named: Sequence[Understood], rules: Rules) -> str:
    """Of "Klar for Android" the app of that platform; empty where two words do not tell one app."""
    typed = (each.text.lower().rstrip("?!.,;:") for each in named)
    platforms = [rules.platforms[word] for word in typed if word in rules.platforms]
    several = [each.value.split(",") for each in named if "," in each.value]
    words = {each.text.lower() for each in named}
    if len(words) != 2 or len(set(platforms)) != 1 or len(several) != 1:
        return ""
    found = [app for app in several[0] if app.endswith(f"_{platforms[0]}")]
    return found[0] if len(found) == 1 else ""
