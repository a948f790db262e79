CREATE OR REPLACE VIEW
  `moz-fx-data-shared-prod.fenix.baseline_clients_daily`
AS
SELECT
  *
FROM
  `moz-fx-data-shared-prod.fenix_derived.baseline_clients_daily_v1`
