CREATE OR REPLACE VIEW
  `moz-fx-data-shared-prod.fenix.baseline`
AS
SELECT
  *
FROM
  `moz-fx-data-shared-prod.org_mozilla_firefox.baseline`
UNION ALL
SELECT
  *
FROM
  `moz-fx-data-shared-prod.org_mozilla_fenix.baseline`
