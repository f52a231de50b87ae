import path from 'node:path';
import type { FollowJobLogs, JobRef, PlatformLogLine } from '../../../../jobs/ports/platform/jobs.ts';
import { openPlainFile, readLines } from '../../../machine/line-reader.ts';
import { pause } from '../../../waiting/pause.ts';
import { translateSystemError } from '../file-errors.ts';
import type { JobPaths, Layout } from '../layout.ts';
import { isThere } from '../servers/server-records.ts';
import { listAttempts, readLife, readVerdict } from './job-records.ts';
import { parseRecordedLine } from './job-status.ts';

const POLL_MS = 100;

/** Whether nothing more will be written to this attempt's log. */
async function isOver(paths: JobPaths, attempt: number): Promise<boolean> {
  const { phase } = await readLife(paths);
  if (phase === 'ended' || phase === 'lost' || phase === 'absent') return true;
  return isThere(path.join(paths.attempts, String(attempt), 'exit'));
}

async function* attemptLines(paths: JobPaths, attempt: number, options: FollowJobLogs) {
  const log = path.join(paths.attempts, String(attempt), 'log');
  let file = await openPlainFile(log);
  try {
    for (let offset = 0; !options.signal.aborted; ) {
      const over = !options.follow || (await isOver(paths, attempt));
      file ??= await openPlainFile(log);
      if (file !== null) {
        for await (const line of readLines(file, offset, over)) {
          offset = line.next;
          yield parseRecordedLine(line.text);
          if (options.signal.aborted) return;
        }
      }
      if (over) return;
      await pause(POLL_MS, options.signal);
    }
  } finally {
    await file?.close();
  }
}

async function hasEnded(paths: JobPaths): Promise<boolean> {
  const life = await readLife(paths);
  if (life.phase === 'ended') return life.end.state !== 'INTERRUPTED';
  // One that was too slow to end in order was killed, and is not settled yet.
  if (life.phase === 'lost') return !['interrupt', 'lost'].includes(await readVerdict(paths, life.supervisor));
  return life.phase === 'absent';
}

/** The lines of all attempts in order, numbered through; an interrupted job is waited for, since it goes on. */
export async function* followJobLog(
  layout: Layout,
  ref: JobRef,
  options: FollowJobLogs,
): AsyncGenerator<PlatformLogLine> {
  const paths = layout.job(ref);
  let line = 0;
  let attempt = 0;
  try {
    while (!options.signal.aborted) {
      const ended = !options.follow || (await hasEnded(paths));
      const next = (await listAttempts(paths)).find((number) => number > attempt);
      if (next === undefined) {
        if (ended) return;
        await pause(POLL_MS, options.signal);
        continue;
      }
      attempt = next;
      for await (const { at, text } of attemptLines(paths, attempt, options)) {
        line += 1;
        if (line > options.afterLine) yield { line, attempt, at, text };
      }
    }
  } catch (error) {
    throw translateSystemError(error);
  }
}
