- dashboard: usage
  title: Firefox for Android, daily use
  description: Clients a day and pings a client, by channel. A sample in our own words.
  elements:
  - name: daily_clients
    title: Daily clients
    explore: client_counts
    type: looker_line
    fields: [client_counts.submission_date, client_counts.country]
  - name: baseline_pings
    title: Baseline pings
    explore: baseline
    type: single_value
    fields: [baseline.submission_date, baseline.client_info__app_build]
  filters:
  - name: Country
    title: Country
    type: field_filter
