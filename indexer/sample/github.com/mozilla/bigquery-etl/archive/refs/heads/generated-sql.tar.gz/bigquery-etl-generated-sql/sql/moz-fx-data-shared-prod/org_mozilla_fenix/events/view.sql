CREATE OR REPLACE VIEW
  `moz-fx-data-shared-prod.org_mozilla_fenix.events`
AS
SELECT
  *
FROM
  `moz-fx-data-shared-prod.org_mozilla_fenix_stable.events_v1`
