"""What is written by hand of events_stream: its columns, and which events it leaves out.

bigquery-etl makes these views from SQL alone: most have no published schema. The list
follows the two that have one (firefox_desktop_derived and
firefox_desktop_background_update_derived, events_stream_v1, 2026-08) and holds only what
queries use.
"""

from __future__ import annotations

from dataclasses import dataclass

from indexer.model.table_records import Column

EVENTS_STREAM = (
    Column("submission_timestamp", "TIMESTAMP"),
    Column("sample_id", "INTEGER"),
    Column("document_id", "STRING"),
    Column("client_id", "STRING"),
    Column("client_info", "RECORD"),
    Column("client_info.app_channel", "STRING"),
    Column("client_info.app_display_version", "STRING"),
    Column("normalized_app_name", "STRING"),
    Column("normalized_channel", "STRING"),
    Column("normalized_country_code", "STRING"),
    Column("normalized_os", "STRING"),
    Column("event_timestamp", "TIMESTAMP"),
    Column("event_category", "STRING"),
    Column("event_name", "STRING"),
    Column("event", "STRING"),
    Column("event_extra", "JSON"),
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part of an event's rows that the query behind an app's events_stream drops, and why it matters."""

    apps: tuple[str, ...]
    events: tuple[str, ...]
    sentence: str


# bigquery-etl, sql_generators/glean_usage/templates/events_stream_v1.query.sql, 2026-08 (faults A16).
LEFT_OUT = (
    LeftOut(
        ("firefox_desktop",),
        ("uptake.remotecontent.result.uptake_remotesettings", "uptake.remotecontent.result.uptake_normandy"),
        "Of Release since Firefox 143, events_stream keeps 1 % of the clients only (sample_id = 0).",
    ),
    LeftOut(
        ("firefox_desktop",),
        ("security.unexpected_load",),
        "Of Release, events_stream leaves out Firefox 132 to 135.",
    ),
    LeftOut(
        ("firefox_desktop", "firefox_desktop_background_update"),
        ("nimbus_events.enrollment_status",),
        "events_stream leaves out Firefox 140.",
    ),
    LeftOut(
        ("firefox_desktop",),
        ("media.playback.decode_error", "media.playback.first_frame_loaded", "media.error"),
        "Of Release and ESR, events_stream leaves out Firefox up to 149.",
    ),
    LeftOut(
        ("fenix",),
        ("media.playback.decode_error", "media.playback.first_frame_loaded", "media.error"),
        "Of Release, events_stream leaves out Firefox up to 149.",
    ),
    LeftOut(
        ("firefox_desktop_background_update",),
        ("nimbus_events.validation_failed", "normandy.validation_failed_nimbus_experiment"),
        "events_stream leaves out Firefox 138 and 139.",
    ),
)


def left_out(event: str, app: str, stream: bool) -> tuple[str, ...]:
    """What an app's events_stream lacks of an event, in sentences."""
    found = (row.sentence for row in LEFT_OUT if stream and app in row.apps and event in row.events)
    return tuple(f"{sentence} The events ping has them all." for sentence in found)
