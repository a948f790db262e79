"""schema.yaml read by lines gives what PyYAML gives, whatever stands in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.sources._documents import Unreadable
from indexer.sources._schema_yaml import read_fields
from indexer.sources.bigquery_etl import Source
from tests.support.unpacked import archive_of

EACH = 8  # of the mirror's files: PyYAML takes a minute over all of them

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
WORDS = st.sampled_from(
    (
        *(
            "id",
            "STRING",
            "no",
            "null",
            "1",
            "1.5",
            "2026-01-01",
            "a: b",
            "a #b",
            "- a",
            "'",
            '"',
            "[a]",
            "{a}",
        ),
        *(
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "%",
            "@",
            "",
            " a ",
            "a\nb",
            "é",
            "\u2028",
            "~",
            "=",
            "<<",
            "Off",
            "1:30",
        ),
    )
)
ENTRY = st.dictionaries(st.sampled_from(["name", "type", "mode", "description"]), TEXT | WORDS, min_size=1)
FIELDS = st.recursive(
    st.lists(ENTRY, max_size=4),
    lambda inside: st.lists(
        st.tuples(ENTRY, inside).map(lambda pair: {**pair[0], "fields": pair[1]}), max_size=3
    ),
    max_leaves=8,
)


def by_pyyaml(body: bytes) -> Any:
    document = yaml.load(body, Loader=yaml.CSafeLoader)
    return document.get("fields") if isinstance(document, dict) else None


def same(body: bytes) -> bool:
    """Whether both read the same, or both refuse."""
    try:
        expected = by_pyyaml(body)
    except yaml.YAMLError:
        with pytest.raises(Unreadable):
            read_fields(body)
        return True
    return bool(read_fields(body) == expected)


@settings(deadline=None, database=None)
@given(FIELDS, st.booleans(), st.sampled_from([20, 80, 1000]), st.sampled_from([None, '"', "'", "|", ">"]))
def test_what_pyyaml_writes_is_read_as_pyyaml_reads_it(
    fields: Any, unicode: bool, width: int, style: str | None
) -> None:
    body = yaml.safe_dump(
        {"fields": fields}, allow_unicode=unicode, width=width, default_style=style, sort_keys=False
    )
    assert same(body.encode())


@pytest.mark.parametrize(
    "body",
    [
        "",
        "fields:\n",
        "fields: []\n",
        "[]\n",
        "fields:\n- name: a\n  name: b\n",
        "fields:\n- name: a\n  type: STRING # said so\n",
        "fields:\n- name: a\n  description: two\n    lines\n",
        "fields:\n- name: a\n  description: |\n    kept\n\n    lines\n  mode: NULLABLE\n",
        "fields:\n- name: a\n  description: >-\n    folded\n    lines\n",
        "fields:\n- name: a\n  description: 'it''s'\n",
        'fields:\n- name: a\n  description: "tab\\tbed"\n',
        "fields:\n- name: a\n  fields:\n  - name: b\n    fields:\n    - name: c\n- name: d\n",
        "fields:\n  - name: a\n    fields:\n      - name: b\n  - name: c\n",
        "fields:\n- name: a\n  policy_tags: [x]\n",
        "fields:\n- &a\n  name: a\n- *a\n",
        "fields:\n- name: yes\n  type: null\n",
        "fields:\n- name: a\n\ttype: b\n",
        "fields:\n- name: 'open\n",
        "fields:\n- name: a\r\n  type: STRING\r\n",
        "---\nfields:\n- name: a\n",
        "version: 1\nfields:\n- name: a\n",
    ],
)
def test_odd_and_broken_files_are_read_as_pyyaml_reads_them(body: str) -> None:
    assert same(body.encode())


def test_bytes_that_are_no_utf8_are_refused_as_pyyaml_refuses_them() -> None:
    assert same(b"fields:\n- name: \xff\n")


@pytest.mark.mirror
def test_files_of_the_mirror_are_read_as_pyyaml_reads_them(mirror: Path) -> None:
    (file,) = archive_of(Source(), mirror)
    assert file.members is not None
    bodies = dict.fromkeys(body for path, body in file.members() if path.endswith("/schema.yaml"))
    assert len(bodies) > 1_000
    wrong = [body[:80] for body in list(bodies)[::EACH] if not same(body)]
    assert wrong == []
