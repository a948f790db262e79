"""A query with choices as a page, as JSON and as files; choices that do not go together."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import urlencode

import html5lib
import nbformat
import pytest
from flask.testing import FlaskClient

from search_app.sql.source import SqlQuery
from search_app.web.queries.notebook import notebook, python_text

TABS = "metric/fenix/tabs.opened"


def address(path: str, thing: str, **asked: str | list[str]) -> str:
    return f"{path}?{urlencode({'thing': thing, **asked}, doseq=True)}"


def checked(page: str, name: str) -> list[str]:
    """The values that a form of a page has ticked or selected of a name."""
    if ticks := re.findall(rf'<input type="checkbox" name="{name}" value="([^"]*)" checked>', page):
        return ticks
    select = re.search(rf'<select id="choose-{name}".*?</select>', page, re.DOTALL)
    return re.findall(r'<option value="([^"]*)" selected>', select[0]) if select else []


def shown_sql(page: str) -> str:
    code = re.search(r'<code id="sql-text">(.*?)</code>', page, re.DOTALL)
    assert code
    return html.unescape(re.sub(r"<[^>]+>", "", code[1])).rstrip("\n")


def test_the_state_of_the_form_is_the_address_and_the_page_shows_its_query(small_client: FlaskClient) -> None:
    asked = {"days": "28", "measure": "over_zero", "by": ["date", "country"]}
    page = small_client.get(address("/sql", TABS, **asked)).text  # type: ignore[arg-type]
    if "country" not in checked(page, "by"):  # the small world has no country
        assert "Left out: country is no choice of “by”: it can be" in page
        asked["by"] = []
    answer = small_client.get(address("/api/v1/sql", TABS, **asked)).json  # type: ignore[arg-type]
    assert checked(page, "days") == ["28"]
    assert checked(page, "measure") == ["over_zero"]
    assert shown_sql(page) == answer["query"]["sql"]
    assert "INTERVAL 28 DAY" in answer["query"]["sql"]
    assert "It reads the last 28 days." in answer["query"]["assumptions"]


def test_what_json_offers_it_also_takes(small_client: FlaskClient) -> None:
    answer = small_client.get(address("/api/v1/sql", TABS)).json
    assert [choice["name"] for choice in answer["choices"]] == [
        "app", "ping", "process", "channel", "days", "sample", "measure", "by",
    ]  # fmt: skip
    for choice in answer["choices"]:
        assert choice["options"] or choice["reason"] or choice["name"] == "process"
        for option in choice["options"]:
            taken = small_client.get(address("/api/v1/sql", TABS, **{choice["name"]: option["value"]}))
            assert taken.status_code == 200, (choice["name"], option["value"], taken.text)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "thing"),
        ("thing=metric/fenix/never.heard", "thing"),
        ("thing=tool/glam", "thing"),
        (f"thing={TABS}&with=metric/x/y", "with"),
        (f"thing={TABS}&with=measure/metric/fenix/searches_of_day", "with"),
        (f"thing={TABS}&by=colour", "by"),
        (f"thing={TABS}&days=-3", "days"),
        (f"thing={TABS}&sample=7", "sample"),
        (f"thing={TABS}&app=focus", "app"),
        (f"thing={TABS}&channel=aurora", "channel"),
    ],
)
def test_bad_input_is_a_400_that_names_its_parameter(
    small_client: FlaskClient, query: str, parameter: str
) -> None:
    for path in ("/api/v1/sql", "/sql/query.sql"):
        response = small_client.get(f"{path}?{query}")
        assert response.status_code == 400, path
    error = small_client.get(f"/api/v1/sql?{query}").json["error"]
    assert error["parameter"] == parameter
    assert error["message"]


def test_a_page_leaves_out_what_does_not_go_together_and_says_so(small_client: FlaskClient) -> None:
    response = small_client.get(address("/sql", TABS, app="focus", days="14"))
    assert response.status_code == 200
    assert "Left out: focus is no choice of “app”: it can be" in response.text
    assert checked(response.text, "days") == ["14"]


def test_two_things_stand_in_one_query(small_client: FlaskClient) -> None:
    made = small_client.get(address("/api/v1/sql", TABS, **{"with": "ping/fenix/metrics"})).json
    assert made["with"]["id"] == "ping/fenix/metrics"
    assert "FULL OUTER JOIN" in made["query"]["sql"]
    assert made["query"]["table"] == "fenix.metrics"
    apart = small_client.get(address("/api/v1/sql", TABS, **{"with": "probe/histogram/GC_MS"})).json
    assert apart["query"]["table"] == "fenix.metrics and telemetry.main"
    assert "with=ping" in made["url"]
    page = small_client.get(made["url"])
    assert shown_sql(page.text) == made["query"]["sql"]


def test_the_files_hold_the_query_of_the_page(small_client: FlaskClient) -> None:
    made = small_client.get(address("/api/v1/sql", TABS)).json
    text = small_client.get(made["downloads"]["sql"])
    assert text.text == made["query"]["sql"] + "\n"
    assert text.headers["Content-Disposition"] == 'attachment; filename="tabs_opened.sql"'
    book = small_client.get(made["downloads"]["notebook"])
    assert book.headers["Content-Disposition"] == 'attachment; filename="tabs_opened.ipynb"'
    read = nbformat.reads(book.text, as_version=4)
    nbformat.validate(read)
    variables: dict[str, str] = {}
    exec(read.cells[2].source, variables)  # the cell that holds the text
    assert variables["sql"].strip() == made["query"]["sql"]
    assert made["query"]["assumptions"][0].replace("_", "\\_") in read.cells[0].source


@pytest.mark.parametrize("text", ['a """ b', "back\\slash\\", 'ends in "', "\r\n\0", "'''", "{x} %s"])
def test_any_text_of_upstream_is_one_string_in_a_notebook(text: str) -> None:
    variables: dict[str, str] = {}
    exec(f"sql = {python_text(text)}", variables)
    assert variables["sql"] == f"\n{text}\n"
    made = notebook(SqlQuery(f"[x](javascript:1) {text}", "a.b", text), "https://example.org/sql")
    nbformat.validate(nbformat.from_dict(json.loads(made)))
    assert "[x](javascript" not in made


def test_a_query_needs_no_script(small_client: FlaskClient) -> None:
    page = small_client.get(address("/sql", TABS)).text
    form = re.search(r'<form class="choices" action="/sql" method="get".*?</form>', page, re.DOTALL)
    assert form
    assert '<button class="button" type="submit">' in form[0]
    assert small_client.get("/sql").status_code == 200


def controls(page: str) -> dict[str, str]:
    """The parameters that the small form beside the queries of a page sends as it stands."""
    form = re.search(r'<form class="controls" action="/sql" method="get".*?</form>', page, re.DOTALL)
    assert form
    found = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form[0]))
    for name, options in re.findall(r'<select[^>]* name="([^"]*)">(.*?)</select>', form[0], re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected>', options)
        assert len(chosen) == 1, (name, chosen)
        found[name] = chosen[0]
    return found


@pytest.mark.parametrize(
    "path",
    [
        "metric/fenix/tabs.opened",
        "probe/histogram/GC_MS",
        "ping/fenix/metrics",
        "measure/metric/fenix/searches_of_day",
        "table/moz-fx-data-shared-prod.fenix.metrics",
    ],
)
def test_the_controls_of_an_item_page_lead_to_its_query_as_it_stands(
    small_client: FlaskClient, path: str
) -> None:
    sent = controls(small_client.get(f"/{path}").text)
    assert sent["thing"] == path
    as_it_stands = small_client.get(address("/api/v1/sql", path)).json
    by_the_form = small_client.get(f"/api/v1/sql?{urlencode(sent)}")
    assert by_the_form.status_code == 200, by_the_form.text
    assert by_the_form.json["query"] == as_it_stands["query"]
    changed = small_client.get(f"/sql?{urlencode({**sent, 'days': '28'})}")
    assert "INTERVAL 28 DAY" in html.unescape(re.sub(r"<[^>]+>", "", changed.text))


def test_the_controls_of_a_column_are_of_that_column(small_client: FlaskClient) -> None:
    table = "/table/moz-fx-data-shared-prod.fenix.metrics"
    sent = controls(small_client.get(f"{table}?column=metrics.counter.tabs_opened").text)
    assert sent["column"] == "metrics.counter.tabs_opened"
    assert 'class="controls"' not in small_client.get(f"{table}?column=no.such").text


def test_an_item_page_leads_to_what_it_may_be_compared_with(sample_client: FlaskClient) -> None:
    page = sample_client.get("/ping/fenix/baseline").text
    link = re.search(r'href="(/compare\?[^"]+)">with <span\s+class="name">firefox_desktop/baseline<', page)
    assert link
    compared = sample_client.get(html.unescape(link[1]))
    assert compared.status_code == 200
    assert "Side by side" in compared.text


@pytest.mark.parametrize(
    "path",
    [
        "/sql",
        address("/sql", TABS, by=["date", "colour"]),
        address("/sql", TABS, **{"with": "ping/fenix/metrics"}),
        "/compare",
        "/compare?id=metric/fenix/tabs.opened&id=probe/histogram/GC_MS&id=ping/fenix/baseline",
    ],
)  # fmt: skip
def test_pages_of_queries_and_comparisons_are_valid_html_with_one_heading(
    small_client: FlaskClient, path: str
) -> None:
    page = small_client.get(path)
    assert page.status_code == 200
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page.text)
    assert len(tree.findall(".//h1")) == 1
    ids = [each.get("id") for each in tree.iter() if isinstance(each.tag, str) and each.get("id")]
    assert len(ids) == len(set(ids))
    labels = {each.get("for") for each in tree.iter("label") if each.get("for")}
    assert labels <= set(ids)
    assert {each.get("id") for each in tree.iter("select")} <= labels
