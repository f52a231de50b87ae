-- Settings to bring back: kind, name, value. `system` is what ALTER SYSTEM wrote; `locale` is what initdb is told beside
-- the locale of the databases; `library` is what the server had loaded at its start, from wherever it was told.
SELECT 'system', name, setting FROM (
  SELECT DISTINCT ON (name) name, coalesce(setting, '') AS setting
  FROM pg_file_settings
  WHERE sourcefile LIKE '%/postgresql.auto.conf'
  ORDER BY name, seqno DESC) AS last
UNION ALL
SELECT 'locale', name, setting FROM pg_settings
WHERE name IN ('lc_messages', 'lc_monetary', 'lc_numeric', 'lc_time', 'default_text_search_config')
UNION ALL
SELECT 'library', name, setting FROM pg_settings WHERE name = 'shared_preload_libraries' AND setting <> '';
