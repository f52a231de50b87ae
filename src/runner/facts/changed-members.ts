import * as z from 'zod';
import type { Session } from '../../guarded-postgres/session.ts';
import { hexBytes } from '../catalogue/columns.ts';
import type { AdoptedObject, MemberLook } from './database-facts.ts';
import type { StatementQuestion } from './statements.ts';

const word = hexBytes.transform((bytes) => bytes.toString('latin1'));
const hex = (expression: string) => `encode(textsend((${expression})::text), 'hex')`;

/** Members of extensions that have a row in this catalogue, as `m`; `d` says that they are. */
const members = (catalogue: string) => `
  pg_depend d JOIN ${catalogue} m ON m.oid = d.objid JOIN pg_extension e ON e.oid = d.refobjid
  WHERE d.classid = '${catalogue}'::regclass AND d.objsubid = 0 AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'`;
/** What a script of an extension makes is its member from then on: what is older was made by somebody and given to it later. */
const IS_ADOPTED = 'age(m.xmin) > age(d.xmin)';
const WAS_TOUCHED = 'm.xmin <> d.xmin';

const adopted = (catalogue: string, kind: string, identity: string, sql: string, more: string) => `
  SELECT ${hex(identity)}, ${hex(`concat(${sql}, E'\\n;', format('ALTER EXTENSION %I ADD ${kind} %s;', e.extname, ${identity}))`)}
  FROM ${members(catalogue)} AND ${IS_ADOPTED} AND ${more}`;
/** CREATE OR REPLACE would change one that the script of the extension makes. */
const CREATED = `regexp_replace(pg_get_functiondef(m.oid), '^CREATE OR REPLACE ', 'CREATE ')`;
const PLACE = `format('%s.%I', m.relnamespace::regnamespace, m.relname)`;
const TYPE = `format('%s.%I', m.typnamespace::regnamespace, m.typname)`;
const LABELS = `(SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = m.oid)`;
const ADOPTED = [
  adopted('pg_namespace', 'SCHEMA', 'quote_ident(m.nspname)', `format('CREATE SCHEMA %I', m.nspname)`, 'true'),
  adopted('pg_type', 'TYPE', TYPE, `format('CREATE TYPE %s AS ENUM (%s)', ${TYPE}, ${LABELS})`, `m.typtype = 'e'`),
  adopted('pg_proc', 'ROUTINE', 'm.oid::regprocedure', CREATED, `m.prokind <> 'a'`),
  adopted(
    'pg_class',
    'VIEW',
    PLACE,
    `format('CREATE VIEW %s AS %s', ${PLACE}, rtrim(pg_get_viewdef(m.oid), ';'))`,
    `m.relkind = 'v'`,
  ),
].join(' UNION ALL ');
const Adopted = z.tuple([word, word]).transform(([object, sql]): AdoptedObject => ({ object, sql }));

/** Objects that users made and gave to an extension: they stand in no dump, and in no script of the extension. */
export function readAdopted(session: Session): Promise<AdoptedObject[]> {
  return session.ask({ sql: ADOPTED, row: Adopted, timeoutMs: null });
}

/** Who may do what, with names for numbers. */
const rights = (acl: string, kind: string, owner: string) => `
  (SELECT string_agg(concat_ws(' ', pg_get_userbyid(a.grantor), pg_get_userbyid(a.grantee), a.privilege_type, a.is_grantable), ','
     ORDER BY pg_get_userbyid(a.grantor), pg_get_userbyid(a.grantee), a.privilege_type) FROM aclexplode(coalesce(${acl}, acldefault('${kind}', ${owner}))) a
   WHERE a.grantee = 0 OR EXISTS (SELECT FROM pg_authid u WHERE u.oid = a.grantee))`;
const sorted = (list: string) => `(SELECT array_agg(o ORDER BY o) FROM unnest(${list}) o)`;
const look = (catalogue: string, identity: string, what: string, touched: string, more = 'true') => `
  SELECT ${hex(identity)}, ${hex('e.extname')}, md5(concat_ws('|', ${what})), (${WAS_TOUCHED} OR ${touched})
  FROM ${members(catalogue)} AND ${more}`;
