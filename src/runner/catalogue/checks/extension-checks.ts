import type { CatalogueCheck } from './check.ts';

/** Relations that belong to an extension. */
const MEMBERS = `
  SELECT d.objid AS oid, e.extname, e.oid AS extension FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
  WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0
    AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'`;

/** What a script of the extension made was made in a transaction that also made members of it. */
const BY_THE_EXTENSION = `
  x.xmin::text IN (SELECT d.xmin::text FROM pg_depend d
                   WHERE d.refclassid = 'pg_extension'::regclass AND d.refobjid = m.extension AND d.deptype = 'e')`;

const onMembers = (what: string, catalogue: string, name: string, relation: string, more = 'true') => `
  SELECT encode(textsend(n.nspname::text), 'hex'), encode(textsend(c.relname::text), 'hex'),
    format('%s %s of extension %I', '${what}', ${name}, m.extname)
  FROM ${catalogue} x
  JOIN (${MEMBERS}) m ON m.oid = ${relation}
  JOIN pg_class c ON c.oid = m.oid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE ${more} AND NOT ${BY_THE_EXTENSION}`;

/** Rules of users on members of extensions: pg_dump passes by them, and the image does not carry them either. */
export const EXTENSION_OBJECT_CHANGED: CatalogueCheck = {
  code: 'EXTENSION_OBJECT_CHANGED',
  severity: 'WARNING',
  sql: onMembers('rule', 'pg_rewrite', 'quote_ident(x.rulename)', 'x.ev_class', `x.rulename <> '_RETURN'`),
  describe: (object, detail) => ({
    message: `${detail} was made on ${object} by a user; a dump does not carry it`,
    remedy: 'Make it again after a restore, or take a PHYSICAL image.',
  }),
};

/** Jobs of pg_cron that are active: the restore decides whether they run. */
export const CRON_JOBS = `SELECT count(*)::text FROM cron.job WHERE active`;
export const HAS_CRON = `SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') AND to_regclass('cron.job') IS NOT NULL`;
