"""indexer/sources/data_docs.py on a small golden book, on junk, and counted against the mirror."""

from __future__ import annotations

import re
import tarfile
from pathlib import Path
from posixpath import normpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.model.records import DocSection, Record
from indexer.sources import Report
from indexer.sources._doc_sections import resolve_link, slug_of
from indexer.sources._html_table import MOST_CELLS, as_markdown
from indexer.sources.data_docs import DEEPEST_LISTED, Listed, Source, read_contents, read_page
from tests.support.fetching import GOLDEN, records_of
from tests.support.unpacked import archive_of, archive_with


@pytest.fixture(scope="module")
def golden() -> tuple[list[Record], Report]:
    return records_of(Source(), archive_of(Source(), GOLDEN / "data_docs"))


def test_a_page_is_cut_at_its_headings_with_text_code_links_and_what_stands_above(
    golden: tuple[list[Record], Report],
) -> None:
    assert golden[0] == [
        DocSection(
            path="cookbooks/bare.md",
            slug="",
            heading="",
            page_title="A page without heading",
            level=0,
            text="Only text, named in the table of contents.",
            number=2,
            listed_as="A page without heading",
            above=("datasets/pings.md",),
            markdown="Only text, named in the table of contents.",
        ),
        DocSection(
            path="datasets/obsolete/old.md",
            slug="old-things",
            heading="Old things",
            page_title="Old things",
            level=1,
            text="Gone since long.",
            obsolete=True,
            number=3,
            listed_as="Old things",
            markdown="Gone since long.",
        ),
        DocSection(
            path="datasets/pings.md",
            slug="ping-datasets",
            heading="Ping datasets",
            page_title="Ping datasets",
            number=1,
            listed_as="Ping datasets, listed",
            level=1,
            text="What pings hold, with emphasis and code.",
            links=("https://example.org/a", "datasets/main.md#fields"),
            markdown="What [pings](https://example.org/a) hold, with *emphasis* "
            "and `code`[.](main.md#fields)",
        ),
        DocSection(
            path="datasets/pings.md",
            slug="the-main-ping",
            heading="The main ping",
            page_title="Ping datasets",
            number=1,
            listed_as="Ping datasets, listed",
            level=2,
            text="Every day.\nA cell\nAnother cell",
            breadcrumb=("Ping datasets",),
            code="SELECT 1\nFROM telemetry.main",
            markdown="Every day.\n\n```sql\nSELECT 1\nFROM telemetry.main\n```\n\n"
            "| A cell | Another cell |\n| ------ | ------------ |",
        ),
        DocSection(
            path="datasets/pings.md",
            slug="notes",
            heading="Notes",
            page_title="Ping datasets",
            number=1,
            listed_as="Ping datasets, listed",
            level=3,
            text="First.",
            breadcrumb=("Ping datasets", "The main ping"),
            markdown="First.",
        ),
        DocSection(
            path="datasets/pings.md",
            slug="notes-1",
            heading="Notes",
            page_title="Ping datasets",
            number=1,
            listed_as="Ping datasets, listed",
            level=2,
            text="Second, seen text.",
            markdown="Second,  seen text.",
            breadcrumb=("Ping datasets",),
        ),
        DocSection(
            path="datasets/pings.md",
            slug="own",
            heading="With its own anchor",
            page_title="Ping datasets",
            number=1,
            listed_as="Ping datasets, listed",
            level=2,
            text="",
            breadcrumb=("Ping datasets",),
        ),
    ]
    assert golden[1].seen == {"page": 3, "section": 7}


def test_a_section_keeps_what_its_links_by_name_lead_to_and_shows_frames_as_links() -> None:
    page = (
        "# Videos\n\nSee [the plot][plot] or [other].\n\n"
        '<iframe width="5" src="https://example.org/v" title="A talk"></iframe>\n\n'
        "# Below\n\n{{#tabs }}Words.\n\n[plot]: https://example.org/plot\n"
    )
    videos, below = read_page("a.md", page)
    assert videos.markdown == (
        "See [the plot][plot] or [other].\n\n[A talk](https://example.org/v)\n\n[PLOT]: https://example.org/plot"
    )
    assert below.markdown.startswith("Words.")


