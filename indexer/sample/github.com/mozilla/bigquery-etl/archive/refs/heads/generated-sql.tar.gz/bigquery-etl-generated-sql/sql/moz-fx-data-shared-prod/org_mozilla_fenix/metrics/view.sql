CREATE OR REPLACE VIEW
  `moz-fx-data-shared-prod.org_mozilla_fenix.metrics`
AS
SELECT
  *
FROM
  `moz-fx-data-shared-prod.org_mozilla_fenix_stable.metrics_v1`
