"""What is collected about a topic, such as saved logins: the things that the rules name of it, as a group."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.model.items import AnyItem
from search_app.answers.catalogue import Catalogue, standing_of
from search_app.answers.model import Answer, Recommended, short_name
from search_app.answers.rules import Rules, Topic, words_of

NAMED = 6  # things of a topic that a card names
ALTERNATIVES = 2


def answer_topic(subject: str, apps: Sequence[str], catalogue: Catalogue, rules: Rules) -> Answer | None:
    """The card of a topic; None where no topic is just what was typed, or nothing of it is alive.

    `subject`: without the product; `apps`: whose things are wanted, all where empty.
    """
    words = frozenset(words_of(subject.replace("|", " "), rules.spellings)) - rules.fillers
    topic = next((each for each in rules.topics if words in each.wordings), None)
    found = _alive(topic, apps, catalogue, rules) if topic else []
    if not topic or not found:
        return None
    names = ", ".join(short_name(item) for item in found)
    return Answer(
        intent="collected",
        concept=topic.name,
        sentence=f"About {topic.name} these are collected, among others: {names}.",
        app=apps[0] if len(apps) == 1 else "",
        recommended=(Recommended(found[0], topic.reason),),
        alternatives=tuple(Recommended(item, topic.reason) for item in found[1 : 1 + ALTERNATIVES]),
        facts=tuple((short_name(item), _told_of(item)) for item in found),
    )


def _alive(topic: Topic, apps: Sequence[str], catalogue: Catalogue, rules: Rules) -> list[AnyItem]:
    items = [item for each in topic.things if (item := catalogue.get(each)) is not None]
    if apps:  # its own before those of libraries that it shares
        items.sort(key=lambda item: len(item.apps) > 1)
    return [
        item
        for item in items
        if (not apps or set(apps) & set(item.apps)) and standing_of(item, catalogue, rules).usable
    ][:NAMED]


def _told_of(item: AnyItem) -> str:
    """Its kind, whose it is where that is one product, and its sensitivity."""
    of = f" of {item.app_titles[0]}" if len(item.app_titles) == 1 else ""
    sensitivity = ", ".join(item.sensitivity) or "no sensitivity declared"
    return f"{item.kind}{of}: {sensitivity}"
