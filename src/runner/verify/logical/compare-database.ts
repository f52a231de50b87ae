import path from 'node:path';
import { decoderOf } from '../../../guarded-postgres/decoder.ts';
import { type Login, openSession } from '../../../guarded-postgres/session.ts';
import type { Attempt } from '../../attempt/attempt.ts';
import { finalFailure } from '../../attempt/failure.ts';
import { openDumpFiles } from '../../load/data/dump-files.ts';
import { tellFindings } from '../../load/findings.ts';
import { readTocFile } from '../../load/toc/read-toc.ts';
import { readImageState } from '../../restore/durable/image-state.ts';
import type { ImageDatabase, ImageFiles } from '../../restore/image-files.ts';
import { lookThrough } from '../amcheck/look-through.ts';
import { leftOutCheck } from '../damage.ts';
import { compareObjects } from '../objects/compare-objects.ts';
import { dumpObjects } from '../objects/dump-objects.ts';
import { compareSequences } from '../rows/compare-sequences.ts';
import { compareTable } from '../rows/compare-tables.ts';
import { tellEmptyViews } from '../rows/empty-views.ts';
import { compareLargeObjects } from '../rows/large-objects/compare-large-objects.ts';
import { partOwnWork } from '../rows/own-work.ts';
import { pairTables, TABLES_HERE } from '../rows/table-pairs.ts';

/** What the copy of a server is compared with, and by whom. */
export interface CompareGround {
  readonly attempt: Attempt;
  readonly login: Login;
  readonly major: number;
  readonly toolEnvironment: Readonly<Record<string, string>>;
  readonly files: ImageFiles;
  /** Takes stored bytes of tables that are compared, and what is compared. */
  readonly progress: (database: ImageDatabase, bytes: number, message: string) => void;
}

export interface ComparedDatabase {
  readonly tables: number;
  readonly rows: number;
  readonly objects: number;
}

const MIB = 1 << 20;

/** Compares one database of the copy with its dump. What differs is told; throws JobFailure where it cannot be compared. */
export async function compareDatabase(
  ground: CompareGround,
  database: ImageDatabase,
  width: number,
): Promise<ComparedDatabase> {
  const { attempt, login, major, files } = ground;
  const { report } = attempt;
  const toc = files.find(`databases/${database.oid}/toc.dat`);
  if (toc === undefined) throw finalFailure(`the image has no dump of database ${database.name.text}`);
  const { entries, encoding } = await readTocFile(toc.path);
  const dumped = openDumpFiles(path.dirname(toc.path));
  const name = database.name.text;
  const told = tellFindings(name, encoding, (finding) => report.finding(finding));
  const open = () => openSession(login, { database: database.name, major });
  const session = await open();
  try {
    ground.progress(database, 0, `comparing the objects of database ${name}`);
    const objectsHere = await dumpObjects(attempt, ground.toolEnvironment, database);
    const objects = compareObjects(entries, objectsHere.entries, told);
    await compareSequences({ session, told }, entries);
    await tellEmptyViews({ session, told }, entries);

    const here = await session.ask(TABLES_HERE);
    const { compared, own } = partOwnWork(entries, here, (await readImageState(files, database.oid))?.engine ?? null);
    if (own.length > 0) {
      const message = `the copy holds what acts by itself, and changes rows of these tables, which were not compared: ${decoderOf(encoding)(own.join(', '))}`;
      report.finding(leftOutCheck('INFO', { database: name, object: null, message, remedy: null }));
    }
    const pairs = pairTables(compared, here);
    const bytesOf = (at: number) => (pairs[at]?.parts ?? []).reduce((sum, { file }) => sum + dumped.sizeOf(file), 0);
    const queue = pairs.map((pair, at) => ({ pair, bytes: bytesOf(at) })).sort((a, b) => b.bytes - a.bytes);
    let [rows, done] = [0, 0];
    // A table of hours is no silence.
    const onBytes = (object: string, compared: number) =>
      ground.progress(database, done, `comparing ${object} of database ${name}: ${Math.floor(compared / MIB)} MiB`);
    const next = queue.values();
    const lane = async () => {
      const ofLane = await open();
      try {
        for (const { pair, bytes } of next) {
          // Other lanes add to it meanwhile.
          const more = await compareTable({ session: ofLane, files: dumped, told, onBytes }, pair);
          rows += more;
          done += bytes;
          ground.progress(database, done, `compared ${pair.object} of database ${name}`);
        }
      } finally {
        await ofLane.close();
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, Math.min(width, queue.length)) }, lane));
    await compareLargeObjects({ session, files: dumped, told, onBytes }, entries);
    await lookThrough(session, {
      database: name,
      isThorough: false,
      report,
      onObject: (object) => ground.progress(database, done, `looking through ${object} of database ${name}`),
    });
    report.log(`${name}: compared ${objects} objects and ${rows} rows of ${pairs.length} tables`);
    return { tables: pairs.length, rows, objects };
  } finally {
    await session.close();
  }
}
