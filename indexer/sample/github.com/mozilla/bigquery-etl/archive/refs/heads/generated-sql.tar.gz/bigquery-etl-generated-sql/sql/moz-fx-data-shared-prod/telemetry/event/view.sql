CREATE OR REPLACE VIEW
  `moz-fx-data-shared-prod.telemetry.event`
AS
SELECT
  *
FROM
  `moz-fx-data-shared-prod.telemetry_stable.event_v4`
