CREATE OR REPLACE VIEW
  `moz-fx-data-shared-prod.org_mozilla_fenix.baseline`
AS
SELECT
  *
FROM
  `moz-fx-data-shared-prod.org_mozilla_fenix_stable.baseline_v1`
