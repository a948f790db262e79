CREATE OR REPLACE VIEW
  `moz-fx-data-shared-prod.org_mozilla_firefox.metrics`
AS
SELECT
  *
FROM
  `moz-fx-data-shared-prod.org_mozilla_firefox_stable.metrics_v1`
