import type { AdoptedObject, DatabaseFacts, FactStatement } from '../../facts/database-facts.ts';
import { readExtensions } from '../../facts/read-facts.ts';
import { quoteName, unquoteName, writeIdentifier } from '../entries/object-name.ts';
import type { Told } from '../findings.ts';
import type { LoadSession } from '../load-session.ts';
import { type ColumnPlace, dropNotNull } from '../mend/drop-not-null.ts';
import type { TocEntry } from '../toc/toc-entry.ts';
import { inTheirEncoding } from './in-their-encoding.ts';

/** There already: the extension's own script made it. */
const IS_THERE = /^(42710|42P06|42P07|42P16|42701|42723)$/;

/** Makes what no dump carries, of one stage. What the copy refuses is told. */
export async function runFactStatements(
  session: LoadSession,
  told: Told,
  facts: DatabaseFacts,
  stage: FactStatement['stage'],
  encoding: string,
): Promise<void> {
  const statements = facts.statements.filter((one) => one.stage === stage);
  if (statements.length === 0) return;
  await inTheirEncoding(session, facts, encoding, async () => {
    for (const { object, code, sql } of statements) {
      const place = readDropNotNull(sql);
      const refusal = await (place === null ? session.attempt(sql) : dropNotNull(session, told, place));
      if (refusal === null || IS_THERE.test(refusal.code)) continue;
      told.tell({
        code,
        severity: 'WARNING',
        object,
        says: 'is not as it was on the source',
        cause: refusal,
        remedy: `${sql};`,
      });
    }
  });
}

const NAME = `("(?:[^"]|"")*"|[^\\s".]+)`;
const DROP_NOT_NULL = new RegExp(`^ALTER TABLE ONLY ${NAME}\\.${NAME} ALTER COLUMN ${NAME} DROP NOT NULL$`);

/** The column of a statement that lets one hold NULLs. */
function readDropNotNull(sql: string): ColumnPlace | null {
  const [schema, table, column] = (DROP_NOT_NULL.exec(sql) ?? []).slice(1).map(unquoteName);
  return schema === undefined || table === undefined || column === undefined ? null : { schema, table, column };
}

/** Tells extensions that are of another version here, and gives those to their owners that are of the source's. */
export async function settleExtensions(
  session: LoadSession,
  told: Told,
  facts: DatabaseFacts,
  encoding: string,
): Promise<void> {
  await inTheirEncoding(session, facts, encoding, async () => {
    const here = new Map((await readExtensions(session.session)).map((one) => [one.name, one]));
    for (const { name, version, owner } of facts.extensions) {
      const found = here.get(name);
      if (found === undefined) continue;
      if (found.version !== version && name !== 'pg_durable') {
        told.tell({
          code: 'EXTENSION_VERSION_CHANGED',
          severity: 'WARNING',
          object: writeIdentifier(name),
          says: `is of version ${found.version} here, and of ${version} on the source`,
          cause: null,
          remedy: null,
        });
      }
      if (found.owner !== owner) await giveExtension(session, told, name, owner);
    }
  });
}

/** There is no statement for it: the catalogue says whose it is, and that it hangs on the role. */
async function giveExtension(session: LoadSession, told: Told, name: string, owner: string): Promise<void> {
  const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
  const role = `(SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ${text(owner)})`;
  const refusal = await session.attempt(
    `
      UPDATE pg_catalog.pg_extension SET extowner = ${role} WHERE extname = ${text(name)};
      DELETE FROM pg_catalog.pg_shdepend WHERE classid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND deptype = 'o'
        AND dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
        AND objid = (SELECT oid FROM pg_catalog.pg_extension WHERE extname = ${text(name)});
      INSERT INTO pg_catalog.pg_shdepend (dbid, classid, objid, objsubid, refclassid, refobjid, deptype)
      SELECT d.oid, 'pg_catalog.pg_extension'::pg_catalog.regclass, e.oid, 0, 'pg_catalog.pg_authid'::pg_catalog.regclass, e.extowner, 'o'
      FROM pg_catalog.pg_database d, pg_catalog.pg_extension e
      WHERE d.datname = pg_catalog.current_database() AND e.extname = ${text(name)} AND e.extowner >= 16384;`,
  );
  if (refusal === null) return;
  told.tell({
    code: 'OWNER_CHANGED',
    severity: 'WARNING',
    object: writeIdentifier(name),
    says: `does not belong to ${owner} here`,
    cause: refusal,
    remedy: null,
  });
}

/** CREATE EXTENSION as the source has it; null where nothing is known of it. */
export function extensionAsOnSource(facts: DatabaseFacts | null, tag: string): string | null {
  const found = facts?.extensions.find(({ name }) => name === tag);
  if (found === undefined) return null;
  return `CREATE EXTENSION IF NOT EXISTS ${quoteName(found.name)} WITH SCHEMA ${quoteName(found.schema)} VERSION ${quoteName(found.version)};`;
}

/** The entry with the statement that makes it whole, where its dump could not write that. */
export function wholeDefinition(facts: DatabaseFacts | null, entry: TocEntry): TocEntry {
  const found = facts?.definitions.find(({ kind, name }) => kind === entry.kind && name === entry.tag);
  return found === undefined ? entry : { ...entry, define: found.sql };
}

/** Makes what somebody gave to an extension, where it can be made by now; gives those that are left. */
export async function makeAdopted(
  session: LoadSession,
  facts: DatabaseFacts | null,
  adopted: readonly AdoptedObject[],
  encoding: string,
): Promise<readonly AdoptedObject[]> {
  if (facts === null || adopted.length === 0) return [];
  const left: AdoptedObject[] = [];
  await inTheirEncoding(session, facts, encoding, async () => {
    for (const one of adopted) {
      const refusal = await session.attempt(one.sql);
      if (refusal !== null && !IS_THERE.test(refusal.code)) left.push(one);
    }
  });
  return left;
}
