-- Tables of extensions that pg_dump leaves out and that an image carries all the same, since it is known how they are put
-- back: extension, its version, table, columns. The catalogue names them, whatever the version of the extension has. What a
-- living worker writes of itself is not state.
SELECT e.extname, e.extversion, format('%I.%I', n.nspname, c.relname),
       (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')
FROM pg_depend d
JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'r'
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_extension e ON e.oid = d.refobjid
WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0
  AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
  AND e.extname = 'pg_durable' AND c.relname NOT LIKE '\_worker%'
  AND NOT c.oid = ANY (coalesce(e.extconfig, '{}'))
ORDER BY n.nspname, c.relname;
