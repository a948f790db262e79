CREATE OR REPLACE FUNCTION hist.extract(input STRING)
RETURNS STRUCT<bucket_count INT64, sum INT64, `values` ARRAY<STRUCT<key INT64, value INT64>>> AS (
  NULL -- the body is upstream's
);
