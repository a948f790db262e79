SELECT
  DATE(submission_timestamp) AS submission_date,
  client_id,
  SUM(payload.processes.parent.scalars.browser_engagement_active_ticks) * 5 / 3600 AS active_hours_sum
FROM
  `moz-fx-data-shared-prod.telemetry_stable.main_v5`
WHERE
  DATE(submission_timestamp) = @submission_date
GROUP BY
  ALL
