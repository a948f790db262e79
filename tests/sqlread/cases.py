"""Pairs of small SQL of our own and what it gives: columns, reads, lineage.

A column is `name TYPE`, `[]` after an array's type, `?` for a type that SQL does not tell; fields of a
struct stand below as dotted paths. Lineage names, for each column, `table.column` of what it is made of;
`=` before one that is passed on unchanged, `?` for one more that SQL does not tell. Only the columns that
a case is about have their lineage told.
"""

from __future__ import annotations

from dataclasses import dataclass, field

# what lies beneath all cases, in project p
TABLES = {
    "p.d.clients": "client_id STRING, day DATE, hours FLOAT, pings INTEGER, os STRING, is_new BOOLEAN",
    "p.d.more": "client_id STRING, country STRING, seen TIMESTAMP",
    "p.d.hourly": "client_id STRING, h0 INTEGER, h1 INTEGER",
    "p.app_stable.events_v1": (
        "submission_timestamp TIMESTAMP, document_id STRING, sample_id INTEGER, "
        "events RECORD[], events.category STRING, events.name STRING, events.timestamp INTEGER, "
        "events.extra RECORD[], events.extra.key STRING, events.extra.value STRING, "
        "client_info RECORD, client_info.client_id STRING, client_info.os STRING, "
        "metrics RECORD, metrics.counter RECORD, metrics.counter.tab_count INTEGER, "
        "metrics.url2 RECORD, metrics.url2.page STRING, metadata RECORD, metadata.geo RECORD, "
        "metadata.geo.country STRING"
    ),
    "p.app_derived.stream_v1": "event STRING, event_category STRING, event_name STRING, event_extra JSON",
}


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    sql: str
    columns: str = ""  # "" where they cannot be known
    reads: str = "p.d.clients"
    lineage: dict[str, str] = field(default_factory=dict)
    reason: str = ""  # words of the reason, where the columns cannot be known


CLIENTS = TABLES["p.d.clients"]
C = "p.d.clients."

