import { readLooks } from '../../facts/changed-members.ts';
import type { AdoptedObject, DatabaseFacts, FactStatement } from '../../facts/database-facts.ts';
import { readFilledViews } from '../../facts/filled-views.ts';
import { readMeanings } from '../../facts/meanings.ts';
import { readExtensions, readMembers } from '../../facts/read-facts.ts';
import { quoteName, unquoteName, writeIdentifier } from '../entries/object-name.ts';
import type { Told } from '../findings.ts';
import type { LoadSession } from '../load-session.ts';
import { type ColumnPlace, dropNotNull } from '../mend/drop-not-null.ts';
import type { TocEntry } from '../toc/toc-entry.ts';

/** There already: the extension's own script made it. */
const IS_THERE = /^(42710|42P06|42P07|42P16|42701|42723)$/;

/** Works in the encoding of the facts, which in older images is not that of the dump. */
async function inTheirEncoding<T>(
  session: LoadSession,
  facts: DatabaseFacts,
  encoding: string,
  work: () => Promise<T>,
): Promise<T> {
  // Names are compared as the source wrote them: with their schemas.
  await session.usePath('');
  await session.session.run(`SET client_encoding = '${facts.encoding}'`);
  try {
    return await work();
  } finally {
    await session.session.run(`SET client_encoding = '${encoding}'`);
  }
}

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

/** Tells what users changed of the members of extensions and is not so here. `isSameMajor`: whether source and copy are of one version. */
export async function compareMembers(
  session: LoadSession,
  told: Told,
  facts: DatabaseFacts,
  encoding: string,
  isSameMajor: boolean,
): Promise<void> {
  if (facts.members.length === 0 && facts.looks.length === 0) return;
  await inTheirEncoding(session, facts, encoding, async () => {
    const here = await readMembers(session.session);
    const sumOf = new Map(here.map(({ object, md5 }) => [object, md5]));
    // Another version writes the same view in other words.
    const other = isSameMajor ? [] : here.filter(({ kind }) => kind === 'VIEW').map(({ object }) => object);
    const incomparable = new Set(other);
    const versions = new Map(facts.extensions.map(({ name, version }) => [name, version]));
    const same = new Set(
      (await readExtensions(session.session)).flatMap(({ name, version }) =>
        versions.get(name) === version ? [name] : [],
      ),
    );
    for (const { object, extension, md5 } of facts.members) {
      // Of another version it is another one rightly, which is told of the extension.
      if (!same.has(extension) || incomparable.has(object) || sumOf.get(object) === md5) continue;
      told.tell({
        code: 'EXTENSION_OBJECT_CHANGED',
        severity: 'WARNING',
        object,
        says: `of extension ${extension} was changed on the source, and is as the extension makes it here`,
        cause: null,
        remedy: null,
      });
    }
    if (isSameMajor) await compareLooks(session, told, facts, same);
  });
}

/** Tells what users changed of members by ALTER. `same`: the extensions that are of one version here and there. */
async function compareLooks(
  session: LoadSession,
  told: Told,
  { looks, members }: DatabaseFacts,
  same: ReadonlySet<string>,
): Promise<void> {
  if (looks.length === 0) return;
  const here = new Map((await readLooks(session.session, true)).map(({ object, md5 }) => [object, md5]));
  const known = new Set(members.map(({ object }) => object));
  for (const { object, extension, md5 } of looks) {
    const found = here.get(object);
    if (!same.has(extension) || found === md5 || (found === undefined && known.has(object))) continue;
    told.tell({
      code: 'EXTENSION_OBJECT_CHANGED',
      severity: 'WARNING',
      object,
      says:
        found === undefined
          ? `of extension ${extension} is not there: the extension does not make it`
          : `of extension ${extension} was altered on the source, and is as the extension makes it here`,
      cause: null,
      remedy: null,
    });
  }
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

/** Tells definitions that use other functions and operators here than on the source. */
export async function compareMeanings(
  session: LoadSession,
  told: Told,
  facts: DatabaseFacts,
  encoding: string,
): Promise<void> {
  if (facts.meanings.length === 0) return;
  await inTheirEncoding(session, facts, encoding, async () => {
    const here = await readMeanings(session.session, new Set(facts.meanings.map(({ object }) => object)));
    const usesOf = new Map(here.map(({ object, uses }) => [object, uses]));
    for (const { object, uses } of facts.meanings) {
      const found = usesOf.get(object);
      if (found === undefined || found.join('\n') === uses.join('\n')) continue;
      const at = uses.findIndex((one, index) => one !== found[index]);
      told.tell({
        code: 'MEANING_MAY_CHANGE',
        severity: 'WARNING',
        object,
        says: `uses ${found[at] ?? 'nothing'} here where it used ${uses[at] ?? 'nothing'} on the source`,
        cause: null,
        remedy: null,
      });
    }
  });
}

/** Tells materialized views that were filled here with other rows than they had on the source, where somebody filled them before. */
export async function compareFilledViews(
  session: LoadSession,
  told: Told,
  facts: DatabaseFacts,
  encoding: string,
): Promise<void> {
  if (facts.filled.length === 0) return;
  await inTheirEncoding(session, facts, encoding, async () => {
    await session.session.run('BEGIN');
    const here = await readFilledViews(session.session, new Set(facts.filled.map(({ object }) => object)));
    await session.session.run('COMMIT');
    const viewOf = new Map(here.map((view) => [view.object, view]));
    for (const { object, rows, sum } of facts.filled) {
      const found = viewOf.get(object);
      if (found === undefined || (found.rows === rows && found.sum === sum)) continue;
      told.tell({
        code: 'MATERIALIZED_VIEW_REFRESHED',
        severity: 'INFO',
        object,
        says:
          `has ${found.rows} rows here and had ${rows} on the source${found.rows === rows ? ', which were others' : ''}: a restore ` +
          'fills it from the data that the image has, and on the source it was filled before, or with what changes from time to time',
        cause: null,
        remedy: null,
      });
    }
  });
}
