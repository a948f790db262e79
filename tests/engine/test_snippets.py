"""What is shown of a text: the window with the most found words, and where these stand."""

from __future__ import annotations

import pytest

from search_app.engine.highlighter import MARKS, WIDTH, columns_snippet, names_and_snippets, pattern


def marked(words: tuple[str, ...], name: str, text: str) -> tuple[list[str], list[str], str]:
    """The marked pieces of a name and of its snippet, and the snippet."""
    ((in_name, shown),) = names_and_snippets(pattern(words), [(name, text)])
    return [name[a:b] for a, b in in_name], [shown.text[a:b] for a, b in shown.marks], shown.text


@pytest.mark.parametrize(
    ("words", "name", "text", "in_name", "in_text"),
    [
        (("search",), "search.counts", "Searches by engine.", ["search"], ["Searches"]),
        (("tick",), "browser.activeTicks", "ticking, not sticking", ["Ticks"], ["ticking"]),
        (("gc",), "gc.ms", "gcd of GCs and GC", ["gc"], ["GCs", "GC"]),
        (("queri",), "queries", "A query of quer", ["queries"], ["query", "quer"]),
        (("ms", "gc"), "GC_MS", "ms 2ms", ["GC", "MS"], ["ms", "ms"]),
        (("straße",), "a", "die Straße, STRASSE", [], ["Straße"]),
        (("page",), "“Page” loads", "İ — a page, its Pages", ["Page"], ["page", "Pages"]),
        (("page",), "“Page” loads", "— a page, its Pages", ["Page"], ["page", "Pages"]),
        (("search",), "searched", "", ["searched"], []),
        (("search",), "", "search", [], ["search"]),
        ((), "search", "search", [], []),
    ],
)
def test_words_are_marked_in_the_name_and_in_the_text(
    words: tuple[str, ...], name: str, text: str, in_name: list[str], in_text: list[str]
) -> None:
    assert marked(words, name, text)[:2] == (in_name, in_text)


def test_a_long_text_is_cut_to_where_most_words_stand() -> None:
    text = "word " * 100 + "one crash here, " + "word " * 100 + "a crash, a crash and a hang " + "word " * 100
    _, found, shown = marked(("crash", "hang"), "name", text)
    assert found == ["crash", "crash", "hang"]
    assert shown.startswith("\u2026word")
    assert shown.endswith("word\u2026")
    assert len(shown) <= WIDTH + 2


def test_no_more_than_so_many_words_are_marked() -> None:
    ((in_name, shown),) = names_and_snippets(pattern(("a",)), [("a " * 20, "a " * 90)])
    assert len(in_name) == 20
    assert len(shown.marks) == MARKS - 20


def test_texts_that_are_looked_at_together_are_marked_as_each_by_itself() -> None:
    texts = [("tab", "A tab,\nTabs"), ("", ""), ("table", "a " * 90), ("open.tab", "untabbed"), ("a", "tab")]
    words = pattern(("tab", "a"))
    alone = [names_and_snippets(words, [text])[0] for text in texts]
    assert names_and_snippets(words, texts) == alone
    assert names_and_snippets(words, []) == []
    assert [len(in_name) for in_name, _ in alone] == [1, 0, 0, 1, 1]


def test_columns_that_hold_the_words_stand_for_a_table_without_a_text() -> None:
    paths = "client_id\nmetrics.counter.tab_open\nmetrics.counter.window_open\nping_info.seq"
    shown = columns_snippet(pattern(("open",)), paths)
    assert shown is not None
    assert shown.text == "columns: metrics.counter.tab_open, metrics.counter.window_open"
    assert [shown.text[a:b] for a, b in shown.marks] == ["open", "open"]
    assert columns_snippet(pattern(("closed",)), paths) is None
