import * as z from 'zod';
import { ClusterSettings, ManifestDatabase } from '../../../jobs/ports/source-facts.ts';
import type { Question } from '../../guarded-postgres/session.ts';
import { hexBytes } from './columns.ts';

/** What the server is, for the job's result and for the restore. */
export const ServerFacts = z.object({
  databases: z.array(ManifestDatabase),
  databaseBytes: z.number().int().nonnegative(),
  cluster: ClusterSettings,
  serverVersion: z.string().max(200),
});
export type ServerFacts = z.infer<typeof ServerFacts>;

/** Asked with client_encoding UTF8: one JSON object, as the bytes that it is. Columns that only some versions have are read through to_jsonb. */
export const SERVER_FACTS: Question<readonly [Buffer]> = {
  sql: `
    WITH carried AS (
      SELECT d.datname, pg_get_userbyid(d.datdba) AS owner, pg_database_size(d.oid) AS bytes
      FROM pg_database d
      WHERE d.datname <> 'template0' AND d.datallowconn AND d.datconnlimit <> -2
    ), made_as AS (
      SELECT pg_encoding_to_char(d.encoding) AS encoding, to_jsonb(d) AS facts
      FROM pg_database d
      ORDER BY d.datname = 'template0' DESC, d.datname = 'template1' DESC
      LIMIT 1
    )
    SELECT encode(textsend(json_build_object(
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
      'serverVersion', current_setting('server_version'))::text), 'hex')`,
  row: z.tuple([hexBytes]),
  timeoutMs: null,
};

/** What is kept in the image beside the dumps for whoever reads it: one JSON object. */
export const SERVER_DETAILS: Question<readonly [Buffer]> = {
  sql: `
    SELECT encode(textsend(json_build_object(
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
                      WHERE spcname NOT IN ('pg_default', 'pg_global')))::text), 'hex')`,
  row: z.tuple([hexBytes]),
  timeoutMs: null,
};

const settingBytes = z.tuple([z.enum(['system', 'locale', 'library', 'extension']), hexBytes, hexBytes]);

/**
 * What the server was given on its command line, `-c name=value` or `--name=value`, as it wrote that down itself: our sessions are
 * pinned against some of it, and see their own value. Quotes stand around each word, and within a word as they are.
 */
const ON_COMMAND_LINE = `
  SELECT DISTINCT ON (lower(m[1])) lower(replace(m[1], '-', '_')) AS name, m[2] AS setting
  FROM regexp_matches(encode(coalesce(pg_read_binary_file('postmaster.opts', 0, 1 << 20, true), ''), 'escape'), '"(?:-c" "|-c|--){1,1}?([A-Za-z_-]+?)=(.*?)"(?= "|\\s*$)', 'g')
    WITH ORDINALITY AS o(m, nth) ORDER BY lower(m[1]), nth DESC`;

/**
 * Settings to bring back: kind, name, value. `system` is what ALTER SYSTEM wrote; `locale` is what initdb takes from
 * the machine beside the locale of the databases, and by what names are found, read from the server's command line and files since sessions are pinned against it; `library` is what the server had loaded at its start, from
 * wherever it was told; `extension` what its files and its command line told its extensions, some of which cannot be made without.
 */
export const SETTINGS: Question<z.infer<typeof settingBytes>> = {
  sql: `
    SELECT kind, encode(textsend(name), 'hex'), encode(textsend(setting), 'hex') FROM (
      SELECT 'system' AS kind, name, setting FROM (
        SELECT DISTINCT ON (name) name, coalesce(setting, '') AS setting
        FROM pg_file_settings
        WHERE sourcefile LIKE '%/postgresql.auto.conf'
        ORDER BY name, seqno DESC) AS last
      UNION ALL
      SELECT 'locale', s.name, coalesce(c.setting, f.setting, s.boot_val) FROM pg_settings s
      LEFT JOIN (${ON_COMMAND_LINE}) AS c ON c.name = lower(s.name) AND c.name <> 'log_timezone'
      LEFT JOIN (SELECT DISTINCT ON (lower(name)) lower(name) AS name, setting FROM pg_file_settings
                 WHERE applied ORDER BY lower(name), seqno DESC) AS f ON f.name = lower(s.name)
      WHERE s.name IN ('lc_messages', 'lc_monetary', 'lc_numeric', 'lc_time', 'default_text_search_config', 'TimeZone',
                       'log_timezone', 'DateStyle', 'search_path')
        AND coalesce(c.setting, f.setting, s.boot_val) <> '' AND (s.name <> 'search_path' OR coalesce(c.setting, f.setting) IS NOT NULL)
      UNION ALL
      SELECT 'library', name, setting FROM pg_settings WHERE name = 'shared_preload_libraries' AND setting <> ''
      UNION ALL
      SELECT 'extension', name, setting FROM pg_settings
      WHERE name LIKE '%.%' AND name NOT LIKE 'pg\\_durable.%' AND source IN ('configuration file', 'command line')
      ) AS settings`,
  row: settingBytes,
};
