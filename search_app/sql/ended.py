"""Whether what a query asks for has ended, and on which day its data did (faults A12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from indexer.model.last_day import ENDED
from indexer.model.parts import ChannelStatus, ColumnRef
from search_app.sql.source import Ended


def ended_in(states: Iterable[ChannelStatus], row: ColumnRef) -> Ended | None:
    """When what is sent to a row's table ended, by the states of the channels that the row covers.

    None while one of them may still send it. The day is that of the channel that sent it longest,
    "" where one of the days is not known.
    """
    covered = [
        state for state in states if state.app == row.app and row.app_id in ("", state.app_id or row.app_id)
    ]
    if not covered or any(state.status not in ENDED for state in covered):
        return None
    days = [state.last_day for state in covered]
    return Ended(max(days) if all(map(_is_day, days)) else "")


def _is_day(text: str) -> bool:
    """A day that SQL can read: it comes from upstream."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
