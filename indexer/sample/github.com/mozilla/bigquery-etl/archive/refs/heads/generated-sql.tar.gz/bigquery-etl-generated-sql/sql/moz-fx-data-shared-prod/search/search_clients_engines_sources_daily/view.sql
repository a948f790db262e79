CREATE OR REPLACE VIEW
  `moz-fx-data-shared-prod.search.search_clients_engines_sources_daily`
AS
SELECT
  *
FROM
  `moz-fx-data-shared-prod.search_derived.search_clients_daily_v8`
