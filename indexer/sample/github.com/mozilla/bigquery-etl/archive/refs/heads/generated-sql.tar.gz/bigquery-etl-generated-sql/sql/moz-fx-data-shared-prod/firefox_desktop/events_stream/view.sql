CREATE OR REPLACE VIEW
  `moz-fx-data-shared-prod.firefox_desktop.events_stream`
AS
SELECT
  *
FROM
  `moz-fx-data-shared-prod.firefox_desktop_derived.events_stream_v1`
