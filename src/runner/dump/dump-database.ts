import { rm } from 'node:fs/promises';
import path from 'node:path';
import { decoderOf } from '../../guarded-postgres/decoder.ts';
import { openSession, type Session } from '../../guarded-postgres/session.ts';
import { DEFINITIONS, findChanged } from '../catalogue/definitions.ts';
import { EXTENSIONS, readDurable } from '../catalogue/extension-state.ts';
import { inUtf8 } from '../catalogue/in-utf8.ts';
import { readLeftOut } from '../catalogue/left-out.ts';
import { ROLES_OF_DATABASE } from '../catalogue/roles.ts';
import { TABLES, writtenName } from '../catalogue/tables.ts';
import { failingAs } from '../postgres/describe-error.ts';
import { createBytesCheck, refuseBadBytes, tellBadBytes } from './check-bytes.ts';
import { CONTENTS } from './contents.ts';
import { tellGone } from './gone-definitions.ts';
import { holdDefinitions } from './hold-definitions.ts';
import { isStreamed } from './is-streamed.ts';
import { readContents } from './read-contents.ts';
import { LostRace, runPgDump } from './run-pg-dump.ts';
import { saveFacts } from './save-facts.ts';
import { saveState } from './save-state.ts';
import { beginSnapshot } from './snapshot.ts';
import type { DumpedDatabase, DumpGround, SourceDatabase } from './source.ts';
import {
  argumentsWithout,
  canBeLeftOut,
  findUnreadable,
  tellLeftOut,
  type Unreadable,
  unreadableFailure,
} from './unreadable.ts';

export interface DatabaseProgress {
  readonly workers: number;
  /** Bytes of the database that are dumped, and what is worked on. */
  readonly onProgress: (bytes: number, message: string) => void;
  /** Told, perhaps more than once, when it takes one connection instead of all workers. */
  readonly onOneConnection?: () => void;
}

/** Each is an argument of pg_dump, and a program takes so many and no more. */
const LEFT_OUT_AT_MOST = 1_000;
/** A held moment can come between two transactions of one change: then the next one is tried. */
const TRIES = 12;
/** From this try on no definition may change while pg_dump reads them. */
const HELD_FROM = 3;
const AGAIN = 'Take the image again while no definitions are changed.';
/** Whoever makes and drops objects makes others each time: the same one twice, while nothing may change, is missing for good. */
const OF_ONE_OBJECT = /\bOID \d+|\bfor (?:relation|type|function) \d+|\b(?:view|rule) "/;

/**
 * Dumps one database. Everything is read in one snapshot, which a session holds open while pg_dump works. Where definitions
 * change under pg_dump, which reads them as they are now, it is dumped again at once.
 */
export function dumpDatabase(
  ground: DumpGround,
  database: SourceDatabase,
  progress: DatabaseProgress,
): Promise<DumpedDatabase> {
  const { attempt, login, major } = ground;
  const name = database.name.text;
  return failingAs(`the dump of database ${name}`, async () => {
    progress.onProgress(0, `dumping database ${name}`);
    const watch = await openSession(login, { database: database.name, major });
    try {
      const leftOut: Unreadable[] = [];
      for (let [nth, before] = [1, '']; ; nth += 1) {
        try {
          return await dumpOnce(ground, database, progress, { watch, nth, leftOut });
        } catch (error) {
          if (!(error instanceof LostRace) || nth === TRIES) throw error;
          const isSame = error.message === before && OF_ONE_OBJECT.test(before);
          if (isSame && (await leaveOut(ground, database, watch, leftOut))) nth = 0;
          else if (isSame && nth > HELD_FROM) throw error;
          before = error.message;
          attempt.report.log(
            `${name}: something changed while its definitions were read (${error.message}); dumping it again`,
          );
          await rm(path.join(ground.directory, 'databases', String(database.oid)), { recursive: true, force: true });
        }
      }
    } finally {
      await watch.close();
    }
  });
}

