-- What the image cannot carry, or carries changed, in words.
SELECT format('SELECT %L WHERE EXISTS (SELECT FROM %I.%I);',
              format('database %s: the rows of %I.%I belong to extension %I, which does not have them dumped; they are not in the image',
                     current_database(), n.nspname, c.relname, e.extname),
              n.nspname, c.relname)
FROM pg_depend d
JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'r'
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_extension e ON e.oid = d.refobjid
WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0
  AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
  AND NOT c.oid = ANY (coalesce(e.extconfig, '{}'))
  -- Those are carried, see state-tables.sql.
  AND e.extname <> 'pg_durable'
ORDER BY n.nspname, c.relname
\gexec
SELECT format('SELECT %L WHERE (SELECT is_called FROM %I.%I);',
              format('database %s: the place of sequence %I.%I belongs to extension %I, which does not have it dumped; it is not in the image',
                     current_database(), n.nspname, c.relname, e.extname),
              n.nspname, c.relname)
FROM pg_depend d
JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_extension e ON e.oid = d.refobjid
WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0
  AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
  AND NOT c.oid = ANY (coalesce(e.extconfig, '{}'))
ORDER BY n.nspname, c.relname
\gexec
SELECT format('database %s: subscription %I comes back disabled, so that the copy does not take the place of the original at the publisher',
              current_database(), subname)
FROM pg_subscription
WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND subenabled
ORDER BY subname;
