import * as z from 'zod';
import type { Session } from '../../guarded-postgres/session.ts';
import { hexBytes } from '../catalogue/columns.ts';
import { MEMBER_STATEMENTS, readAdopted, readLooks } from './changed-members.ts';
import type { DatabaseFacts, ExtensionFact, FactStatement, MemberFact, WholeDefinition } from './database-facts.ts';
import { readFilledViews } from './filled-views.ts';
import { readMeanings } from './meanings.ts';
import { MEMBER_PARTS } from './member-parts.ts';
import { readMemberSequences } from './member-sequences.ts';
import { STATEMENTS } from './statements.ts';
import { SYSTEM_STATEMENTS } from './system-statements.ts';
import { readTableSizes } from './table-sizes.ts';

const word = hexBytes.transform((bytes) => bytes.toString('latin1'));
const hex = (expression: string) => `encode(textsend((${expression})::text), 'hex')`;

const Extension = z
  .tuple([word, word, word, word])
  .transform(([name, version, schema, owner]): ExtensionFact => ({ name, version, schema, owner }));
const EXTENSIONS = `
  SELECT ${hex('e.extname')}, ${hex('e.extversion')}, ${hex('n.nspname')}, ${hex('pg_get_userbyid(e.extowner)')}
  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace ORDER BY e.extname`;

/** The extensions of a database. */
export function readExtensions(session: Session): Promise<ExtensionFact[]> {
  return session.ask({ sql: EXTENSIONS, row: Extension });
}

/** Functions and views of extensions by a checksum of what they are: one that a user replaced is told by it. */
const Member = z
  .tuple([z.enum(['FUNCTION', 'VIEW']), word, word, word])
  .transform(([kind, object, extension, md5]): MemberFact => ({ kind, object, extension, md5 }));
const MEMBERS = `
  SELECT 'FUNCTION', ${hex('p.oid::regprocedure')}, ${hex('e.extname')}, ${hex(`md5(concat_ws('|', p.prosrc, p.probin, p.proconfig, p.provolatile, p.prosecdef))`)}
  FROM pg_depend d JOIN pg_proc p ON p.oid = d.objid JOIN pg_extension e ON e.oid = d.refobjid
  WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
  UNION ALL
  SELECT 'VIEW', ${hex('c.oid::regclass')}, ${hex('e.extname')}, ${hex('md5(pg_get_viewdef(c.oid))')}
  FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind IN ('v', 'm') JOIN pg_extension e ON e.oid = d.refobjid
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND d.objsubid = 0`;

const Stock = z.tuple([word, word, word]);
/** Tables of extensions of which a dump carries some rows alone: what the others are is told by a checksum. */
const STOCK_TABLES = `
  SELECT ${hex(`format('%I.%I', n.nspname, c.relname)`)}, ${hex('e.extname')}, ${hex('x.condition')}
  FROM pg_extension e
  CROSS JOIN LATERAL unnest(e.extconfig, e.extcondition) AS x(relation, condition)
  JOIN pg_class c ON c.oid = x.relation AND c.relkind = 'r' JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE x.condition <> ''`;

const Subscription = z.tuple([word]);
const SUBSCRIPTIONS = `
  SELECT ${hex('subname')} FROM pg_subscription
  WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND subenabled ORDER BY subname`;

const Definition = z
  .tuple([word, word])
  .transform(([name, sql]): WholeDefinition => ({ kind: 'PROCEDURAL LANGUAGE', name, sql }));
/** A language whose functions pg_dump does not dump stands in the dump as if it were an extension (pg_dump.c: dumpProcLang). */
const functionNamed = (oid: string) =>
  `(SELECT format('%I.%I', n.nspname, p.proname) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.oid = ${oid})`;
const LANGUAGES = `
  SELECT ${hex('l.lanname')}, ${hex(`concat('CREATE OR REPLACE ', CASE WHEN l.lanpltrusted THEN 'TRUSTED ' END, 'LANGUAGE ', quote_ident(l.lanname),
      ' HANDLER ' || ${functionNamed('l.lanplcallfoid')}, ' INLINE ' || ${functionNamed('l.laninline')},
      ' VALIDATOR ' || ${functionNamed('l.lanvalidator')}, ';')`)}
  FROM pg_language l WHERE l.lanispl
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_language'::regclass AND d.objid = l.oid AND d.deptype = 'e')`;

const Statement = z.tuple([word, word]).transform(([object, sql]) => ({ object, sql }));

/** Members of extensions with their checksums; asked alike on the source and on the copy. */
export async function readMembers(session: Session): Promise<MemberFact[]> {
  const members = await session.ask({ sql: MEMBERS, row: Member, timeoutMs: null });
  for (const [table, extension, condition] of await session.ask({ sql: STOCK_TABLES, row: Stock })) {
    const where = condition.replace(/^\s*where\b/i, '');
    const [sum] = await session.ask({
      sql: Buffer.from(
        `SELECT ${hex(`md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), ''))`)} FROM ${table} AS t WHERE (${where}) IS NOT TRUE`,
        'latin1',
      ),
      row: z.tuple([word]),
      timeoutMs: null,
    });
    members.push({ kind: 'ROWS', object: table, extension, md5: sum?.[0] ?? '' });
  }
  return members;
}

/** Asked in the snapshot of the dump, with the client_encoding SQL_ASCII: texts are the bytes that the database has, which is of `encoding`. */
export async function readDatabaseFacts(session: Session, encoding: string): Promise<DatabaseFacts> {
  const statements: FactStatement[] = [];
  for (const { stage, code, sql } of [...STATEMENTS, ...MEMBER_PARTS, ...MEMBER_STATEMENTS, ...SYSTEM_STATEMENTS]) {
    for (const one of await session.ask({ sql, row: Statement, timeoutMs: null })) {
      statements.push({ stage, code, ...one });
    }
  }
  return {
    encoding,
    extensions: await readExtensions(session),
    statements: [...statements, ...(await readMemberSequences(session))],
    meanings: await readMeanings(session),
    members: await readMembers(session),
    subscriptions: (await session.ask({ sql: SUBSCRIPTIONS, row: Subscription })).map(([name]) => name),
    filled: await readFilledViews(session),
    definitions: await session.ask({ sql: LANGUAGES, row: Definition }),
    adopted: await readAdopted(session),
    looks: await readLooks(session, false),
    sizes: await readTableSizes(session),
  };
}
