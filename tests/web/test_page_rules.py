"""The judge of pages is strict: each sort of fault that it is there for is found."""

from __future__ import annotations

import pytest

from tests.support.page_rules import read_page

GOOD = """<!doctype html><html lang="en"><head><title>A</title>
<link rel="alternate" type="application/json" href="/api/v1/item/app/fenix">
<link rel="alternate" type="text/markdown" href="/app/fenix.md"></head>
<body><h1>Fenix</h1>BODY</body></html>"""


def faults(body: str) -> list[str]:
    """What is found in a page with this body."""
    return read_page(GOOD.replace("BODY", body), "app/fenix").faults


def test_a_good_page_has_no_faults() -> None:
    assert faults('<p id="a">x <a href="#a">up</a> <a href="https://example.org/">out</a></p>') == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<p>a</p></p>", "not valid HTML: Unexpected end tag (p). Ignored."),
        ("<b>bold</b>", "element 'b' comes from no template"),
        ('<p onclick="x()">a</p>', "attribute 'onclick' of 'p' comes from no template"),
        ('<p style="color:red">a</p>', "attribute 'style' of 'p' comes from no template"),
        ("<script>x()</script>", "script inside of the page"),
        ('<a href="javascript:x()">a</a>', "address 'javascript:x()' leads nowhere"),
        ('<a href="#nowhere">a</a>', "nothing has the id 'nowhere'"),
        ('<section aria-labelledby="gone"><h2>a</h2></section>', "nothing has the id 'gone'"),
        ('<p id="a">a</p><p id="a">b</p>', "id 'a' stands twice"),
        ("<h1>Another</h1>", "not one h1 with words"),
    ],
)
def test_a_fault_is_named(body: str, fault: str) -> None:
    assert fault in faults(body)


def test_a_page_must_name_its_own_twins() -> None:
    found = read_page(GOOD.replace("BODY", ""), "app/klar").faults
    assert found == [
        "its twins in JSON and Markdown are not named: ['/api/v1/item/app/fenix', '/app/fenix.md']"
    ]


def test_links_to_items_and_columns_are_gathered_decoded() -> None:
    body = (
        '<a href="/probe/event/a.b%23c">a</a> <a href="/app/fenix/map">b</a> <a href="/?q=x">c</a>'
        '<a href="/table/p.d.t?column=a.b#schema">d</a>'
    )
    page = read_page(GOOD.replace("BODY", body), "app/fenix")
    assert page.items == {"app/fenix", "probe/event/a.b#c", "table/p.d.t"}
    assert page.places == {"/", "/app/fenix/map"}
    assert page.columns == {("table/p.d.t", "a.b")}