const COLUMNS = `(SELECT string_agg(concat_ws(' ', attname, attstorage, attcompression, attstattarget, attnotnull, attacl,
    (SELECT array_agg(o ORDER BY o) FROM unnest(attoptions) o WHERE o NOT LIKE 'pg_attver=%')), ',' ORDER BY attname)
  FROM pg_attribute a WHERE a.attrelid = m.oid AND a.attnum > 0 AND NOT a.attisdropped)`;
const DOMAIN_CHECKS = `(SELECT string_agg(conname || ' ' || pg_get_constraintdef(c.oid), ',' ORDER BY conname) FROM pg_constraint c WHERE c.contypid = m.oid)`;
const LOOKS = [
  look(
    'pg_proc',
    'm.oid::regprocedure',
    `m.prokind, m.provolatile, m.proisstrict, m.prosecdef, m.proleakproof, m.procost, m.prorows, m.proparallel, m.proconfig, m.proowner::regrole,
    ${rights('m.proacl', 'f', 'm.proowner')}`,
    'false',
  ),
  look(
    'pg_class',
    PLACE,
    `m.relkind, ${sorted('m.reloptions')}, m.relpersistence, m.relreplident, m.relrowsecurity, m.relforcerowsecurity, m.relowner::regrole, ${COLUMNS},
    ${rights('m.relacl', 'r', 'm.relowner')}`,
    `EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = m.oid AND a.attnum > 0 AND a.xmin <> d.xmin)`,
    `m.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`,
  ),
  look(
    'pg_type',
    TYPE,
    `m.typtype, m.typstorage, m.typnotnull, m.typdefault, m.typowner::regrole, ${LABELS}, ${DOMAIN_CHECKS}, ${rights('m.typacl', 'T', 'm.typowner')}`,
    `EXISTS (SELECT FROM pg_constraint c WHERE c.contypid = m.oid AND c.xmin <> d.xmin)
     OR m.typtype = 'd'`,
  ),
  look(
    'pg_operator',
    'm.oid::regoperator',
    `m.oprrest::regprocedure, m.oprjoin::regprocedure, m.oprowner::regrole`,
    'false',
  ),
  look(
    'pg_opclass',
    `format('%s.%I USING %s', m.opcnamespace::regnamespace, m.opcname, (SELECT amname FROM pg_am WHERE oid = m.opcmethod))`,
    `m.opcowner::regrole`,
    'false',
  ),
  look(
    'pg_opfamily',
    `format('%s.%I USING %s', m.opfnamespace::regnamespace, m.opfname, (SELECT amname FROM pg_am WHERE oid = m.opfmethod))`,
    `m.opfowner::regrole`,
    'false',
  ),
  look(
    'pg_namespace',
    'quote_ident(m.nspname)',
    `m.nspowner::regrole, ${rights('m.nspacl', 'n', 'm.nspowner')}`,
    'false',
  ),
  look(
    'pg_foreign_data_wrapper',
    'quote_ident(m.fdwname)',
    `${sorted('m.fdwoptions')}, m.fdwowner::regrole, ${rights('m.fdwacl', 'F', 'm.fdwowner')}`,
    'false',
  ),
  look(
    'pg_ts_dict',
    `format('%s.%I', m.dictnamespace::regnamespace, m.dictname)`,
    `m.dictinitoption, m.dictowner::regrole`,
    'false',
  ),
].join(' UNION ALL ');
const Look = z
  .tuple([word, word, z.string().regex(/^[0-9a-f]{32}$/), z.enum(['t', 'f'])])
  .transform(([object, extension, md5, isTouched]) => ({ object, extension, md5, isTouched: isTouched === 't' }));

/**
 * How members of extensions look that were changed since they are members, or all: whatever ALTER changes of them, by a checksum.
 * Where there are default privileges all may have got other rights than the extension gives, and all are told.
 */
export async function readLooks(session: Session, ofAll: boolean): Promise<MemberLook[]> {
  const sql = `SELECT l.object, l.extension, l.md5, l.touched OR ${ofAll} OR EXISTS (SELECT FROM pg_default_acl) FROM (${LOOKS}) l(object, extension, md5, touched)`;
  const found = await session.ask({ sql, row: Look, timeoutMs: null });
  return found.filter(({ isTouched }) => isTouched).map(({ isTouched: _, ...one }) => one);
}

