import type { PlatformLogLine } from '../../jobs/ports/platform.ts';
import type { JobRecord } from '../../resolvers/ports/records.ts';
import { followJobLines, hasEnded, type JobLogDeps, readJobLines } from './log-job-source.ts';
import { takeLast } from './log-tail.ts';
import type { LogUpstreams } from './log-upstream.ts';

/** How many lines a subscriber takes from the ring before it looks again how far the ring has come. */
const BATCH = 256;

export interface JobFollowing {
  readonly tailLines: number | null;
  readonly afterLine: number | null;
  readonly follow: boolean;
}

/**
 * The lines of one job for one subscriber. What there is comes from a reading of its own, what follows from the shared
 * one; who falls behind the shared ring catches up by a reading of its own again, as slowly as it likes.
 */
export async function* followOneJob(
  deps: JobLogDeps,
  upstreams: LogUpstreams,
  job: JobRecord,
  { tailLines, afterLine, follow }: JobFollowing,
  signal: AbortSignal,
): AsyncGenerator<PlatformLogLine, void, undefined> {
  let cursor = afterLine ?? 0;
  const history = () => readJobLines(deps, job, cursor, signal);

  if (tailLines !== null) {
    // At least one: with none wanted, the place to go on from must still be known.
    const last = await takeLast(history(), Math.max(1, tailLines));
    cursor = last.at(-1)?.line ?? cursor;
    if (tailLines > 0) yield* last;
  } else {
    for await (const line of history()) {
      cursor = line.line;
      yield line;
    }
  }
  // The record is as of before the reading: all that an ended job wrote was in it.
  if (!follow || hasEnded(job) || signal.aborted) return;

  const { upstream, leave } = upstreams.join(`job ${job.id}`, cursor, (after, stopped) =>
    followJobLines(deps, job, after, stopped),
  );
  try {
    while (!signal.aborted) {
      if (cursor < upstream.ring.floor) {
        for await (const line of history()) {
          cursor = line.line;
          yield line;
        }
        continue;
      }
      const lines = upstream.ring.after(cursor, BATCH);
      for (const line of lines) {
        cursor = line.line;
        yield line;
      }
      if (lines.length > 0) continue;
      if (upstream.error !== null) throw upstream.error;
      if (upstream.ended) return;
      await upstream.changed(signal);
    }
  } finally {
    await leave();
  }
}
