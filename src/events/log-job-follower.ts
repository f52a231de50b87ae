import type { PlatformLogLine } from '../../jobs/ports/platform.ts';
import type { JobRecord } from '../../resolvers/ports/records.ts';
import { followJobLines, hasEnded, type JobLogDeps, readJobLines } from './log-job-source.ts';
import { takeLast } from './log-tail.ts';
import type { LogUpstreams } from './log-upstream.ts';

/** The most lines that are handed on together. */
const BATCH = 1000;
/** Up to which line a shared reading begins at the first one: read twice, so that it need not be read by each. */
const SHARED_FROM_START = 2000;

export interface JobFollowing {
  readonly tailLines: number | null;
  readonly afterLine: number | null;
  readonly follow: boolean;
}

/**
 * The lines of one job for one subscriber, in lists of at most 1,000: what is there together comes together. What there is
 * comes from a reading of its own, what follows from the shared one; who falls behind the shared ring catches up by a
 * reading of its own again, as slowly as it likes.
 */
export async function* followOneJob(
  deps: JobLogDeps,
  upstreams: LogUpstreams,
  job: JobRecord,
  { tailLines, afterLine, follow }: JobFollowing,
  signal: AbortSignal,
): AsyncGenerator<readonly PlatformLogLine[], void, undefined> {
  let cursor = afterLine ?? 0;
  const history = () => readJobLines(deps, job, cursor, signal);
  const key = `job ${job.id}`;
  const goesOn = follow && !hasEnded(job);

  if (goesOn && tailLines === null && upstreams.hasAfter(key, cursor)) {
    // All of it is in the shared reading.
  } else if (tailLines !== null) {
    // At least one: with none wanted, the place to go on from must still be known.
    const last = await takeLast(history(), Math.max(1, tailLines));
    cursor = last.at(-1)?.line ?? cursor;
    if (tailLines > 0) yield* chunks(last);
  } else {
    for await (const lines of gather(history())) {
      cursor = lines.at(-1)?.line ?? cursor;
      yield lines;
    }
  }
  // The record is as of before the reading: all that an ended job wrote was in it.
  if (!goesOn || signal.aborted) return;

  // A reading that is begun early in a log begins at its start, for those who come later and want all of it.
  const from = cursor <= SHARED_FROM_START ? 0 : cursor;
  const { upstream, leave } = upstreams.join(key, from, (after, stopped) => followJobLines(deps, job, after, stopped));
  try {
    while (!signal.aborted) {
      if (cursor < upstream.ring.floor) {
        for await (const lines of gather(history())) {
          cursor = lines.at(-1)?.line ?? cursor;
          yield lines;
        }
        continue;
      }
      const lines = upstream.ring.after(cursor, BATCH);
      if (lines.length > 0) {
        cursor = lines.at(-1)?.line ?? cursor;
        yield lines;
        continue;
      }
      if (upstream.error !== null) throw upstream.error;
      if (upstream.ended) return;
      await upstream.changed(signal);
    }
  } finally {
    await leave();
  }
}

function* chunks(lines: readonly PlatformLogLine[]): Generator<readonly PlatformLogLine[]> {
  for (let at = 0; at < lines.length; at += BATCH) yield lines.slice(at, at + BATCH);
}

/** The lines of a reading in lists, none empty; holds no more than one of them. */
async function* gather(lines: AsyncIterable<PlatformLogLine>): AsyncGenerator<readonly PlatformLogLine[]> {
  let gathered: PlatformLogLine[] = [];
  for await (const line of lines) {
    gathered.push(line);
    if (gathered.length < BATCH) continue;
    yield gathered;
    gathered = [];
  }
  if (gathered.length > 0) yield gathered;
}
