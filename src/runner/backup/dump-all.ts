import { type DatabaseProgress, dumpDatabase } from '../dump/dump-database.ts';
import type { DumpedDatabase, DumpGround, SourceDatabase } from '../dump/source.ts';

/** Below this a database is dumped by one connection, beside others; from here on with all connections to itself. */
const SMALL_DATABASE = 64 << 20;

/**
 * Dumps all databases: the large ones first, one after the other with all workers, then the small ones side by side. Beside a
 * large one that takes one connection alone, small ones take the others. The first that fails ends all.
 */
export async function dumpAll(
  ground: DumpGround,
  databases: readonly SourceDatabase[],
  parallel: number,
): Promise<readonly DumpedDatabase[]> {
  const failed = new AbortController();
  const shared = { ...ground, signal: AbortSignal.any([ground.signal, failed.signal]) };
  const done = new Map<number, number>();
  const onProgress =
    (oid: number): DatabaseProgress['onProgress'] =>
    (bytes, message) => {
      done.set(oid, Math.max(bytes, done.get(oid) ?? 0));
      ground.attempt.report.progress(
        [...done.values()].reduce((sum, one) => sum + one, 0),
        message,
      );
    };
  const dumped: DumpedDatabase[] = [];
  const dump = async (database: SourceDatabase, workers: number, onOneConnection?: () => void) => {
    shared.signal.throwIfAborted();
    const progress = { workers, onProgress: onProgress(database.oid), ...(onOneConnection && { onOneConnection }) };
    dumped.push(await dumpDatabase(shared, database, progress));
  };
  const asLane = (work: Promise<void>) =>
    work.catch((error: unknown) => {
      failed.abort(error);
      throw error;
    });
  /** All of them have ended before the first failure is told. */
  const ended = async (lanes: readonly Promise<void>[]) => {
    const ends = await Promise.allSettled(lanes);
    if (failed.signal.aborted) throw failed.signal.reason;
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  };

  const bySize = [...databases].sort((a, b) => b.sizeBytes - a.sizeBytes);
  const small = bySize.filter(({ sizeBytes }) => sizeBytes < SMALL_DATABASE);
  const dumpSmall = (lanes: number, goesOn: () => boolean = () => true) =>
    Array.from({ length: Math.min(lanes, small.length) }, () =>
      asLane(
        (async () => {
          for (let next = small.shift(); next !== undefined; next = goesOn() ? small.shift() : undefined) {
            await dump(next, 1);
          }
        })(),
      ),
    );
  for (const large of bySize.filter(({ sizeBytes }) => sizeBytes >= SMALL_DATABASE)) {
    let isUnderWay = true;
    let beside: Promise<void>[] = [];
    const onOneConnection = () => {
      if (beside.length === 0) beside = dumpSmall(parallel - 1, () => isUnderWay);
    };
    const first = asLane(dump(large, parallel, onOneConnection));
    await Promise.allSettled([first]);
    isUnderWay = false;
    await ended([first, ...beside]);
  }
  await ended(dumpSmall(parallel));
  return dumped;
}
