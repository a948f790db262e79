CREATE OR REPLACE VIEW
  `moz-fx-data-shared-prod.fenix.metrics`
AS
SELECT
  *
FROM
  `moz-fx-data-shared-prod.org_mozilla_firefox.metrics`
UNION ALL
SELECT
  *
FROM
  `moz-fx-data-shared-prod.org_mozilla_fenix.metrics`
