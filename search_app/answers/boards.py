"""Dashboards for a subject: curated ones whose title or tiles hold its words; never those that ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indexer.model.items import AnyItem, DashboardItem
from search_app.answers.catalogue import Catalogue, ShelvedDashboard
from search_app.answers.model import Answer, Recommended
from search_app.answers.rules import Rules, words_of

MOST = 3
SAID_OF_ALL = frozenset(words_of("dashboard board looker firefox mozilla the of per", ()))
WHOLE, TITLE, TILE = 3, 2, 1


def boards_of(
    words: frozenset[str], app: str, shown: Sequence[AnyItem], catalogue: Catalogue, rules: Rules
) -> tuple[AnyItem, ...]:
    """Curated dashboards of the product that show the words, and those that upstream joins to the things."""
    joined = [board for item in shown for board in item.related.get("dashboard", ())]
    found = [
        board for _, board in matching(words, catalogue) if board.curated and _is_of(board, app, catalogue)
    ]
    ids = dict.fromkeys([*(board.id for board in found), *joined])
    boards = [item for each in ids if isinstance(item := catalogue.get(each), DashboardItem)]
    return tuple([board for board in boards if board.curated and board.status == "active"][:MOST])


def answer_board(subject: str, apps: Sequence[str], catalogue: Catalogue, rules: Rules) -> Answer | None:
    """The dashboards that show what is asked for, curated ones first; None where no curated one does."""
    words = frozenset(words_of(subject, rules.spellings)) - rules.fillers
    if not words or words & rules.never or not words - SAID_OF_ALL:
        return None
    found = matching(words, catalogue)
    if not found or not found[0][1].curated:
        return None
    best = [(score, board) for score, board in found if board.curated][: 1 + MOST]
    chosen = [
        Recommended(item, _why(score, board, words))
        for score, board in best
        if (item := catalogue.get(board.id)) is not None
    ]
    return Answer(
        intent="dashboard",
        concept=subject,
        sentence=f"The dashboard {chosen[0].item.title} shows it.",
        app=apps[0] if len(apps) == 1 else "",
        recommended=tuple(chosen[:1]),
        alternatives=tuple(chosen[1:3]),
        dashboards=tuple(each.item for each in chosen),
    )


def matching(words: frozenset[str], catalogue: Catalogue) -> list[tuple[tuple[int, ...], ShelvedDashboard]]:
    """Dashboards that hold all words, with how well: in the title before in one tile, curated before made."""
    found = []
    for board in catalogue.shelf().dashboards:
        score = _score(words - SAID_OF_ALL or words, board)
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


def _is_of(board: ShelvedDashboard, app: str, catalogue: Catalogue) -> bool:
    if board.apps:
        return app in board.apps
    return app.split("_")[0] in " ".join(sorted(board.title)) if app else True


def _why(score: Iterable[int], board: ShelvedDashboard, words: frozenset[str]) -> str:
    where = "Its title says so" if next(iter(score)) >= TITLE else "It has tiles of that name"
    return f"{where}; it is curated by hand."
