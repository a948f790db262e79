"""What the words of a query are taken to mean, on a small lexicon and the vocabulary that ships."""

from __future__ import annotations

import pytest

from indexer.index.weights import WEIGHTS
from search_app.engine.engine import shipped_vocabulary
from search_app.query.parser import parse_query
from search_app.understanding.analyze import understand
from search_app.understanding.model import AppName, Lexicon, Understanding

LEXICON = Lexicon(
    apps=(
        AppName("fenix", "Firefox for Android", ("org_mozilla_fenix",), 7000),
        AppName("firefox_desktop", "Firefox for Desktop", ("firefox_desktop",), 9000),
        AppName("websites", "websites", (), 2),
    ),
    pings=("baseline", "metrics", "deletion-request"),
    types=("boolean", "counter", "event", "histogram", "scalar", "uuid"),
    kinds=("app", "ping", "metric", "probe", "table", "measure", "explore", "doc", "tool"),
    statuses=("active", "expired", "removed", "deprecated"),
)
VOCABULARY = shipped_vocabulary()


def read(text: str) -> Understanding:
    return understand(parse_query(text), LEXICON, VOCABULARY)


def chips(text: str) -> list[str]:
    return [chip.label for chip in read(text).chips]


def share_of(text: str, meant: str) -> dict[str, float]:
    """The typed words that another wording stands for, each with its part of it."""
    return {
        term.text: each.share for term in read(text).terms for each in term.synonyms if each.text == meant
    }


def test_what_stands_for_several_words_is_shared_among_them_alike() -> None:
    assert share_of("address bar", "urlbar") == {"address": 0.5, "bar": 0.5}


def test_what_stands_for_several_words_is_worth_no_less_where_some_are_filler() -> None:
    shares = share_of("turn off telemetry", "deletion request")
    weights = {term.text: term.weight for term in read("turn off telemetry").terms}
    assert weights["off"] < 0.1
    assert sum(weights[word] * share for word, share in shares.items()) == pytest.approx(1.0)


def test_a_namespace_without_an_app_is_first_of_all_a_word() -> None:
    assert chips("fenix tabs") == ["App: Firefox for Android"]
    assert chips("which websites are visited") == []
    assert next(term for term in read("websites visited").terms).required


@pytest.mark.parametrize(
    ("text", "listing"),
    [
        ("deprecated apps", {"kind": ("app",), "status": ("deprecated",)}),
        ("legacy event probes", {"kind": ("probe",), "type": ("event",)}),
        ("legacy histograms", {"kind": ("probe",), "type": ("histogram",)}),
        ("app startup", {}),
    ],
)
def test_states_are_said_of_apps_and_legacy_of_probes(text: str, listing: dict[str, tuple[str, ...]]) -> None:
    assert read(text).listing == listing


@pytest.mark.parametrize(
    ("text", "listing"),
    [
        ("uuid metrics", {"kind": ("metric",), "type": ("uuid",)}),
        (
            "boolean metrics in the baseline ping",
            {"kind": ("metric",), "type": ("boolean",), "ping": ("baseline",)},
        ),
        ("booleans in the baseline ping", {"type": ("boolean",), "ping": ("baseline",)}),
        (
            "counters sent with the baseline ping of fenix",
            {"type": ("counter",), "ping": ("baseline",), "app": ("fenix",)},
        ),
        (
            "uuid metrics deletion-request",
            {"kind": ("metric",), "type": ("uuid",), "ping": ("deletion-request",)},
        ),
        ("deletion-request", {}),
        ("baseline ping", {}),
        ("what is sent in the baseline ping", {}),
        ("uuid of the profile", {}),
    ],
)
def test_types_pings_and_apps_in_words_list_what_they_say(
    text: str, listing: dict[str, tuple[str, ...]]
) -> None:
    assert read(text).listing == listing


@pytest.mark.parametrize(
    ("text", "kind", "times"),
    [
        ("looker explores about mail", "explore", 2),
        ("all measures of mail", "measure", 2),
        ("onboarding measures for mail", "measure", 2),
        ("mail explore", "explore", 1),
        ("explore mail of people", "explore", 1),
        ("how to join tables of mail", "table", 1),
        ("pings that mail sends", "ping", 1),
    ],
)
def test_a_kind_in_the_plural_with_what_it_is_about_behind_it_is_asked_for_as_a_list(
    text: str, kind: str, times: float
) -> None:
    weight = {boost.value: boost.weight for boost in read(text).boosts if boost.field == "kind"}[kind]
    alone = {boost.value: boost.weight for boost in read(f"new {kind}").boosts if boost.field == "kind"}[kind]
    assert weight == pytest.approx(times * alone) or (times == 1 and weight <= alone)


@pytest.mark.parametrize("state", ["expired", "removed", "deprecated"])
def test_a_state_said_of_a_kind_clearly_outweighs_the_demotion_of_what_is_in_it(state: str) -> None:
    lift = {boost.value: 1 + WEIGHTS.preference * boost.weight for boost in read(f"{state} probes").boosts}
    assert lift[state] * WEIGHTS.statuses[state] > 1.3


def test_a_state_is_said_of_a_kind_and_not_of_what_numbers_are_split_by() -> None:
    assert chips("active users per country") == []
    assert chips("active metrics") == ["Status: active", "Kind: metric"]


def test_a_word_that_is_read_as_a_state_has_no_synonyms() -> None:
    assert read("active tabs").terms[0].synonyms != ()
    assert read("active metrics").terms[0].synonyms == ()


def test_mended_words_are_read_as_what_they_were_mended_to() -> None:
    query = parse_query("androd tabs")
    meant = understand(query, LEXICON, VOCABULARY, {"androd": "android"})
    assert [(chip.text, chip.label) for chip in meant.chips] == [("androd", "App: Firefox for Android")]
    assert meant.chips[0].q_without == '"androd" tabs'
    assert understand(query, LEXICON, VOCABULARY).chips == ()


@pytest.mark.parametrize(
    "text", ["add a new ping", "how to add a ping", "create a table", "docs about tables"]
)
def test_of_a_task_the_docs_are_wanted_before_what_it_is_done_to(text: str) -> None:
    kinds = {boost.value: boost.weight for boost in read(text).boosts if boost.field == "kind"}
    other = "ping" if "ping" in text else "table"
    assert kinds["doc"] > kinds[other] > 0


def test_a_kind_alone_keeps_its_weight() -> None:
    assert {boost.value: boost.weight for boost in read("new pings").boosts} == {"ping": 0.5}


@pytest.mark.parametrize(
    ("text", "word", "meant"),
    [
        ("sql conventions", "conventions", "style guide"),
        ("get permission", "permission", "access"),
        ("data arrives late", "late", "delay"),
        ("expensive queries", "expensive", "cost"),
        ("clients that came back", "came", "returning"),
        ("websites visited", "visited", "unique domains"),
        ("a night theme", "night", "dark theme"),
        ("tabs loaded at once", "once", "concurrent"),
        ("leaked logins", "leaked", "breached"),
    ],
)
def test_words_of_speech_find_the_words_of_the_field(text: str, word: str, meant: str) -> None:
    term = next(term for term in read(text).terms if term.text == word)
    assert meant in [each.text for each in term.synonyms]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("one row per session", "table"),
        ("check whether it got slower", "tool"),
        ("get help with a chart", "doc"),
        ("median in sql", "doc"),
        ("test my schema", "doc"),
    ],
)
def test_what_is_asked_for_without_its_name_prefers_its_kind(text: str, kind: str) -> None:
    assert kind in {boost.value for boost in read(text).boosts if boost.field == "kind"}
