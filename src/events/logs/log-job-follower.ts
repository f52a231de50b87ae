import type { JobRecord, LogLineRecord } from '../../../resolvers/ports/records.ts';
import { followJobLines, hasEnded, type JobLogDeps, readJobLines } from './log-job-source.ts';
import { LIST_CHARACTERS, LIST_LINES } from './log-lists.ts';
import type { LogReadings, SharedReadings } from './log-readings.ts';
import { takeLast } from './log-tail.ts';
import type { LogUpstreams } from './log-upstream.ts';

export interface JobFollowing {
  readonly tailLines: number | null;
  readonly afterLine: number | null;
  readonly follow: boolean;
}

/** What is shared by all who follow logs of jobs in one process. */
export interface SharedJobLogs {
  /** What comes. */
  readonly upstreams: LogUpstreams<LogLineRecord>;
  /** What there was already, for those who begin late or fall behind. */
  readonly readings: SharedReadings<LogLineRecord>;
}

type Lines = AsyncGenerator<readonly LogLineRecord[], void, undefined>;

/**
 * The lines of one job for one subscriber, in lists of at most 1,000: what is there together comes together. They come from
 * readings that all who follow it share, whose lists are the same for all who stand at the same line; who falls
 * behind the newest lines goes on in the lists of those who catch up, as slowly as it likes.
 */
export async function* followOneJob(
  deps: JobLogDeps,
  shared: SharedJobLogs,
  job: JobRecord,
  { tailLines, afterLine, follow }: JobFollowing,
  signal: AbortSignal,
): Lines {
  let cursor = afterLine ?? 0;
  const ended = hasEnded(job);
  const goesOn = follow && !ended && !shared.upstreams.isStopped;
  if (tailLines !== null) {
    // At least one: with none wanted, the place to go on from must still be known.
    const last = await takeLast(readJobLines(deps, job, cursor, signal), Math.max(1, tailLines));
    cursor = last.at(-1)?.line ?? cursor;
    if (tailLines > 0) yield* chunks(last);
    // The record is as of before the reading: all that an ended job wrote was in it.
    if (!goesOn) return;
  } else if (!goesOn && !ended) {
    // To the present end, which others may have read a moment before.
    yield* gather(readJobLines(deps, job, cursor, signal));
    return;
  }
  if (signal.aborted) return;
  const key = `job ${job.id}`;
  const catchUp = shared.readings.join(key, ended, (after, stopped) => readJobLines(deps, job, after, stopped));
  try {
    if (ended) yield* readToEnd(catchUp.readings, cursor, signal);
    else yield* goOn(deps, shared, job, catchUp.readings, cursor, signal);
  } finally {
    await catchUp.leave();
  }
}

async function* readToEnd(readings: LogReadings<LogLineRecord>, after: number, signal: AbortSignal): Lines {
  for (let cursor = after; !signal.aborted; ) {
    const read = await unlessLeft(readings.after(cursor), signal);
    if (read === null) return;
    cursor = read.lines.at(-1)?.line ?? cursor;
    if (read.lines.length > 0) yield read.lines;
    if (read.isLast) return;
  }
}

async function* goOn(
  deps: JobLogDeps,
  { upstreams }: SharedJobLogs,
  job: JobRecord,
  readings: LogReadings<LogLineRecord>,
  after: number,
  signal: AbortSignal,
): Lines {
  let cursor = after;
  // Begins where lists do, so that those who come after are given the same ones.
  const { upstream, leave } = upstreams.join(`job ${job.id}`, cursor - (cursor % LIST_LINES), (from, stopped) =>
    followJobLines(deps, job, from, stopped),
  );
  try {
    while (!signal.aborted) {
      const lines =
        cursor < upstream.ring.floor
          ? (await unlessLeft(readings.after(cursor), signal))?.lines
          : (readings.known.get(cursor) ?? upstream.ring.after(cursor, LIST_LINES));
      if (lines === undefined) return;
      if (lines.length > 0) {
        readings.known.keep(cursor, lines);
        cursor = lines.at(-1)?.line ?? cursor;
        yield lines;
        continue;
      }
      if (cursor < upstream.ring.floor) {
        // Of a log that was cut they are nowhere any more.
        cursor = upstream.ring.floor;
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

/** Null once the signal is aborted. */
async function unlessLeft<T>(awaited: Promise<T>, signal: AbortSignal): Promise<T | null> {
  const { promise: left, resolve } = Promise.withResolvers<null>();
  const onLeft = () => resolve(null);
  if (signal.aborted) onLeft();
  signal.addEventListener('abort', onLeft, { once: true });
  try {
    return await Promise.race([awaited, left]);
  } finally {
    signal.removeEventListener('abort', onLeft);
  }
}

function* chunks(lines: readonly LogLineRecord[]): Generator<readonly LogLineRecord[]> {
  for (let at = 0; at < lines.length; at += LIST_LINES) yield lines.slice(at, at + LIST_LINES);
}

/** The lines of a reading in lists, none empty; holds no more than one of them. */
async function* gather(lines: AsyncIterable<LogLineRecord>): Lines {
  let gathered: LogLineRecord[] = [];
  let characters = 0;
  for await (const line of lines) {
    gathered.push(line);
    characters += line.text.length;
    if (gathered.length < LIST_LINES && characters < LIST_CHARACTERS) continue;
    yield gathered;
    [gathered, characters] = [[], 0];
  }
  if (gathered.length > 0) yield gathered;
}
