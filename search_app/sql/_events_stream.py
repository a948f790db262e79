"""The columns of an events_stream view, written by hand.

bigquery-etl makes these views from SQL alone: most have no published schema. The list
follows the two that have one (firefox_desktop_derived and
firefox_desktop_background_update_derived, events_stream_v1, 2026-08) and holds only what
queries use.
"""

from __future__ import annotations

from indexer.model.records import Column

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
