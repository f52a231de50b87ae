-- Every table whose rows pg_dump takes along: oid, bytes, rows as estimated, schema and name as pg_dump prints them. Those
-- of an extension are taken only where the extension says so. The large objects stand in as one more.
SELECT c.oid, coalesce(pg_table_size(c.oid), 0), greatest(c.reltuples, 0)::bigint, n.nspname || '.' || c.relname
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r'
  AND c.relpersistence <> 't'
  AND n.nspname <> 'information_schema'
  AND n.nspname NOT LIKE 'pg\_%'
  AND (NOT EXISTS (SELECT FROM pg_depend d
                   WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
                     AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e')
       OR c.oid IN (SELECT unnest(extconfig) FROM pg_extension))
UNION ALL
SELECT 2613, pg_table_size('pg_largeobject'), (SELECT count(*) FROM pg_largeobject_metadata), ''
WHERE EXISTS (SELECT FROM pg_largeobject_metadata);
