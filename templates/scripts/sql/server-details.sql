-- What is kept in the image beside the dumps for whoever reads it: one JSON object on one line.
SELECT json_build_object(
  'databases', (SELECT json_agg(json_build_object(
      'oid', d.oid::bigint, 'name', d.datname, 'owner', pg_get_userbyid(d.datdba), 'sizeBytes', pg_database_size(d.oid),
      'encoding', pg_encoding_to_char(d.encoding), 'lcCollate', d.datcollate, 'lcCtype', d.datctype,
      'template', d.datistemplate, 'connectionLimit', d.datconnlimit) ORDER BY d.datname)
    FROM pg_database d
    WHERE d.datname <> 'template0' AND d.datallowconn AND d.datconnlimit <> -2),
  'alterSystem', (SELECT json_object_agg(name, setting) FROM (
      SELECT DISTINCT ON (name) name, setting FROM pg_file_settings
      WHERE sourcefile LIKE '%/postgresql.auto.conf' ORDER BY name, seqno DESC) AS last),
  'tablespaces', (SELECT coalesce(json_agg(spcname ORDER BY spcname), '[]') FROM pg_tablespace
                  WHERE spcname NOT IN ('pg_default', 'pg_global')));
