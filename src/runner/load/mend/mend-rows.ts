import type { ServerError } from '../../../guarded-postgres/server-error.ts';
import type { DumpFiles } from '../data/dump-files.ts';
import { objectOf, quoteName } from '../entries/object-name.ts';
import type { Told } from '../findings.ts';
import type { LoadSession } from '../load-session.ts';
import type { Task } from '../task.ts';
import {
  type FoundConstraint,
  findDomainCheck,
  findRoot,
  findTableCheck,
  generatedColumns,
  isInheritedColumn,
} from './catalogue.ts';
import { dropNotNull } from './drop-not-null.ts';
import { salvageRows } from './salvage-rows.ts';

/** Constraints that were taken away while rows came, to be put back when all rows are there. */
export interface TakenAway {
  readonly constraint: FoundConstraint;
  readonly cause: ServerError;
}

export interface RowMending {
  readonly session: LoadSession;
  readonly files: DumpFiles;
  readonly told: Told;
  readonly triesOf: (task: Task) => readonly string[];
  readonly takenAway: Map<string, TakenAway>;
}

/** As many things can keep the rows of one table out, one behind the other. */
const MOST_OBSTACLES = 200;
const CHECK_VIOLATION = '23514';
const NOT_NULL_VIOLATION = '23502';
const PLAIN_NAME = '(?:"(?:[^"]|"")*"|[^\\s".(]+)';
const COPIED_TABLE = new RegExp(`^COPY ${PLAIN_NAME}(?:\\.${PLAIN_NAME})? `);
/** Words of the client are UTF-8; names of the catalogue are sent as bytes. */
const asName = (text: string) => Buffer.from(text).toString('latin1');

/** Brings the rows of a table in, without the checks that refuse them; at last without the rows that no table takes. */
export async function mendRows(mending: RowMending, task: Task): Promise<void> {
  const { session, triesOf } = mending;
  const paths = triesOf(task);
  // Rows of other partitions may have come into this one, and those of this one into others.
  let way: Task = task.entry.kind === 'TABLE DATA' ? { ...task, keepsRows: true } : task;
  let isThroughRoot = false;
  for (let obstacle = 0; obstacle < MOST_OBSTACLES && way.failure !== null; obstacle += 1) {
    const root: Task | null =
      !isThroughRoot && isOfOtherPartition(way.failure) ? await throughRoot(session, way) : null;
    if (root !== null) way = root;
    else if (!(await clear(mending, way, way.failure))) break;
    isThroughRoot ||= root !== null;
    for (const path of paths) if (await session.perform(way, path)) break;
  }
  if (way.entry.kind === 'TABLE DATA' && way.failure !== null && (await isThere(session, task))) {
    await leaveBadRows(mending, way, paths);
  }
  task.left = way.left;
  task.failure = way.failure;
}

/** The rows belong into another partition here: by another collation, or by other numbers of the values of an enum. */
const isOfOtherPartition = ({ code, about }: ServerError) =>
  code === CHECK_VIOLATION && about.table !== null && about.constraint === null;

/** The same rows by way of the topmost table, which finds the partition of each; null where it has none. */
async function throughRoot(session: LoadSession, task: Task): Promise<Task | null> {
  const { namespace, tag, copy } = task.entry;
  await session.usePath('');
  const root = await findRoot(session.session, namespace ?? '', tag);
  if (root === null) return null;
  const whole = copy.replace(COPIED_TABLE, () => `COPY ${root} `);
  return { ...task, entry: { ...task.entry, copy: whole }, isOwnTable: false };
}

