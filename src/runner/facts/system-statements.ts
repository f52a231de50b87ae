import type { StatementQuestion } from './statements.ts';

const hex = (expression: string) => `encode(textsend((${expression})::text), 'hex')`;
const FIRST_OF_USERS = 16384;
/** What is younger than the last template was changed by somebody. */
const LAST_MADE = `(SELECT xmin::text::int8 FROM pg_database WHERE datname = 'template0')`;
/** Kinds of words that the parser of the system's configurations tells apart and those give to dictionaries. */
const KINDS_OF_WORDS = 19;
const CONFIGURATION = `format('%I.%I', n.nspname, c.cfgname)`;

/** What users changed of what every server has: no dump looks there. */
export const SYSTEM_STATEMENTS: readonly StatementQuestion[] = [
  {
    // An option without a value is taken away.
    stage: 'BEFORE_ROWS',
    code: 'OBJECT_NOT_CARRIED',
    sql: `
      SELECT ${hex(`format('%I.%I', n.nspname, d.dictname)`)},
        ${hex(`format('ALTER TEXT SEARCH DICTIONARY %I.%I (%s)', n.nspname, d.dictname,
          concat_ws(', ', CASE WHEN coalesce(d.dictinitoption, '') !~ 'stopwords' THEN 'stopwords' END, nullif(d.dictinitoption, '')))`)}
      FROM pg_ts_dict d JOIN pg_namespace n ON n.oid = d.dictnamespace
      WHERE d.oid < ${FIRST_OF_USERS} AND d.xmin::text::int8 > ${LAST_MADE}`,
  },
  {
    // Indexes and generated columns ask for it by its name.
    stage: 'BEFORE_ROWS',
    code: 'OBJECT_NOT_CARRIED',
    sql: `
      SELECT ${hex(CONFIGURATION)}, ${hex(`concat('ALTER TEXT SEARCH CONFIGURATION ', ${CONFIGURATION}, ' DROP MAPPING IF EXISTS FOR ',
          (SELECT string_agg(quote_ident(alias), ', ') FROM ts_token_type(c.cfgparser)),
          (SELECT string_agg(format('; ALTER TEXT SEARCH CONFIGURATION %s ADD MAPPING FOR %I WITH %s', ${CONFIGURATION}, w.alias, w.dictionaries), '') FROM (
            SELECT t.alias, string_agg(format('%I.%I', k.nspname, d.dictname), ', ' ORDER BY m.mapseqno) AS dictionaries
            FROM pg_ts_config_map m JOIN pg_ts_dict d ON d.oid = m.mapdict JOIN pg_namespace k ON k.oid = d.dictnamespace
            JOIN ts_token_type(c.cfgparser) t ON t.tokid = m.maptokentype WHERE m.mapcfg = c.oid GROUP BY t.alias) w))`)}
      FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace
      WHERE c.oid < ${FIRST_OF_USERS} AND (
        EXISTS (SELECT FROM pg_ts_config_map m WHERE m.mapcfg = c.oid AND m.xmin::text::int8 > ${LAST_MADE})
        OR (SELECT count(DISTINCT m.maptokentype) FROM pg_ts_config_map m WHERE m.mapcfg = c.oid) <> ${KINDS_OF_WORDS})`,
  },
  {
    // Every new database has it; other statements need it until now.
    stage: 'LAST',
    code: 'OBJECT_NOT_CARRIED',
    sql: `SELECT ${hex(`'plpgsql'`)}, ${hex(`'DROP EXTENSION IF EXISTS plpgsql'`)} WHERE NOT EXISTS (SELECT FROM pg_language WHERE lanname = 'plpgsql')`,
  },
];
