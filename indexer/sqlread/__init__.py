"""What a piece of BigQuery SQL gives, reads and is made of.

Two steps, both pure. `read_sql()` parses a file (sqlglot, Jinja taken in all its branches)
and reduces it to what matters here (model.py): sources, outputs, the paths that are used, the
events that are asked for. It needs no schema, so its result depends on the text alone and is
kept by it. `resolve()` takes such a query and the columns of the tables beneath, and says
which columns come out, of which types, and of which columns they are made.

Nothing here knows sources, records of upstream or pages. kept/readings.py runs the first step in
processes with limits: the SQL is untrusted.
"""
