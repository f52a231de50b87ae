import type { StatementQuestion } from './statements.ts';

const hex = (expression: string) => `encode(textsend((${expression})::text), 'hex')`;
const FIRST_OF_USERS = 16384;
/** What is younger than the last template was changed by somebody. */
const LAST_MADE = `(SELECT xmin::text::int8 FROM pg_database WHERE datname = 'template0')`;
/** Kinds of words that the parser of the system's configurations tells apart and those give to dictionaries. */
const KINDS_OF_WORDS = 19;
const VIEW = `format('%I.%I', n.nspname, c.relname)`;
const CONFIGURATION = `format('%I.%I', n.nspname, c.cfgname)`;

/** Another version has other functions and views, rightly or not: there it is told where they differ. */
const ofMajor = (statement: string, differs: string) => `
  format('DO %L', format($body$
    BEGIN
      IF pg_catalog.current_setting('server_version_num')::pg_catalog.int4 / 10000 = %1$s THEN
        PERFORM pg_catalog.set_config('allow_system_table_mods', 'on', true); EXECUTE %2$L;
      ELSIF %3$s THEN RAISE EXCEPTION 'it was changed on a server of version %1$s'; END IF;
    END $body$, current_setting('server_version_num')::int / 10000, ${statement}, ${differs}))`;
/** What a definition may hang on of a function: an index asks for one that is immutable. */
const WAYS = (of: string) =>
  `concat_ws(' ', ${of}provolatile, ${of}proisstrict, ${of}prosecdef, ${of}proleakproof, ${of}proparallel, ${of}proconfig)`;

/** What users changed of what every server has: no dump looks there. */
export const SYSTEM_STATEMENTS: readonly StatementQuestion[] = [
  {
    // Frameworks that write 1 into a boolean have their users make casts of the system implicit.
    stage: 'FIRST',
    code: 'OBJECT_NOT_CARRIED',
    sql: `
      SELECT ${hex(`format('cast (%s AS %s)', c.castsource::regtype, c.casttarget::regtype)`)},
        ${hex(`format('UPDATE pg_catalog.pg_cast SET castcontext = %L WHERE castsource = %L::pg_catalog.regtype AND casttarget = %L::pg_catalog.regtype',
          c.castcontext, c.castsource::regtype, c.casttarget::regtype)`)}
      FROM pg_cast c WHERE c.oid < ${FIRST_OF_USERS} AND c.xmin::text::int8 > ${LAST_MADE}`,
  },
  {
    // Made immutable for an index, say, or made anew. Rights are the dump's.
    stage: 'FIRST',
    code: 'OBJECT_NOT_CARRIED',
    sql: `
      SELECT ${hex('p.oid::regprocedure')}, ${hex(
        ofMajor(
          'pg_get_functiondef(p.oid)',
          `format('%L <> (SELECT ${WAYS('').replaceAll("'", "''")} FROM pg_catalog.pg_proc WHERE oid = pg_catalog.to_regprocedure(%L))', ${WAYS('p.')}, p.oid::regprocedure)`,
        ),
      )}
      FROM pg_proc p WHERE p.oid < ${FIRST_OF_USERS} AND p.prokind <> 'a' AND p.xmin::text::int8 > ${LAST_MADE}
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')`,
  },
  {
    stage: 'LAST',
    code: 'OBJECT_NOT_CARRIED',
    sql: `
      SELECT ${hex(VIEW)}, ${hex(
        ofMajor(`format('CREATE OR REPLACE VIEW %s AS %s', ${VIEW}, pg_get_viewdef(r.ev_class))`, `'true'`),
      )}
      FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class AND c.relkind = 'v' JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE r.ev_class < ${FIRST_OF_USERS} AND r.rulename = '_RETURN' AND r.xmin::text::int8 > ${LAST_MADE}`,
  },
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