/** Takes away what keeps the rows out; false where it is nothing that can be. */
async function clear(mending: RowMending, task: Task, failure: ServerError): Promise<boolean> {
  const { session, told, takenAway } = mending;
  const { schema, table, column, dataType, constraint } = failure.about;
  // Names are asked for below: with their schemas.
  await session.usePath('');
  if (failure.code === CHECK_VIOLATION && schema !== null && constraint !== null) {
    const check = asName(constraint);
    const found =
      table !== null
        ? await findTableCheck(session.session, asName(schema), asName(table), check)
        : dataType !== null
          ? await findDomainCheck(session.session, asName(schema), asName(dataType), check)
          : null;
    if (found === null) return false;
    if ((await session.attempt(`${found.alter} DROP CONSTRAINT ${found.name}`)) !== null) return false;
    takenAway.set(`${found.alter} ${found.name}`, { constraint: found, cause: failure });
    return true;
  }
  if (failure.code === NOT_NULL_VIOLATION && schema !== null && table !== null && column !== null) {
    const place = { schema: asName(schema), table: asName(table), column: asName(column) };
    // What a child dropped of its parent's, no dump can say: the rows tell.
    const isOfParent = await isInheritedColumn(session.session, place.schema, place.table, place.column);
    if ((await dropNotNull(session, told, place)) !== null) return false;
    if (!isOfParent) {
      told.tell({
        code: 'CONSTRAINT_LEFT_OUT',
        severity: 'WARNING',
        object: objectOf(task.entry),
        says: `column ${asName(column)} is not NOT NULL here: there are NULLs in it`,
        cause: failure,
        remedy: `ALTER TABLE ONLY ${quoteName(place.schema)}.${quoteName(place.table)} ALTER COLUMN ${quoteName(place.column)} SET NOT NULL;`,
      });
    }
    return true;
  }
  return false;
}

async function isThere(session: LoadSession, { entry }: Task): Promise<boolean> {
  const name = [entry.namespace, entry.tag].flatMap((one) => (one === null ? [] : [quoteName(one)])).join('.');
  return (await session.attempt(`SELECT FROM ONLY ${name} LIMIT 0`)) === null;
}

async function leaveBadRows(mending: RowMending, task: Task, paths: readonly string[]): Promise<void> {
  const { session, files, told } = mending;
  const { entry } = task;
  const object = objectOf(entry);
  const generated = await generatedColumns(session.session, entry.namespace ?? '', entry.tag);
  if (generated.length > 0 && task.isOwnTable) {
    const table = `${quoteName(entry.namespace ?? '')}.${quoteName(entry.tag)}`;
    const failure = task.failure;
    const made = await session.attempt(
      generated.map((one) => `ALTER TABLE ONLY ${table} ALTER COLUMN ${quoteName(one)} DROP EXPRESSION;`).join('\n'),
    );
    if (made === null && (await session.perform(task))) {
      told.tell({
        code: 'ROWS_NOT_LOADABLE',
        severity: 'CRITICAL',
        object,
        says: `holds no values in its generated columns ${generated.join(', ')}, which are plain columns here: what generates them fails`,
        cause: failure,
        remedy: null,
      });
      return;
    }
  }
  const path = paths.at(-1) ?? '';
  const salvaged = await salvageRows(session, task, files.read(entry.file ?? ''), path);
  task.left = [];
  task.failure = null;
  if (salvaged === null) return;
  told.tell({
    code: 'ROWS_NOT_LOADABLE',
    severity: 'CRITICAL',
    object,
    says: `lacks ${salvaged.lost} of ${salvaged.lost + salvaged.loaded} rows, the first of them row ${salvaged.firstLost} of the dump`,
    cause: salvaged.cause,
    remedy: 'Put these rows right on the source and take the image again, or take a PHYSICAL image.',
  });
}

/** Puts back what was taken away: whole where the rows allow it now, else NOT VALID. */
export async function putBackChecks(
  { session, told, takenAway, triesOf }: RowMending,
  task: Task | null,
): Promise<void> {
  const paths = task === null ? [''] : triesOf(task);
  for (const { constraint, cause } of takenAway.values()) {
    const { alter, owner, name, definition } = constraint;
    const add = `${alter} ADD CONSTRAINT ${name} ${definition}`;
    if (await anyPath(session, add, paths)) continue;
    const isThere = await anyPath(session, `${add} NOT VALID`, paths);
    told.tell({
      code: isThere ? 'CONSTRAINT_NOT_VALID' : 'CONSTRAINT_LEFT_OUT',
      severity: 'WARNING',
      object: `${name} on ${owner}`,
      says: isThere ? 'is there as NOT VALID: new rows are checked, the rows it holds are not' : 'was left out',
      cause,
      remedy: isThere ? `${alter} VALIDATE CONSTRAINT ${name};` : `${add};`,
    });
  }
  takenAway.clear();
}

async function anyPath(session: LoadSession, sql: string, paths: readonly string[]): Promise<boolean> {
  for (const path of paths) if ((await session.attempt(sql, path)) === null) return true;
  return false;
}
