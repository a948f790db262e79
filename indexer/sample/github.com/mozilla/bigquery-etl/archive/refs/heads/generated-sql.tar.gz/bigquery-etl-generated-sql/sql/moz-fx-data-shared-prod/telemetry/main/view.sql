CREATE OR REPLACE VIEW
  `moz-fx-data-shared-prod.telemetry.main`
AS
SELECT
  *
FROM
  `moz-fx-data-shared-prod.telemetry_stable.main_v5`
