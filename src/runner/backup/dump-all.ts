import { type DatabaseProgress, dumpDatabase } from '../dump/dump-database.ts';
import type { DumpedDatabase, DumpGround, SourceDatabase } from '../dump/source.ts';

/** Below this a database is dumped by one connection, beside others; from here on with all connections to itself. */
const SMALL_DATABASE = 64 << 20;

/**
 * Dumps all databases: the large ones first, one after the other with all workers, then the small ones side by side. The
 * first that fails ends all.
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
  const run = async (queue: SourceDatabase[], workers: number) => {
    for (let database = queue.shift(); database !== undefined; database = queue.shift()) {
      shared.signal.throwIfAborted();
      dumped.push(await dumpDatabase(shared, database, { workers, onProgress: onProgress(database.oid) }));
    }
  };
  const bySize = [...databases].sort((a, b) => b.sizeBytes - a.sizeBytes);
  await run(
    bySize.filter(({ sizeBytes }) => sizeBytes >= SMALL_DATABASE),
    parallel,
  );
  const small = bySize.filter(({ sizeBytes }) => sizeBytes < SMALL_DATABASE);
  const lanes = Array.from({ length: Math.min(parallel, small.length) }, () =>
    run(small, 1).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  // All of them have ended before the first failure is told.
  const ends = await Promise.allSettled(lanes);
  if (failed.signal.aborted) throw failed.signal.reason;
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return dumped;
}