CASES = [
    Case("a star", "SELECT * FROM p.d.clients", CLIENTS, lineage={"os": f"={C}os"}),
    Case("a table in backticks", "SELECT * FROM `p.d.clients`", CLIENTS),
    Case("a table of the own project", "SELECT * FROM d.clients", CLIENTS),
    Case("a view's statement", "CREATE OR REPLACE VIEW `p.x.y` AS SELECT os FROM `p.d.clients`", "os STRING"),
    Case(
        "a materialized view with options",
        "CREATE MATERIALIZED VIEW IF NOT EXISTS p.x.y PARTITION BY day OPTIONS (enable_refresh = TRUE) AS "
        "SELECT day, COUNT(*) AS n FROM p.d.clients GROUP BY day",
        "day DATE, n INTEGER",
    ),
    Case(
        "EXCEPT and REPLACE",
        "SELECT * EXCEPT (is_new, hours) REPLACE (LOWER(os) AS os) FROM p.d.clients",
        "client_id STRING, day DATE, pings INTEGER, os STRING",
        lineage={"os": f"{C}os", "day": f"={C}day"},
    ),
    Case(
        "a star of one source with more beside it",
        "SELECT c.*, m.country FROM p.d.clients AS c LEFT JOIN p.d.more AS m ON c.client_id = m.client_id",
        f"{CLIENTS}, country STRING",
        "p.d.clients, p.d.more",
        {"country": "=p.d.more.country"},
    ),
    Case(
        "USING shows its column once, and first",
        "SELECT * FROM p.d.hourly JOIN p.d.more USING (client_id)",
        "client_id STRING, h0 INTEGER, h1 INTEGER, country STRING, seen TIMESTAMP",
        "p.d.hourly, p.d.more",
        {"client_id": "=p.d.hourly.client_id"},
    ),
    Case(
        "FULL JOIN USING takes from both",
        "SELECT client_id FROM p.d.hourly FULL JOIN p.d.more USING (client_id)",
        "client_id STRING",
        "p.d.hourly, p.d.more",
        {"client_id": "=p.d.hourly.client_id =p.d.more.client_id"},
    ),
    Case(
        "a column under another name",
        "SELECT os AS platform FROM p.d.clients",
        "platform STRING",
        lineage={"platform": f"={C}os"},
    ),
    Case(
        "a value of two columns",
        "SELECT hours * pings AS product, hours / pings AS share FROM p.d.clients",
        "product FLOAT, share FLOAT",
        lineage={"product": f"{C}hours {C}pings", "share": f"{C}hours {C}pings"},
    ),
    Case(
        "aggregates",
        "SELECT SUM(hours) AS h, SUM(pings) AS n, AVG(pings) AS mean, COUNT(DISTINCT os) AS kinds, "
        "MAX(day) AS last "
        "FROM p.d.clients",
        "h FLOAT, n INTEGER, mean FLOAT, kinds INTEGER, last DATE",
        lineage={"last": f"{C}day"},
    ),
    Case(
        "CASE has the type of its results, made of its conditions too",
        "SELECT CASE WHEN is_new THEN 'new' WHEN pings > 3 THEN os ELSE NULL END AS kind FROM p.d.clients",
        "kind STRING",
        lineage={"kind": f"{C}is_new {C}os {C}pings"},
    ),
    Case(
        "CASE with a subject", "SELECT CASE os WHEN 'a' THEN 1 ELSE 2.5 END AS v FROM p.d.clients", "v FLOAT"
    ),
    Case(
        "IF, COALESCE, NULLIF",
        "SELECT IF(is_new, pings, 0) AS a, COALESCE(os, 'none') AS b, NULLIF(os, '') AS c FROM p.d.clients",
        "a INTEGER, b STRING, c STRING",
        lineage={"a": f"{C}is_new {C}pings", "b": f"{C}os"},
    ),
    Case(
        "casts",
        "SELECT CAST(pings AS STRING) AS a, SAFE_CAST(os AS INT64) AS b, DATE '2020-01-01' AS c FROM "
        "p.d.clients",
        "a STRING, b INTEGER, c DATE",
    ),
    Case(
        "dates",
        "SELECT DATE_TRUNC(day, MONTH) AS m, DATE_DIFF(day, '2020-01-01', DAY) AS n, EXTRACT(YEAR FROM "
        "day) AS y, "
        "DATE_SUB(day, INTERVAL 1 DAY) AS before, FORMAT_DATE('%G', day) AS t FROM p.d.clients",
        "m DATE, n INTEGER, y INTEGER, before DATE, t STRING",
    ),
    Case(
        "timestamps",
        "SELECT DATE(seen) AS d, TIMESTAMP_TRUNC(seen, HOUR) AS h, UNIX_MILLIS(seen) AS u FROM p.d.more",
        "d DATE, h TIMESTAMP, u INTEGER",
        "p.d.more",
    ),
    Case("a comparison", "SELECT pings > 3 AND NOT is_new AS busy FROM p.d.clients", "busy BOOLEAN"),
    Case("a name in another case", "SELECT OS, Client_Id FROM p.d.clients", "OS STRING, Client_Id STRING"),
    Case(
        "a window",
        "SELECT ROW_NUMBER() OVER (PARTITION BY os ORDER BY day) AS n, LAG(hours) OVER (ORDER BY day) AS "
        "before "
        "FROM p.d.clients",
        "n INTEGER, before FLOAT",
    ),
    Case(
        "QUALIFY reads no further table",
        "SELECT os FROM p.d.clients WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY client_id) = 1",
        "os STRING",
    ),
    Case(
        "a common table expression",
        "WITH base AS (SELECT os, hours FROM p.d.clients) SELECT os, SUM(hours) AS h FROM base GROUP BY os",
        "os STRING, h FLOAT",
        lineage={"h": f"{C}hours", "os": f"={C}os"},
    ),
    Case(
        "a common table expression over another",
        "WITH a AS (SELECT * FROM p.d.clients), b AS (SELECT *, hours + 1 AS more FROM a) SELECT more FROM b",
        "more FLOAT",
        lineage={"more": f"{C}hours"},
    ),
    Case(
        "a common table expression that hides a table's name",
        "WITH clients AS (SELECT 1 AS one) SELECT * FROM clients",
        "one INTEGER",
        "",
    ),
    Case(
        "WITH inside of a sub-query",
        "SELECT * FROM (WITH x AS (SELECT day FROM p.d.clients) SELECT * FROM x)",
        "day DATE",
    ),
    Case(
        "a recursive common table expression",
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT i FROM n",
        "i INTEGER",
        "",
    ),
    Case(
        "UNION ALL goes by place",
        "SELECT os, hours FROM p.d.clients UNION ALL SELECT country, 1 FROM p.d.more",
        "os STRING, hours FLOAT",
        "p.d.clients, p.d.more",
        {"os": f"={C}os =p.d.more.country"},
    ),
    Case(
        "UNION takes the type of the branch that has one",
        "SELECT NULL AS os FROM p.d.hourly UNION ALL SELECT os FROM p.d.clients",
        "os STRING",
        "p.d.hourly, p.d.clients",
    ),
    Case(
        "UNION ALL BY NAME",
        "SELECT os, day FROM p.d.clients UNION ALL BY NAME SELECT DATE '2020-01-01' AS day, 'x' AS os",
        "os STRING, day DATE",
    ),
    Case(
        "FULL UNION ALL BY NAME keeps what only one has",
        "SELECT os FROM p.d.clients FULL UNION ALL BY NAME SELECT country FROM p.d.more",
        "os STRING, country STRING",
        "p.d.clients, p.d.more",
    ),
    Case(
        "a union in parentheses",
        "(SELECT os FROM p.d.clients) UNION DISTINCT (SELECT country FROM p.d.more)",
        "os STRING",
        "p.d.clients, p.d.more",
    ),
    Case(
        "EXCEPT DISTINCT and INTERSECT",
        "SELECT client_id FROM p.d.clients EXCEPT DISTINCT SELECT client_id FROM p.d.more",
        "client_id STRING",
        "p.d.clients, p.d.more",
    ),
    Case(
        "a path into a struct",
        "SELECT client_info.client_id, metrics.counter.tab_count AS tabs FROM p.app_stable.events_v1",
        "client_id STRING, tabs INTEGER",
        "p.app_stable.events_v1",
        {
            "tabs": "=p.app_stable.events_v1.metrics.counter.tab_count",
            "client_id": "=p.app_stable.events_v1.client_info.client_id",
        },
    ),
    Case(
        "a path through an alias",
        "SELECT e.client_info.os FROM p.app_stable.events_v1 AS e",
        "os STRING",
        "p.app_stable.events_v1",
    ),
    Case(
        "a whole struct",
        "SELECT client_info FROM p.app_stable.events_v1",
        "client_info RECORD, client_info.client_id STRING, client_info.os STRING",
        "p.app_stable.events_v1",
        {"client_info": "=p.app_stable.events_v1.client_info"},
    ),
    Case(
        "a star of a struct",
        "SELECT client_info.* FROM p.app_stable.events_v1",
        "client_id STRING, os STRING",
        "p.app_stable.events_v1",
        {"os": "=p.app_stable.events_v1.client_info.os"},
    ),
    Case(
        "a struct that is built",
        "SELECT STRUCT(os, hours AS h, 1 AS one) AS s FROM p.d.clients",
        "s RECORD, s.os STRING, s.h FLOAT, s.one INTEGER",
        lineage={"s.h": f"={C}hours"},
    ),
    Case(
        "a typed struct",
        "SELECT STRUCT<a STRING, b INT64>(os, pings) AS s FROM p.d.clients",
        "s RECORD, s.a STRING, s.b INTEGER",
    ),
    Case(
        "a struct rebuilt in place",
        "SELECT * REPLACE (STRUCT(metrics.counter, metrics.url2 AS url) AS metrics) FROM "
        "p.app_stable.events_v1",
        TABLES["p.app_stable.events_v1"].replace("metrics.url2", "metrics.url"),
        "p.app_stable.events_v1",
        {
            "metrics.url": "=p.app_stable.events_v1.metrics.url2",
            "metrics.counter": "=p.app_stable.events_v1.metrics.counter",
            "sample_id": "=p.app_stable.events_v1.sample_id",
        },
    ),
    Case(
        "SELECT AS STRUCT with EXCEPT",
        "SELECT (SELECT AS STRUCT client_info.* EXCEPT (os)) AS info FROM p.app_stable.events_v1",
        "info RECORD, info.client_id STRING",
        "p.app_stable.events_v1",
        {"info.client_id": "=p.app_stable.events_v1.client_info.client_id"},
    ),
    Case(
        "a struct cast from NULL",
        "SELECT CAST(NULL AS STRUCT<a INT64, b ARRAY<STRING>>) AS s",
        "s RECORD, s.a INTEGER, s.b STRING[]",
        "",
    ),
    Case(
        "structs of a union, field by field",
        "SELECT STRUCT(os AS name) AS s FROM p.d.clients UNION ALL SELECT STRUCT(country) FROM p.d.more",
        "s RECORD, s.name STRING",
        "p.d.clients, p.d.more",
        {"s.name": f"={C}os =p.d.more.country"},
    ),
    Case(
        "a whole row as a value",
        "SELECT c FROM p.d.hourly AS c",
        "c RECORD, c.client_id STRING, c.h0 INTEGER, c.h1 INTEGER",
        "p.d.hourly",
    ),
    Case(
        "UNNEST with an alias",
        "SELECT event.category, event.name FROM p.app_stable.events_v1, UNNEST(events) AS event",
        "category STRING, name STRING",
        "p.app_stable.events_v1",
        {"name": "=p.app_stable.events_v1.events.name"},
    ),
    Case(
        "UNNEST without an alias",
        "SELECT document_id, category FROM p.app_stable.events_v1 CROSS JOIN UNNEST(events)",
        "document_id STRING, category STRING",
        "p.app_stable.events_v1",
    ),
    Case(
        "an array named in FROM",
        "SELECT e.name FROM p.app_stable.events_v1 AS t, t.events AS e",
        "name STRING",
        "p.app_stable.events_v1",
    ),
    Case(
        "a star over an unnested array",
        "SELECT * EXCEPT (events, metrics, metadata, client_info, extra) FROM p.app_stable.events_v1, "
        "UNNEST(events)",
        "submission_timestamp TIMESTAMP, document_id STRING, sample_id INTEGER, category STRING, name "
        "STRING, "
        "timestamp INTEGER",
        "p.app_stable.events_v1",
    ),
    Case(
        "UNNEST of literals with an offset",
        "SELECT word, at FROM UNNEST(['a', 'b']) AS word WITH OFFSET AS at",
        "word STRING, at INTEGER",
        "",
    ),
    Case(
        "UNNEST of structs that are written out",
        "SELECT * FROM UNNEST([STRUCT('a' AS code, 1 AS n), ('b', 2)])",
        "code STRING, n INTEGER",
        "",
    ),
    Case(
        "UNNEST of dates",
        "SELECT d FROM UNNEST(GENERATE_DATE_ARRAY('2020-01-01', '2020-02-01')) AS d",
        "d DATE",
        "",
    ),
    Case(
        "ARRAY of a query",
        "SELECT ARRAY(SELECT AS STRUCT name, timestamp FROM UNNEST(events)) AS short FROM "
        "p.app_stable.events_v1",
        "short RECORD[], short.name STRING, short.timestamp INTEGER",
        "p.app_stable.events_v1",
        {"short.name": "=p.app_stable.events_v1.events.name"},
    ),
    Case(
        "a routine of a project within IGNORE NULLS",
        "SELECT ARRAY_AGG(proj.norm.parts(os) IGNORE NULLS) AS all_parts FROM p.d.clients",
        "all_parts RECORD[], all_parts.major INTEGER, all_parts.minor INTEGER",
        lineage={"all_parts": f"{C}os"},
    ),
    Case(
        "ARRAY_AGG and an element of it",
        "SELECT ARRAY_AGG(os ORDER BY day) AS all_os, ARRAY_AGG(os LIMIT 1)[OFFSET(0)] AS first FROM "
        "p.d.clients",
        "all_os STRING[], first STRING",
        lineage={"first": f"{C}os"},
    ),
    Case(
        "elements of an array that is written out",
        "SELECT [client_id, os][OFFSET(1)] AS second, [client_id, os][SAFE_ORDINAL(1)] AS first, "
        "[client_id, os][OFFSET(pings)] AS any_of_them, [client_id, os][OFFSET(9)] AS beyond FROM "
        "p.d.clients",
        "second STRING, first STRING, any_of_them STRING, beyond STRING",
        lineage={
            "second": f"{C}os",
            "first": f"{C}client_id",
            "any_of_them": f"{C}client_id {C}os {C}pings",
            "beyond": f"{C}client_id {C}os",
        },
    ),
    Case(
        "elements of an array that a query makes of one that is written out",
        "WITH base AS (SELECT *, ARRAY(SELECT UPPER(x) FROM UNNEST([client_id, os]) AS x) AS both, "
        "ARRAY(SELECT AS STRUCT LENGTH(v.k) AS n FROM UNNEST([STRUCT(client_id AS k, 1 AS n), "
        "STRUCT(os, 2)]) AS v) AS sizes, ARRAY(SELECT x FROM UNNEST([client_id, os]) AS x "
        "WHERE x != '') AS some FROM p.d.clients), "
        "later AS (SELECT b.*, m.country FROM base AS b LEFT JOIN p.d.more AS m USING (client_id)) "
        "SELECT both[OFFSET(0)] AS first, both[OFFSET(1)] AS second, sizes[OFFSET(1)].n AS n, "
        "some[OFFSET(0)] AS found FROM later",
        "first STRING, second STRING, n INTEGER, found STRING",
        "p.d.clients, p.d.more",
        {
            "first": f"{C}client_id",
            "second": f"{C}os",
            "n": f"{C}os",
            "found": f"{C}client_id {C}os",  # which are left is not known
        },
    ),
    Case(
        "a field of an element",
        "SELECT events[SAFE_OFFSET(0)].name AS first FROM p.app_stable.events_v1",
        "first STRING",
        "p.app_stable.events_v1",
        {"first": "p.app_stable.events_v1.events.name"},
    ),
    Case(
        "a field of an aggregate",
        "SELECT ANY_VALUE(metadata).geo.country AS c FROM p.app_stable.events_v1",
        "c STRING",
        "p.app_stable.events_v1",
        {"c": "p.app_stable.events_v1.metadata.geo.country"},
    ),
    Case(
        "a scalar query",
        "SELECT (SELECT MAX(seen) FROM p.d.more) AS newest, os FROM p.d.clients",
        "newest TIMESTAMP, os STRING",
        "p.d.more, p.d.clients",
        {"newest": "p.d.more.seen"},
    ),
    Case(
        "a correlated query",
        "SELECT (SELECT value FROM UNNEST(e.extra) WHERE key = 'a') AS a FROM p.app_stable.events_v1, "
        "UNNEST(events) e",
        "a STRING",
        "p.app_stable.events_v1",
        {"a": "p.app_stable.events_v1.events.extra.value"},
    ),
    Case(
        "EXISTS and IN read their tables",
        "SELECT os FROM p.d.clients c WHERE EXISTS (SELECT 1 FROM p.d.more m WHERE m.client_id = "
        "c.client_id) "
        "AND client_id IN (SELECT client_id FROM p.d.hourly)",
        "os STRING",
        "p.d.clients, p.d.more, p.d.hourly",
    ),
    Case(
        "JSON",
        "SELECT JSON_VALUE(event_extra.item) AS item, event_extra.deep.er AS raw, JSON_QUERY(event_extra, "
        "'$.a') AS a "
        "FROM p.app_derived.stream_v1",
        "item STRING, raw JSON, a JSON",
        "p.app_derived.stream_v1",
        {"item": "p.app_derived.stream_v1.event_extra", "raw": "p.app_derived.stream_v1.event_extra"},
    ),
    Case(
        "PIVOT",
        "SELECT * FROM (SELECT client_id, os, pings FROM p.d.clients) PIVOT (SUM(pings) FOR os IN ('mac', "
        "'win' AS w))",
        "client_id STRING, mac INTEGER, w INTEGER",
        lineage={"mac": f"{C}pings"},
    ),
    Case(
        "PIVOT of two aggregates",
        "SELECT * FROM (SELECT client_id, os, pings, hours FROM p.d.clients) "
        "PIVOT (SUM(pings) AS n, MAX(hours) AS h FOR os IN ('mac'))",
        "client_id STRING, n_mac INTEGER, h_mac FLOAT",
    ),
    Case(
        "UNPIVOT",
        "SELECT * FROM p.d.hourly UNPIVOT (n FOR hour IN (h0, h1))",
        "client_id STRING, n INTEGER, hour STRING",
        "p.d.hourly",
        {"n": "p.d.hourly.h0 p.d.hourly.h1"},
    ),
    Case(
        "a routine with a written result",
        "SELECT mozfun.norm.parts(os).major AS major, `mozfun.norm.parts`(os).minor AS minor FROM "
        "p.d.clients",
        "major INTEGER, minor INTEGER",
        lineage={"major": f"{C}os"},
    ),
    Case(
        "a star of what a routine gives",
        "SELECT client_id, mozfun.norm.parts(os).* FROM p.d.clients",
        "client_id STRING, major INTEGER, minor INTEGER",
    ),
    Case(
        "a routine whose body tells the type",
        "SELECT * EXCEPT (events, metrics, client_info) REPLACE (mozfun.norm.row(metadata) AS metadata) "
        "FROM p.app_stable.events_v1",
        "submission_timestamp TIMESTAMP, document_id STRING, sample_id INTEGER, metadata RECORD, "
        "metadata.geo RECORD, metadata.geo.country STRING, metadata.kind STRING",
        "p.app_stable.events_v1",
        {"metadata.geo": "=p.app_stable.events_v1.metadata.geo"},
    ),
    Case(
        "a field of the first row by an order",
        "SELECT ARRAY_AGG(metadata ORDER BY submission_timestamp LIMIT 1)[OFFSET(0)].geo.country AS c "
        "FROM p.app_stable.events_v1",
        "c STRING",
        "p.app_stable.events_v1",
        {"c": "p.app_stable.events_v1.metadata.geo.country"},
    ),
    Case(
        "what sorts an aggregate or a window",
        "SELECT MIN_BY(os, day) AS a, FIRST_VALUE(os) OVER (PARTITION BY client_id ORDER BY day) AS b, "
        "FIRST_VALUE(os) OVER w AS c, SUM(pings) OVER (ORDER BY day) AS d FROM p.d.clients "
        "WINDOW w AS (PARTITION BY client_id ORDER BY day)",
        "a STRING, b STRING, c STRING, d INTEGER",
        lineage={"a": f"{C}os", "b": f"{C}os", "c": f"{C}os", "d": f"{C}pings"},
    ),
    Case(
        "a place among rows",
        "SELECT ROW_NUMBER() OVER (PARTITION BY client_id ORDER BY day) AS n FROM p.d.clients",
        "n INTEGER",
        lineage={"n": f"{C}client_id {C}day"},
    ),
    Case(
        "a routine of the file itself",
        "CREATE TEMP FUNCTION twice(x INT64) RETURNS INT64 AS (x * 2); SELECT twice(pings) AS t FROM "
        "p.d.clients",
        "t INTEGER",
        lineage={"t": f"{C}pings"},
    ),
    Case(
        "a routine that nobody knows",
        "SELECT p.d.mystery(os) AS m FROM p.d.clients",
        "m ?",
        lineage={"m": f"{C}os"},
    ),
    Case(
        "a parameter",
        "SELECT @sampling_batch_size AS size, os FROM p.d.clients WHERE sample_id < @sampling_batch_size",
        "size ?, os STRING",
    ),
    Case(
        "parameters that are days, by their names",
        "SELECT @submission_date AS day, DATE_SUB(@end_date, INTERVAL 1 DAY) AS before, @updated AS u, "
        "os FROM p.d.clients WHERE day = @date",
        "day DATE, before DATE, u ?, os STRING",
    ),
    Case(
        "Jinja of the first run and of every other",
        "{% if is_init() %} SELECT os, day FROM p.d.clients {% else %} SELECT country AS os, "
        "DATE(seen) AS day FROM p.d.more {% endif %}",
        "os STRING, day DATE",
        "p.d.clients, p.d.more",
        {"os": f"={C}os =p.d.more.country"},
    ),
    Case(
        "Jinja in a WHERE, and a loop",
        "{% set kinds = ['a', 'b'] %} SELECT day{% for k in kinds %}, COUNTIF(os = '{{ k }}') AS {{ k "
        "}}_n{% endfor %} "
        "FROM p.d.clients WHERE {% if is_init() %} day > '2020-01-01' {% else %} day = @day {% endif %} "
        "GROUP BY day",
        "day DATE, a_n INTEGER, b_n INTEGER",
    ),
    Case(
        "a script: its last query makes the table, the others are read",
        "DECLARE d DATE DEFAULT (SELECT MAX(day) FROM p.d.clients); SELECT country FROM p.d.more",
        "country STRING",
        "p.d.more, p.d.clients",
    ),
    Case(
        "pipe syntax",
        "FROM p.d.clients |> WHERE is_new |> SELECT os, hours",
        "os STRING, hours FLOAT",
    ),
    Case(
        "joins in parentheses",
        "SELECT h0, country FROM p.d.hourly JOIN (p.d.more JOIN p.d.clients USING (client_id)) ON TRUE",
        "h0 INTEGER, country STRING",
        "p.d.hourly, p.d.more, p.d.clients",
    ),
    Case(
        "names that are written out over an unknown table",
        "SELECT a, t.b AS c FROM p.gone.table AS t",
        "a ?, c ?",
        "p.gone.table",
        {"a": "=p.gone.table.a", "c": "=p.gone.table.b"},
    ),
    Case(
        "names beside a star over an unknown table",
        "SELECT *, os AS platform, h0 + h1 AS both FROM p.gone.table JOIN p.d.hourly USING (client_id)",
        reads="p.gone.table, p.d.hourly",
        lineage={
            "platform": "=p.gone.table.os",
            "both": "p.d.hourly.h0 p.d.hourly.h1",
            "h0": "=p.d.hourly.h0",
            "client_id": "=p.gone.table.client_id",
        },
        reason="the columns of p.gone.table are not known",
    ),
    Case(
        "REPLACE and EXCEPT in a star over an unknown table",
        "SELECT * EXCEPT (b) REPLACE (LOWER(a) AS a), b AS c FROM p.gone.table",
        reads="p.gone.table",
        lineage={"a": "p.gone.table.a", "c": "=p.gone.table.b"},
        reason="the columns of p.gone.table are not known",
    ),
    Case(
        "names of what a star over an unknown table must have given",
        "WITH w AS (SELECT *, SUM(a) OVER () AS total FROM p.gone.table) SELECT b, a / total AS part FROM w",
        "b ?, part FLOAT",
        "p.gone.table",
        {"b": "=p.gone.table.b", "part": "p.gone.table.a"},
    ),
    Case(
        "a bare name that two unknown tables may have",
        "SELECT a, t.b, u.c, day FROM p.gone.table AS t, p.gone.other AS u, p.d.clients",
        "a ?, b ?, c ?, day DATE",
        "p.gone.table, p.gone.other, p.d.clients",
        {"a": "?", "b": "=p.gone.table.b", "c": "=p.gone.other.c", "day": f"={C}day"},
    ),
    Case(
        "a bare name in a query within, which the query around it may have",
        "SELECT (SELECT MAX(a) FROM p.gone.table) AS one, (SELECT MAX(day) FROM p.gone.table) AS two, "
        "(SELECT MAX(t.b) FROM p.gone.table AS t) AS three FROM p.d.clients",
        "one ?, two ?, three ?",
        "p.d.clients, p.gone.table",
        {"one": "p.gone.table.a", "two": "?", "three": "p.gone.table.b"},
    ),
    Case(
        "a query in FROM does not see what stands beside it",
        "SELECT a FROM p.d.clients CROSS JOIN (SELECT os AS a FROM p.gone.table)",
        "a ?",
        "p.d.clients, p.gone.table",
        {"a": "=p.gone.table.os"},
    ),
    Case(
        "many tables of one name",
        "SELECT os, _TABLE_SUFFIX AS day FROM `p.gone.events_*`",
        "os ?, day ?",
        "p.gone.events_*",
        {"os": "=p.gone.events_*.os", "day": "=p.gone.events_*._TABLE_SUFFIX"},
    ),
    Case(
        "an array of an unknown table",
        "SELECT label.key, t.id FROM p.gone.table AS t, UNNEST(t.labels) AS label",
        "key ?, id ?",
        "p.gone.table",
        {"key": "=p.gone.table.labels.key", "id": "=p.gone.table.id"},
    ),
    Case(
        "a bare name that an unknown array or its table may have",
        "SELECT key FROM p.gone.table, UNNEST(labels)",
        "key ?",
        "p.gone.table",
        {"key": "?"},
    ),
    Case(
        "an unknown struct with a field replaced",
        "SELECT (SELECT AS STRUCT s.* REPLACE (LOWER(s.a) AS a)) AS s FROM p.gone.table",
        "s ?",
        "p.gone.table",
        {"s.a": "p.gone.table.s.a", "s": "p.gone.table.s"},
    ),
    Case(
        "a union with an unknown star: by place, where the place is known",
        "SELECT os, is_new FROM p.d.clients UNION ALL SELECT a, * FROM p.gone.table",
        "os STRING, is_new BOOLEAN",
        "p.d.clients, p.gone.table",
        {"os": f"={C}os =p.gone.table.a", "is_new": f"={C}is_new ?"},
    ),
    Case(
        "a union whose first part is an unknown star",
        "SELECT u.a FROM (SELECT * FROM p.gone.table UNION ALL SELECT * FROM p.d.clients) AS u",
        "a ?",
        "p.gone.table, p.d.clients",
        {"a": "=p.gone.table.a ?"},
    ),
    Case(
        "a union by name with an unknown star",
        "SELECT os, day FROM p.d.clients UNION ALL BY NAME SELECT LOWER(x) AS os, * FROM p.gone.table",
        reads="p.d.clients, p.gone.table",
        lineage={"os": f"{C}os p.gone.table.x", "day": f"={C}day ?"},
        reason="the columns of p.gone.table are not known",
    ),
    Case(
        "whether an unknown table has rows",
        "SELECT EXISTS(SELECT * FROM p.gone.table) AS has_rows",
        "has_rows BOOLEAN",
        "p.gone.table",
        {"has_rows": "p.gone.table."},
    ),
    Case(
        "PIVOT of an unknown table",
        "SELECT *, os AS platform FROM (SELECT * FROM p.gone.table) PIVOT (SUM(n) FOR kind IN ('a', 'b'))",
        reads="p.gone.table",
        lineage={"a": "p.gone.table.n", "platform": "=p.gone.table.os"},
        reason="the columns of p.gone.table are not known",
    ),
    Case(
        "a star over an unknown table",
        "SELECT * FROM p.gone.table",
        reads="p.gone.table",
        reason="the columns of p.gone.table are not known",
    ),
    Case(
        "a star over EXTERNAL_QUERY",
        "SELECT * FROM EXTERNAL_QUERY('a', 'b')",
        reads="",
        reason="EXTERNAL_QUERY",
    ),
    Case(
        "a star over a struct of unknown type",
        "SELECT p.d.mystery(os).* FROM p.d.clients",
        reason="a star of a value of unknown type",
    ),
    Case(
        "a routine whose parameter names the fields of a struct anew",
        "SELECT mozfun.norm.of_bits(ARRAY_AGG(STRUCT(pings, hours AS seen))).* FROM p.d.clients",
        "users INTEGER, newcomers INTEGER",
        lineage={"users": f"{C}hours", "newcomers": f"{C}pings"},
    ),
    Case(
        "an array with one element more",
        "SELECT extra.key FROM p.app_stable.events_v1, UNNEST(events) AS event, "
        "UNNEST(event.extra || [STRUCT<key STRING, value STRING>('*', NULL)]) AS extra",
        "key STRING",
        "p.app_stable.events_v1",
        {"key": "p.app_stable.events_v1.events.extra.key"},
    ),
    Case(
        "a name that nothing has",
        "SELECT os || somebody.name AS both FROM p.d.clients",
        "both STRING",
        lineage={"both": f"{C}os ?"},
    ),
    Case("no SQL at all", "this is no SQL ((", reads="", reason="it is not parsed"),
    Case(
        "Jinja that cannot be rendered",
        "SELECT {{ 1 / 0 }} AS x",
        reads="",
        reason="Jinja cannot be rendered",
    ),
    Case(
        "a literal in quotes that looks like a table",
        "SELECT 'FROM p.d.more' AS text FROM p.d.clients",
        "text STRING",
    ),
]
