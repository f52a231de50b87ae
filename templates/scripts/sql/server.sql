-- What the server is, as one JSON object on one line. Columns that only some versions have are read through to_jsonb.
WITH carried AS (
  SELECT d.oid, d.datname, pg_get_userbyid(d.datdba) AS owner, pg_database_size(d.oid) AS bytes, to_jsonb(d) AS facts,
         pg_encoding_to_char(d.encoding) AS encoding, d.datistemplate, d.datconnlimit
  FROM pg_database d
  WHERE d.datname <> 'template0' AND d.datallowconn AND d.datconnlimit <> -2
), made_as AS (
  SELECT pg_encoding_to_char(d.encoding) AS encoding, to_jsonb(d) AS facts
  FROM pg_database d
  ORDER BY d.datname = 'template0' DESC, d.datname = 'template1' DESC
  LIMIT 1
)
SELECT json_build_object(
  'databases', (SELECT json_agg(json_build_object('name', datname, 'owner', owner, 'sizeBytes', bytes) ORDER BY datname)
                FROM carried),
  'databaseBytes', (SELECT sum(bytes)::bigint FROM carried),
  'cluster', (SELECT json_build_object(
      'encoding', encoding,
      'localeProvider', CASE facts->>'datlocprovider' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
      'lcCollate', facts->>'datcollate',
      'lcCtype', facts->>'datctype',
      'locale', coalesce(facts->>'datlocale', facts->>'daticulocale'),
      'icuRules', facts->>'daticurules',
      'dataChecksums', current_setting('data_checksums')::boolean) FROM made_as),
  'serverVersion', current_setting('server_version'));
