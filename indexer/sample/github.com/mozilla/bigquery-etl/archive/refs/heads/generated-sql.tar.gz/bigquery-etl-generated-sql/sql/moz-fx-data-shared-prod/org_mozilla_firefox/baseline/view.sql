CREATE OR REPLACE VIEW
  `moz-fx-data-shared-prod.org_mozilla_firefox.baseline`
AS
SELECT
  *
FROM
  `moz-fx-data-shared-prod.org_mozilla_firefox_stable.baseline_v1`
