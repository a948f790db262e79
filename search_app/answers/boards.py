"""Dashboards for a subject: curated ones whose title or tiles hold its words; never those that ended.

A board that is made by a program counts only where its title is the subject, and no curated one shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indexer.model.items import AnyItem, DashboardItem
from search_app.answers.catalogue import Catalogue, ShelvedDashboard
from search_app.answers.model import Answer, Recommended
from search_app.answers.rules import Rules, words_of

MOST = 3
SAID_OF_ALL = frozenset(words_of("dashboard board looker firefox mozilla the of per", ()))
TITLE, TILE = 2, 1
Scored = tuple[tuple[int, ...], ShelvedDashboard]  # how well it fits, the largest first


def boards_of(
    words: frozenset[str], app: str, shown: Sequence[AnyItem], catalogue: Catalogue, rules: Rules
) -> tuple[AnyItem, ...]:
    """Curated dashboards of the product that show the words, and those that upstream joins to the things.

    Without words there are only the joined ones.
    """
    joined = [board for item in shown for board in item.related.get("dashboard", ())]
    found = [
        board
        for _, board in matching(words, catalogue, rules)
        if words and board.curated and _is_of(board, app)
    ]
    ids = dict.fromkeys([*(board.id for board in found), *joined])
    boards = [item for each in ids if isinstance(item := catalogue.get(each), DashboardItem)]
    return tuple([board for board in boards if board.curated and board.status == "active"][:MOST])


def answer_board(subject: str, apps: Sequence[str], catalogue: Catalogue, rules: Rules) -> Answer | None:
    """The dashboards that show what is asked for, curated ones first; None where no curated one does."""
    typed = frozenset(words_of(subject, rules.spellings))
    words = (typed - rules.fillers) | _of_concept(typed, rules)
    if not words or typed & rules.never or not words - SAID_OF_ALL:
        return None
    best: list[Scored] = []
    for of_others in (False, True):
        for said in (words, *_said_otherwise(typed, rules)):
            best = best or _best(said, apps, of_others, catalogue, rules)
    chosen = [
        Recommended(item, _why(score, board))
        for score, board in best[: 1 + MOST]
        if (item := catalogue.get(board.id)) is not None
    ]
    if not chosen:
        return None
    return Answer(
        intent="dashboard",
        concept=subject,
        sentence=f"The dashboard {chosen[0].item.title} shows it.",
        app=apps[0] if len(apps) == 1 else "",
        recommended=tuple(chosen[:1]),
        alternatives=tuple(chosen[1:3]),
        dashboards=tuple(each.item for each in chosen),
    )


def _best(
    words: frozenset[str], apps: Sequence[str], of_others: bool, catalogue: Catalogue, rules: Rules
) -> list[Scored]:
    """Curated boards that show the words; where there are none, those whose title says just them.

    A board of one product is for who names it or what is in its title; `of_others`: for a whole tile too.
    """
    found = matching(words, catalogue, rules)
    curated = [
        (score, board)
        for score, board in found
        if board.curated
        and (
            not board.apps
            or set(board.apps) & set(apps)
            or score[0] == TITLE
            or (of_others and any(tile - rules.fillers == words - rules.fillers for tile in board.tiles))
        )
    ]
    return curated or [
        (score, board)
        for score, board in found
        if score[0] == TITLE and not board.named - words - SAID_OF_ALL - rules.boards_beyond
    ]


def _of_concept(typed: frozenset[str], rules: Rules) -> frozenset[str]:
    """The longest wording of a concept that was typed: in it users are no filler."""
    said = [wording for concept in rules.concepts for wording in concept.wordings if wording <= typed]
    return max(said, key=len, default=frozenset())


def _said_otherwise(typed: frozenset[str], rules: Rules) -> Iterable[frozenset[str]]:
    """The same subject in the other wordings of its concept: DAU as daily active users.

    Not in one that is part of another concept's, but for its first: weekly active users are active users too.
    """
    for concept in rules.concepts:
        said = [wording for wording in concept.wordings if wording <= typed]
        if not said:
            continue
        rest = typed - max(said, key=len) - rules.fillers
        for place, wording in enumerate(concept.wordings):
            others = (each for other in rules.concepts if other is not concept for each in other.wordings)
            if wording not in said and (not place or not any(wording <= each for each in others)):
                yield rest | wording


def matching(words: frozenset[str], catalogue: Catalogue, rules: Rules) -> list[Scored]:
    """Dashboards that hold all words, with how well: in the title before in one tile, curated before made."""
    found = []
    for board in catalogue.shelf().dashboards:
        score = _score(words - SAID_OF_ALL or words, board)
        if score and (wanted := rules.boards_only_for.get(board.model)) and not wanted & words:
            continue
        if score:
            found.append(((*score,), board))
    return sorted(found, key=lambda each: (not each[1].curated, [-part for part in each[0]], each[1].id))


def _score(words: frozenset[str], board: ShelvedDashboard) -> tuple[int, ...] | None:
    """(where the words stand, minus the words of the title beyond them); None where one is not there."""
    beyond = -len(board.title - words)
    if words <= board.title:
        return (TITLE, beyond)
    tiles = [tile for tile in board.tiles if words <= tile | board.title and words & tile]
    if not tiles:
        return None
    return (TILE, len(tiles), beyond)


def _is_of(board: ShelvedDashboard, app: str) -> bool:
    if board.apps:
        return app in board.apps
    named = frozenset(words_of(app.replace("_", " "), ())) - SAID_OF_ALL
    return bool(named & board.title) if app else True


def _why(score: Iterable[int], board: ShelvedDashboard) -> str:
    where = "Its title says so" if next(iter(score)) >= TITLE else "It has tiles of that name"
    return f"{where}; it is curated by hand." if board.curated else f"{where}; it is made by OpMon."
