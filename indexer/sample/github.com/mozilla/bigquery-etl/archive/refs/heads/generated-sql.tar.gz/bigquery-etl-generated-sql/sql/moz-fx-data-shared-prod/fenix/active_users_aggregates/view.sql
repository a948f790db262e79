CREATE OR REPLACE VIEW
  `moz-fx-data-shared-prod.fenix.active_users_aggregates`
AS
SELECT
  *
FROM
  `moz-fx-data-shared-prod.fenix_derived.active_users_aggregates_v3`
