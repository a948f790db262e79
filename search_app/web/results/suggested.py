"""What is offered under the box: questions that are begun, then names, words and filters."""

from __future__ import annotations

from indexer.index.completion.suggester import Suggestion
from search_app.answers.questions import begun_questions
from search_app.web.state import Site


def suggested(site: Site, typed: str, limit: int) -> list[Suggestion]:
    """At most `limit` completions of what was typed, best first; none of nothing."""
    if not typed.strip():
        return []
    questions = begun_questions(typed)[:limit]
    return [*questions, *site.engine.suggest(typed, limit)][:limit]
