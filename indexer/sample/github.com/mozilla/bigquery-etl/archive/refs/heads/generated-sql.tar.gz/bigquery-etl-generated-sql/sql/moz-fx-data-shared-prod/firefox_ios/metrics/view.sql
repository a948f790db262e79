CREATE OR REPLACE VIEW
  `moz-fx-data-shared-prod.firefox_ios.metrics`
AS
SELECT
  *
FROM
  `moz-fx-data-shared-prod.org_mozilla_ios_firefox_stable.metrics_v1`
