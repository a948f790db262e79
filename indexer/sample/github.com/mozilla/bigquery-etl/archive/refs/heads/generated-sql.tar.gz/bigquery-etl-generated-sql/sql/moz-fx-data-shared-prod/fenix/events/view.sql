CREATE OR REPLACE VIEW
  `moz-fx-data-shared-prod.fenix.events`
AS
SELECT
  *
FROM
  `moz-fx-data-shared-prod.org_mozilla_firefox.events`
UNION ALL
SELECT
  *
FROM
  `moz-fx-data-shared-prod.org_mozilla_fenix.events`
