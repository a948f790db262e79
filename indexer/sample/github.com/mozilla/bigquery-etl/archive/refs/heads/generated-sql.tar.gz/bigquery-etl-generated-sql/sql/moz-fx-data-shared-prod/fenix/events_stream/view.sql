CREATE OR REPLACE VIEW
  `moz-fx-data-shared-prod.fenix.events_stream`
AS
SELECT
  *
FROM
  `moz-fx-data-shared-prod.fenix_derived.events_stream_v1`