/** Another version of the extension has other functions, and what it says of them holds; one that is not there is told as that. */
const ofVersion = (sql: string) =>
  `format('DO %L', format('BEGIN IF (SELECT extversion FROM pg_catalog.pg_extension WHERE extname = %L) = %L AND pg_catalog.to_regprocedure(%L) IS NOT NULL THEN EXECUTE %L; END IF; END', e.extname, e.extversion, m.oid::regprocedure, ${sql}))`;
/** Settings that are lists are stored as SET takes them (pg_dump: variable_is_guc_list_quote). */
const LISTS = `('search_path', 'temp_tablespaces', 'local_preload_libraries', 'session_preload_libraries', 'shared_preload_libraries', 'unix_socket_directories')`;
const SETTINGS = `(SELECT string_agg(format('; ALTER ROUTINE %s SET %I TO %s', m.oid::regprocedure, s.name, CASE WHEN lower(s.name) IN ${LISTS} THEN s.value ELSE quote_literal(s.value) END), '')
  FROM unnest(m.proconfig) c, LATERAL (SELECT split_part(c, '=', 1) AS name, substr(c, strpos(c, '=') + 1) AS value) s)`;
/** The role that initdb makes: a script of an extension that anybody may make runs as it, and a restore does. */
const FIRST_SUPERUSER = 10;
const owned = (catalogue: string, column: string, more = 'true') => `
  SELECT ${hex('i.identity')}, ${hex(`format('ALTER %s %s OWNER TO %I', CASE WHEN i.type IN ('function', 'procedure', 'aggregate') THEN 'ROUTINE'
      WHEN i.type = 'foreign-data wrapper' THEN 'FOREIGN DATA WRAPPER' WHEN i.type = 'event trigger' THEN 'EVENT TRIGGER' ELSE upper(i.type) END, i.identity, r.rolname)`)}
  FROM (SELECT m.oid, m.${column} AS owner FROM ${members(catalogue)} AND m.${column} <> ${FIRST_SUPERUSER} AND ${more}) o
  JOIN pg_roles r ON r.oid = o.owner, pg_identify_object('${catalogue}'::regclass, o.oid, 0) i`;

/** What users made otherwise of members of extensions, by ALTER. */
export const MEMBER_STATEMENTS: readonly StatementQuestion[] = [
  {
    stage: 'LAST',
    code: 'EXTENSION_OBJECT_CHANGED',
    sql: `
      SELECT ${hex('m.oid::regprocedure')}, ${hex(
        ofVersion(`concat('ALTER ROUTINE ', m.oid::regprocedure, CASE WHEN m.prosecdef THEN ' SECURITY DEFINER' ELSE ' SECURITY INVOKER' END,
          CASE WHEN m.prokind <> 'p' THEN concat(CASE m.provolatile WHEN 'i' THEN ' IMMUTABLE' WHEN 's' THEN ' STABLE' ELSE ' VOLATILE' END,
            CASE WHEN m.proisstrict THEN ' STRICT' ELSE ' CALLED ON NULL INPUT' END, CASE WHEN NOT m.proleakproof THEN ' NOT' END, ' LEAKPROOF',
            ' PARALLEL ', CASE m.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' ELSE 'UNSAFE' END, ' COST ' || m.procost, CASE WHEN m.proretset THEN ' ROWS ' || m.prorows END) END,
          '; ALTER ROUTINE ', m.oid::regprocedure, ' RESET ALL', ${SETTINGS})`),
      )}
      FROM ${members('pg_proc')} AND ${WAS_TOUCHED} AND m.prokind <> 'a'`,
  },
  {
    stage: 'LAST',
    code: 'OWNER_CHANGED',
    sql: [
      owned('pg_proc', 'proowner'),
      owned(
        'pg_class',
        'relowner',
        `NOT EXISTS (SELECT FROM pg_depend s WHERE s.classid = 'pg_class'::regclass AND s.objid = m.oid AND s.deptype IN ('a', 'i'))`,
      ),
      owned('pg_type', 'typowner'),
      owned('pg_operator', 'oprowner'),
      owned('pg_opclass', 'opcowner'),
      owned('pg_opfamily', 'opfowner'),
      owned('pg_namespace', 'nspowner'),
      owned('pg_foreign_data_wrapper', 'fdwowner'),
      owned('pg_ts_dict', 'dictowner'),
      owned('pg_ts_config', 'cfgowner'),
      owned('pg_collation', 'collowner'),
      owned('pg_conversion', 'conowner'),
    ].join(' UNION ALL '),
  },
];