def test_a_table_in_html_is_read_into_markdown_but_not_in_code() -> None:
    table = (
        "<div>\n<table>\n<caption>Both</caption>\n<tr><th>Kind</th><th>Of</th></tr>\n\n"
        '<tr><td rowspan="2"><code>a|b</code></td>'
        '<td><ul><li>one</li><li><a href="x.md">two</a></li></ul></td></tr>'
        "\n<tr><td onclick=x()>three</td></tr>\n</table>\n</div>"
    )
    (section,) = read_page("a.md", f"# Kinds\n\nFirst.\n\n{table}\n\nLast.\n\n```\n{table}\n```\n")
    assert section.markdown == (
        "First.\n\n\nBoth\n\n| Kind | Of |\n| --- | --- |\n"
        "| `a\\|b` | one; [two](x.md) |\n| `a\\|b` | three |\n\n"
        f"\nLast.\n\n```\n{table}\n```"
    )


@pytest.mark.parametrize(
    "html",
    [
        "<table>",
        "<table></table>",
        "<table><tr><td>",
        "<td>x</td></table>",
        "<table" * 9,
        "<tr>" * 9 + "</table>",
    ],
)
def test_a_broken_table_is_no_table_or_a_small_one(html: str) -> None:
    (section,) = read_page("a.md", f"# A\n\n{html}\n\nLast.\n")
    assert section.markdown.endswith("Last.")
    assert as_markdown(html) in ("", "| x |\n| --- |", "|  |\n| --- |")


def test_cells_without_end_are_cut() -> None:
    rows = '<tr><td rowspan="99999999">x</td></tr>' * 9_000
    assert as_markdown(f"<table>{rows}</table>").count("\n") <= MOST_CELLS + 1


def test_a_page_stands_below_the_entry_that_its_list_is_in() -> None:
    listed = read_contents(
        "# Summary\n\n[Front](index.md)\n\n- [Top](top.md)\n\t- [Draft]()\n\t\t* [Deep](a/deep.md#part)\n"
        "\t- [Twice](top.md)\n  - [Elsewhere](https://example.org/x.md)\n- [Last](./last.md)\n\n"
        "[End](end.md)\n"
    )
    assert listed == {
        "index.md": Listed(1, "Front"),
        "top.md": Listed(2, "Top"),
        "a/deep.md": Listed(3, "Deep", ("top.md",)),
        "https://example.org/x.md": Listed(4, "Elsewhere", ("top.md",)),
        "last.md": Listed(5, "Last"),
        "end.md": Listed(6, "End"),
    }


def test_a_table_of_contents_that_nests_without_end_is_cut_short() -> None:
    nested = "".join(f"{' ' * depth}- [{depth}]({depth}.md)\n" for depth in range(2_000))
    assert max(len(each.above) for each in read_contents(nested).values()) == DEEPEST_LISTED


@pytest.mark.parametrize(
    ("heading", "slug"),
    [
        ("Ping datasets", "ping-datasets"),
        ("What's new?", "whats-new"),
        ("`main_v5` & co.", "main_v5--co"),
        ("A - B", "a---b"),
        ("Größe", "größe"),
        ("  ", ""),
    ],
)
def test_anchors_are_those_of_the_published_book(heading: str, slug: str) -> None:
    assert slug_of(heading) == slug


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("other.md", "datasets/other.md"),
        ("../tools/stmo.md#alerts", "tools/stmo.md#alerts"),
        ("other.html", "datasets/other.md"),
        ("/intro.md", "intro.md"),
        ("https://example.org/x", "https://example.org/x"),
        ("#here", ""),
        ("mailto:a@example.org", ""),
        ("javascript:alert(1)", ""),
        ("//evil.example/x", ""),
        ("../../../etc/passwd", ""),
        ("http://[bad", ""),
    ],
)
def test_links_lead_to_an_address_or_inside_the_book(href: str, target: str) -> None:
    assert resolve_link(href, "datasets/pings.md") == target


