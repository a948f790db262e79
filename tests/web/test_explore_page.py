"""The page of an explore: columns of its tables, measures over them, its sisters."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient


def test_the_page_names_the_plain_columns_of_its_table_and_leads_to_them(sample_client: FlaskClient) -> None:
    hits = sample_client.get("/api/v1/search?kind=explore&size=100").json["hits"]
    pages = {hit["url"]: sample_client.get(hit["url"]).text for hit in hits}
    with_columns = [page for page in pages.values() if 'id="columns-1"' in page]
    assert with_columns
    for address in re.findall(r'href="(/table/[^"?]+\?column=[^"#]+)#schema"', with_columns[0])[:5]:
        assert 'id="column"' in sample_client.get(address.replace("&amp;", "&")).text


@pytest.mark.mirror
def test_channels_of_one_ping_are_told_once_and_arrays_are_no_columns(mirror_client: FlaskClient) -> None:
    page = mirror_client.get("/explore/fenix/metrics").text
    assert page.count(">Columns of ") == 1
    named = re.findall(r'\?column=([^"#]+)#schema"', page)
    assert "client_info.app_build" in named
    assert not [name for name in named if name.startswith(("events.", "ping_info.experiments."))]
    assert "Explores of the app" in page
    assert "Measures over fenix.events_stream" in mirror_client.get("/explore/fenix/events_stream").text


@pytest.mark.mirror
def test_an_explore_of_metric_hub_leads_to_the_data_source_whose_rows_it_reads(
    mirror_client: FlaskClient,
) -> None:
    page = mirror_client.get("/explore/ads/metric_definitions_admarketplace").text
    source = "/measure/data_source/ads/admarketplace"
    assert re.search(rf'reads the rows of\s*<a class="name" href="{source}"', page)
    assert "Which tables it reads is not published" not in page
