"""Legacy pings: what they are and whether they still come in, as far as docs and JSON schemas say it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.model.ids import item_path
from indexer.model.items import PingItem
from search_app.web.app import create_app
from tests.support.upstream import SCHEMAS, Upstream, built, catalogue_of

DOCS = """# Raw Ping Data

## Ping Types

### "main" ping

Sent at the end of a session, with histograms.

| Reason | Sent when |
| ------ | --------- |
| daily  | a day ends |

### "deletion-request" ping

Sent at the end, replacing the ["optout" ping][optout].

[optout]: https://example.org/
"""
OBSOLETE = """# Start page

## Data

#### `activity_stream`

- `events` stores what users did on the page
"""


@pytest.fixture
def upstream() -> Upstream:
    upstream = Upstream()
    upstream.app("fenix", "org.mozilla.fenix")
    return upstream


def schema(upstream: Upstream, namespace: str, ping: str, version: int = 4, **fields: Any) -> None:
    upstream.stable(namespace, ping, {"client_id": "STRING"}, version)
    upstream.files[f"{SCHEMAS}/{namespace}/{ping}/{ping}.{version}.schema.json"] = json.dumps(fields)


def pings(upstream: Upstream, folder: Path) -> dict[str, PingItem]:
    return {item.id: item for item in catalogue_of(upstream, folder).items if isinstance(item, PingItem)}


def test_a_section_of_the_docs_describes_its_ping_and_is_named(upstream: Upstream, tmp_path: Path) -> None:
    upstream.doc("datasets/pings.md", DOCS)
    schema(upstream, "telemetry", "main", description="The main ping.")
    found = pings(upstream, tmp_path)["ping/telemetry/main"]
    assert found.description.startswith("Sent at the end of a session, with histograms.\n")
    assert found.commentary == "The main ping."
    assert found.related["described_by"] == ("doc/datasets/pings.md#main-ping",)
    assert found.status == "unknown"  # that it is described does not say that it comes in


def test_fields_are_its_labels_but_keys_that_no_schema_names(upstream: Upstream, tmp_path: Path) -> None:
    addons = {"additionalProperties": {"type": "object", "properties": {"scope": {"type": "integer"}}}}
    schema(upstream, "telemetry", "main", properties={"addons": {"type": "object", **addons}})
    assert pings(upstream, tmp_path)["ping/telemetry/main"].labels == ("addons", "scope")


def test_its_page_shows_the_section_as_it_is_written(upstream: Upstream, tmp_path: Path) -> None:
    upstream.doc("datasets/pings.md", DOCS)
    schema(upstream, "telemetry", "main")
    page = create_app(built(upstream, tmp_path)).test_client().get("/ping/telemetry/main").text
    assert "<td>daily</td>\n<td>a day ends</td>" in page
    assert f'From <a href="{item_path("doc/datasets/pings.md#main-ping")}">the data docs</a>.' in page


def test_a_ping_that_another_one_replaced_is_deprecated(upstream: Upstream, tmp_path: Path) -> None:
    upstream.doc("datasets/pings.md", DOCS)
    schema(upstream, "telemetry", "optout")
    found = pings(upstream, tmp_path)["ping/telemetry/optout"]
    assert (found.status, found.status_reason) == (
        "deprecated",
        "replaced by the deletion-request ping, as the data docs say",
    )


def test_a_list_of_tables_in_the_obsolete_docs_describes_pings_that_are_over(
    upstream: Upstream, tmp_path: Path
) -> None:
    upstream.doc("datasets/obsolete/start.md", OBSOLETE)
    schema(upstream, "activity-stream", "events")
    found = pings(upstream, tmp_path)["ping/activity-stream/events"]
    assert found.description == "Stores what users did on the page"
    assert (found.status, found.status_reason) == (
        "deprecated",
        "described in the obsolete part of the data docs",
    )


def test_an_older_schema_describes_a_ping_whose_newest_says_nothing(
    upstream: Upstream, tmp_path: Path
) -> None:
    schema(upstream, "telemetry", "study", 3, description="State of a study.")
    schema(upstream, "telemetry", "study", 4, title="study")
    assert pings(upstream, tmp_path)["ping/telemetry/study"].description == "State of a study."


def test_a_placeholder_is_said_to_be_one(upstream: Upstream, tmp_path: Path) -> None:
    schema(upstream, "telemetry", "ftu", title="placeholder_schema")
    assert "placeholder" in pings(upstream, tmp_path)["ping/telemetry/ftu"].status_reason


def test_a_schema_says_how_long_a_ping_is_kept_and_until_when_it_is_collected(
    upstream: Upstream, tmp_path: Path
) -> None:
    policy = {"delete_after_days": 180, "collect_through_date": "2022-02-01"}
    schema(upstream, "telemetry", "old", mozPipelineMetadata={"expiration_policy": policy})
    later = {"collect_through_date": "2030-01-01"}
    schema(upstream, "telemetry", "new", mozPipelineMetadata={"expiration_policy": later})
    found = pings(upstream, tmp_path)
    old = found["ping/telemetry/old"]
    assert old.retention == {"": 180}
    assert (old.status, old.status_reason) == ("expired", "collected until 2022-02-01, as its schema says")
    assert found["ping/telemetry/new"].status == "unknown"


def test_scheduled_readers_are_named_and_prove_nothing(upstream: Upstream, tmp_path: Path) -> None:
    schema(upstream, "telemetry", "core")
    upstream.table(
        "telemetry_derived.core_daily_v1",
        scheduling={"dag_name": "bqetl_core"},
        references={"query.sql": ["moz-fx-data-shared-prod.telemetry_stable.core_v4"]},
    )
    found = pings(upstream, tmp_path)["ping/telemetry/core"]
    assert found.status == "unknown"
    assert "telemetry_derived.core_daily_v1" in found.status_reason


@pytest.mark.parametrize(
    "junk", [[], "x", {"expiration_policy": []}, {"expiration_policy": {"delete_after_days": "x"}}]
)
def test_junk_in_a_schemas_metadata_says_nothing(upstream: Upstream, tmp_path: Path, junk: object) -> None:
    schema(upstream, "telemetry", "odd", mozPipelineMetadata=junk, description=7)
    found = pings(upstream, tmp_path)["ping/telemetry/odd"]
    assert (found.description, found.retention, found.status) == ("", {}, "unknown")