/** Lets the dump pass by views that the server cannot read, and tells them; false where there is none. Throws a final failure where something else cannot be read. */
async function leaveOut(
  ground: DumpGround,
  database: SourceDatabase,
  watch: Session,
  leftOut: Unreadable[],
): Promise<boolean> {
  const known = new Set(leftOut.map((one) => one.oid));
  const found = (await findUnreadable(watch)).filter((one) => !known.has(one.oid));
  const tooMany = leftOut.length + found.length > LEFT_OUT_AT_MOST ? found[0] : undefined;
  const stubborn = found.find((one) => !canBeLeftOut(one, database.encoding)) ?? tooMany;
  if (stubborn !== undefined) throw unreadableFailure(database, stubborn);
  if (found.length === 0) return false;
  tellLeftOut(ground, database, found);
  leftOut.push(...found);
  return true;
}

interface DumpTry {
  readonly watch: Session;
  readonly nth: number;
  readonly leftOut: readonly Unreadable[];
}

async function dumpOnce(
  ground: DumpGround,
  database: SourceDatabase,
  { workers, onProgress, onOneConnection }: DatabaseProgress,
  { watch, nth, leftOut }: DumpTry,
): Promise<DumpedDatabase> {
  const { attempt, login, major, files } = ground;
  const name = database.name.text;
  const release =
    nth >= HELD_FROM ? await holdDefinitions(watch, (text) => attempt.report.log(`${name}: ${text}`)) : null;
  const session = await openSession(login, { database: database.name, major });
  try {
    const snapshot = await beginSnapshot(session);
    const before = await session.ask(DEFINITIONS);
    const tables = await session.ask(TABLES);
    const roles = await session.ask(ROLES_OF_DATABASE);
    for (const text of await readLeftOut(session, name)) attempt.report.notice(text);
    const { extensions, durable } = await inUtf8(session, async () => ({
      extensions: (await session.ask(EXTENSIONS))[0] ?? [],
      durable: await readDurable(session),
    }));
    const check = createBytesCheck(database.encoding);
    let isTorn = false;
    const isOneStream = isStreamed(tables, ground);
    if (isOneStream) {
      attempt.report.log(`${name}: its many small tables and objects come as one stream`);
      onOneConnection?.();
    }
    const written = await runPgDump(ground, {
      database,
      session,
      watch,
      snapshot,
      tables,
      leftOut: argumentsWithout(leftOut),
      // Workers ask for each table anew, and fail where somebody waits to change it; one connection has it already.
      workers: isOneStream ? null : nth < HELD_FROM ? workers : 1,
      onFile: async (file, table) => {
        const row = await check.take(file);
        if (row !== null && table !== null) refuseBadBytes(ground, database, writtenName(tables, table), row);
      },
      onContent: (file, content) => check.takeContent(file, content),
      onProgress: (share, message) => onProgress(Math.floor(database.sizeBytes * share), message),
      onDefinitionsRead: async () => {
        const changed = findChanged(before, await watch.ask(DEFINITIONS));
        await release?.();
        if (changed.length === 0) return;
        if (nth < TRIES) throw new LostRace(`in ${changed.join(', ')}`);
        isTorn = true;
        attempt.report.finding({
          code: 'DEFINITION_CHANGED_MEANWHILE',
          severity: 'WARNING',
          database: name,
          object: null,
          message: `definitions changed again and again while they were read (in ${changed.join(', ')}); what was changed in that moment may not come back`,
          remedy: AGAIN,
        });
      },
      onGone: ([first]) => {
        if (first === undefined) return;
        if (nth < TRIES) throw new LostRace(`${decoderOf(database.encoding)(first)} was gone`);
        isTorn = true;
      },
    });
    await readContents(ground, database, written, tables);
    if (isTorn) await tellGone(ground, database, written.directory, AGAIN);
    await tellBadBytes(ground, database, written.directory, check);
    // Of the same snapshot; given away only now, for a lost race would give them twice.
    await saveState(ground, session, database, durable?.engine ?? '');
    await saveFacts(ground, session, database);
    files.give(path.join(written.directory, CONTENTS), `databases/${database.oid}/${CONTENTS}`);
    onProgress(database.sizeBytes, `dumped database ${name}`);
    return { database, roles, extensions, durable: durable?.state ?? null };
  } finally {
    await release?.();
    await session.close();
  }
}
