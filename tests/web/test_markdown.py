"""Upstream text as safe HTML: Markdown is rendered, markup is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from indexer.text.plain_text import plain_text
from search_app.web.markdown import (
    MAX_COLOURED,
    MAX_MARKDOWN,
    highlighted,
    markdown,
    plain,
    safe_href,
)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("A *word* and `code`.", "<p>A <em>word</em> and <code>code</code>.</p>\n"),
        ("# Top", "<h3>Top</h3>\n"),
        ("<b>bold</b> `<b>`", "<p>bold <code>&lt;b&gt;</code></p>\n"),
        ("one<br><br/>two<!-- three -->", "<p>one<br>\n<br>\ntwo</p>\n"),
        ("'<provider-name>:<tagged|organic>'", "<p>'&lt;provider-name&gt;:&lt;tagged|organic&gt;'</p>\n"),
        ("it sets a <marquee>", "<p>it sets a &lt;marquee&gt;</p>\n"),
        ("in.[code|none](.[channel])?", "<p>in.[code|none](.[channel])?</p>\n"),
        ("<script>x()</script>", "<p>&lt;script&gt;x()&lt;/script&gt;</p>\n"),
        ("[a](javascript:x)", "<p>[a](javascript:x)</p>\n"),
        (
            "[a](https://example.org/?a=1&b=2)",
            '<p><a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer nofollow">a</a></p>\n',
        ),
        (
            "![a chart](https://example.org/x.png)",
            '<p><a href="https://example.org/x.png" rel="noopener noreferrer nofollow">'
            "picture: a chart</a></p>\n",
        ),
        ("![a chart](x.png)", "<p>a chart</p>\n"),
        ("see [the *schema*](schema.yaml) and [this](#x)", "<p>see the <em>schema</em> and this</p>\n"),
        ("a & b < c", "<p>a &amp; b &lt; c</p>\n"),
    ],
)
def test_markdown_is_rendered_and_markup_is_text(text: str, html: str) -> None:
    assert markdown(text) == html


def test_a_very_long_text_is_cut() -> None:
    assert len(markdown("a" * (MAX_MARKDOWN + 500))) == MAX_MARKDOWN + len("<p></p>\n")


BOOK = "https://docs.example.org/datasets/pings.html#main"


def test_code_stays_in_the_list_that_it_stands_in() -> None:
    html = "<ol>\n<li>\n<p>one</p>\n<pre><code>x\n</code></pre>\n</li>\n</ol>\n"
    assert markdown("1. one\n\n   ```\n   x\n   ```") == html


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("../a/b.md#c", "https://docs.example.org/a/b.html#c"),
        ("main.md", "https://docs.example.org/datasets/main.html"),
        ("#notes", "https://docs.example.org/datasets/pings.html#notes"),
        ("https://example.org/a.md", "https://example.org/a.md"),
        ("javascript:x()", ""),
        ("//example.org/x", ""),
        ("data:text/html,x", ""),
        ("BROKEN:https://example.org/", ""),
    ],
)
def test_links_of_the_book_start_from_their_published_page(target: str, address: str) -> None:
    link = f'<a href="{address}" rel="noopener noreferrer nofollow">a</a>'
    if address:
        assert markdown(f"[a]({target})", BOOK) == f"<p>{link}</p>\n"
    else:
        assert "<a" not in markdown(f"[a]({target})", BOOK)


def test_a_picture_of_the_book_is_a_link_to_where_it_is_published() -> None:
    assert '<a href="https://docs.example.org/img/x.png"' in markdown("![x](../img/x.png)", BOOK)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Two\nlines", "Two lines"),
        ("A **bold** [link](https://example.org) and `code`", "A bold link and code"),
        ("# Head\n\n- one\n- two", "Head one two"),
        ("a < b", "a < b"),
        ("format '<provider-name>'", "format '<provider-name>'"),
        ("an <img name=x> element<br>or <b>two</b>", "an <img name=x> element or two"),
        ("in.[code|none](.[channel])?", "in.[code|none](.[channel])?"),
        ("tables `<slug>_v<version>`", "tables <slug>_v<version>"),
        ("see [the plot][plot] and [x][y].\n\n[plot]: a.png", "see the plot and x. [plot]: a.png"),
        ("either [sap][tagged]", "either [sap][tagged]"),
        ("`STRUCT<key STRING>` is no `<b>`", "STRUCT<key STRING> is no <b>"),
        ("`COUNT(*)` of `payload_*`", "COUNT(*) of payload_*"),
        ("they end in _live and _stable", "they end in _live and _stable"),
        ("an _underlined `word`_, or __two__", "an underlined word, or two"),
        ("fields._res and _key_name_ of `_id`", "fields._res and key_name of _id"),
    ],
)
@pytest.mark.parametrize("of", [plain, plain_text])
def test_plain_text_has_no_marks(text: str, words: str, of: Callable[[str], str]) -> None:
    """On a page, and in what is searched and shown as a hit."""
    assert of(text) == words


@pytest.mark.parametrize("piece", ["[", "![", "[a](", "[a][", "**", "`", "<", "> ", "- "])
def test_a_text_of_nothing_but_marks_is_read_in_one_pass(piece: str) -> None:
    """Read through anew from each mark, these would take minutes."""
    text = piece * 100_000
    assert len(plain(text)) <= len(text)
    assert len(markdown(text[:20_000])) < 200_000


def test_only_languages_that_upstream_writes_in_are_coloured() -> None:
    assert '<span class="k">SELECT</span>' in highlighted("SELECT 1", "sql")
    assert highlighted("SELECT 1", "brainfuck") == highlighted("SELECT 1", "no language") == "SELECT 1"


def test_code_is_coloured_by_classes_and_escaped() -> None:
    assert highlighted("SELECT '<b>'") == (
        '<span class="k">SELECT</span><span class="w"> </span>'
        """<span class="s1">'&lt;b&gt;'</span>"""
    )
    assert highlighted("<b>", "no such language") == "&lt;b&gt;"


def test_code_that_is_very_long_stays_without_colours() -> None:
    assert highlighted("<" * (MAX_COLOURED + 1)) == "&lt;" * (MAX_COLOURED + 1)


@pytest.mark.parametrize(
    ("address", "href"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        (" mailto:a@example.org ", "mailto:a@example.org"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//example.org", ""),
        ('https://example.org/"onclick=', ""),
        ("", ""),
    ],
)
def test_only_web_and_mail_addresses_become_links(address: str, href: str) -> None:
    assert safe_href(address) == href
