- dashboard: tab_strip_rollout
  title: Tab Strip Rollout
  elements:
  - name: Active Hours_mean
    title: Active Hours
    note_text: Mean
    explore: tab_strip_rollout
    type: looker_line
    fields: [tab_strip_rollout.submission_date, tab_strip_rollout.branch, tab_strip_rollout.point]
    filters:
      tab_strip_rollout.metric: 'active_hours'
