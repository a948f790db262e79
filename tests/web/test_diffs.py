"""The history of a definition reads as what went and what came."""

from __future__ import annotations

from dataclasses import replace

from indexer.model.definitions import ExtraKey, MetricDefinition
from search_app.web.items.history import Change, history_entries, word_diff

OLD = MetricDefinition(
    type="counter", description="Counts tabs.", first="2020-01-01 00:00:00", last="2021-01-01 00:00:00",
    reflog_last=0, expires="2021-06-01", labels=("a", "b"),
)  # fmt: skip


def changes(**new: object) -> dict[str, str]:
    """Label -> difference between OLD and OLD with these values."""
    newest, oldest = history_entries((replace(OLD, **new), OLD))  # type: ignore[arg-type]
    assert oldest.changes == ()
    return {change.label: str(change.text) for change in newest.changes}


def test_no_history_has_no_entries() -> None:
    assert history_entries(()) == ()


def test_the_oldest_entry_changes_nothing() -> None:
    (entry,) = history_entries((OLD,))
    assert (entry.first, entry.last, entry.changes) == (OLD.first, OLD.last, ())


def test_a_value_that_changed_stands_beside_the_one_before() -> None:
    assert changes(expires="never", disabled=True) == {
        "Expires": "<del>2021-06-01</del> <ins>never</ins>",
        "Disabled": "<del>no</del> <ins>yes</ins>",
    }


def test_only_the_words_of_a_text_that_differ_are_marked() -> None:
    assert changes(description="Counts open tabs.") == {"Description": "Counts <ins>open</ins> tabs."}


def test_of_a_list_what_stayed_is_left_out() -> None:
    assert changes(labels=("b", "c")) == {"Labels": "<del>a</del> <ins>c</ins>"}
    assert changes(labels=("b", "a")) == {"Labels": "order changed"}
    assert changes(extra_keys=(ExtraKey("k", "string", "A key."),)) == {
        "Extras": "<ins>k (string): A key.</ins>"
    }


def test_dates_and_places_are_no_changes() -> None:
    assert changes(last="2022-01-01 00:00:00", source_url="https://example.org/x#L2") == {}


def test_markup_of_upstream_is_text() -> None:
    assert word_diff("<b>", "<i>") == "<del>&lt;b&gt;</del> <ins>&lt;i&gt;</ins>"
    assert Change("Labels", word_diff("a", "a & <script>")).text == "a <ins>&amp; &lt;script&gt;</ins>"
