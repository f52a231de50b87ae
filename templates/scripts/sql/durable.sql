-- What there is of pg_durable in this database: the schema of its engine, then its version and the functions that have not
-- ended as one JSON object on one line; nothing where there is no extension. At most 20 functions are named. Old
-- installations have no function to tell the schema.
SELECT format($ask$
  WITH unfinished AS (
    SELECT id, label, status, created_at FROM df.instances WHERE status NOT IN ('completed', 'failed', 'cancelled')
  )
  SELECT %1$s, json_build_object(
    'database', current_database(), 'version', %2$L, 'unfinished', (SELECT count(*) FROM unfinished),
    'functions', (SELECT coalesce(json_agg(json_build_object('id', id, 'label', label, 'status', status)), '[]')
                  FROM (SELECT * FROM unfinished ORDER BY created_at, id LIMIT 20) AS named));
$ask$, CASE WHEN to_regprocedure('df.duroxide_schema()') IS NULL THEN quote_literal('duroxide') ELSE 'df.duroxide_schema()' END,
       extversion)
FROM pg_extension
WHERE extname = 'pg_durable' AND to_regclass('df.instances') IS NOT NULL
\gexec