@given(st.text(max_size=300))
def test_no_page_raises(text: str) -> None:
    sections = list(read_page("a/b.md", text))
    assert sections
    assert all(section.path == "a/b.md" and section.page_title for section in sections)


@given(
    st.lists(
        st.sampled_from(["# a\n", "## b\n", "\n", "```\n", "<b>", "<!--", "| a |\n|---|\n", "[x](y", "- "])
    )
)
def test_no_heap_of_marks_raises(marks: list[str]) -> None:
    list(read_page("a.md", "".join(marks)))


@given(st.binary(max_size=200))
def test_no_bytes_raise(body: bytes) -> None:
    records_of(
        Source(), archive_with({"data-docs-main/src/a.md": body, "data-docs-main/src/SUMMARY.md": body})
    )


def book(pages: dict[str, str]) -> tuple[dict[str, str], Report]:
    """Path and slug -> text of the sections of a small book, and what was skipped."""
    found = {f"data-docs-main/src/{path}": text.encode() for path, text in pages.items()}
    records, report = records_of(Source(), archive_with(found))
    return {f"{r.path}#{r.slug}": r.text for r in records if isinstance(r, DocSection)}, report


def test_only_pages_of_the_table_of_contents_are_published_and_what_they_include_is_theirs() -> None:
    sections, report = book(
        {
            "SUMMARY.md": "- [Daily clients](a/reference.md)\n",
            "a/reference.md": "# Daily clients\n\n{{#include ./intro.md}}\n\n## Columns\n\nMany.\n",
            "a/intro.md": "One row a client. {{#include ../n.md}}\n\n## Accessing the data\n\nAs a view.\n",
            "n.md": "Mind the lag.",
        }
    )
    assert sections == {
        "a/reference.md#daily-clients": "One row a client. Mind the lag.",
        "a/reference.md#accessing-the-data": "As a view.",
        "a/reference.md#columns": "Many.",
    }
    assert report.skipped == {"page that SUMMARY.md does not list: it is not published": 2}


@pytest.mark.parametrize(
    "target", ["a.md", "../../etc/passwd", "gone.md", "b.md:2:3", "https://example.org/"]
)
def test_an_include_that_leads_nowhere_or_in_circles_ends_and_is_counted(target: str) -> None:
    sections, report = book(
        {"SUMMARY.md": "- [A](a.md)\n", "a.md": f"# A\n\nText.\n\n{{{{#include {target}}}}}\n"}
    )
    assert sections["a.md#a"] == "Text."
    assert report.skipped["include that cannot be followed"] >= 1
    assert len(sections) <= 4


def test_includes_that_double_stay_bounded() -> None:
    pages = {f"{n}.md": f"{{{{#include {n + 1}.md}}}} " * 50 + "word " * 5_000 for n in range(5)}
    sections, _ = book({"SUMMARY.md": "- [0](0.md)\n", **pages})
    assert sum(map(len, sections.values())) <= 300_000


@pytest.mark.mirror
def test_every_heading_of_the_mirrors_pages_is_a_section(mirror: Path) -> None:
    (file,) = archive_of(Source(), mirror)
    records, report = records_of(Source(), [file])
    sections = [record for record in records if isinstance(record, DocSection)]
    assert file.path is not None
    with tarfile.open(file.path) as archive:
        pages = {m.name: archive.extractfile(m) for m in archive if re.fullmatch(r"[^/]+/src/.+\.md", m.name)}
        texts = {name.partition("/src/")[2]: f.read().decode() for name, f in pages.items() if f}
    listed = {normpath(path) for path in re.findall(r"\]\(([^)#\s]+)", texts.pop("SUMMARY.md"))}
    texts = {path: text for path, text in texts.items() if path in listed}
    assert report.seen["page"] == len(texts) == len({section.path for section in sections})
    assert len({(section.path, section.slug) for section in sections}) == len(sections)
    for path, text in texts.items():
        plain = re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.DOTALL | re.MULTILINE)
        plain = re.sub(r"<!--.*?-->", "", plain, flags=re.DOTALL)
        headings = re.findall(r"^#{1,6} +\S", plain, re.MULTILINE)
        found = [section for section in sections if section.path == path and section.level]
        assert len(found) >= len(headings), path
