CREATE OR REPLACE VIEW
  `moz-fx-data-shared-prod.firefox_desktop.newtab`
AS
SELECT
  *
FROM
  `moz-fx-data-shared-prod.firefox_desktop_stable.newtab_v1`
