import { stat } from 'node:fs/promises';
import type { PlatformLogLine } from '../../../../jobs/ports/platform/jobs.ts';
import type { FollowServerLogs, ServerRef } from '../../../../jobs/ports/platform/servers.ts';
import { findTail, openPlainFile, type ReadLine, readLines } from '../../../machine/line-reader.ts';
import { parseServerLogLine } from '../../../postgres-programs/server-log.ts';
import { pause } from '../../../waiting/pause.ts';
import { translateSystemError } from '../file-errors.ts';
import type { Layout } from '../layout.ts';
import { isThere } from './server-records.ts';

const POLL_MS = 150;

interface Position {
  readonly rotated: boolean;
  readonly offset: number;
}

async function tailOf(log: string, count: number) {
  const file = await openPlainFile(log);
  if (file === null) return { offset: 0, missing: count };
  try {
    return await findTail(file, count);
  } finally {
    await file.close();
  }
}

async function findStart(log: string, tailLines: number | null): Promise<Position> {
  if (tailLines === null) return { rotated: true, offset: 0 };
  const current = await tailOf(log, tailLines);
  if (current.missing === 0) return { rotated: false, offset: current.offset };
  return { rotated: true, offset: (await tailOf(`${log}.1`, current.missing)).offset };
}

async function* linesOf(log: string, from: number, last: boolean): AsyncGenerator<ReadLine> {
  const file = await openPlainFile(log);
  if (file === null) return;
  try {
    yield* readLines(file, from, last);
  } finally {
    await file.close();
  }
}

/** Another one with every rotation; null before the first. */
async function identify(copy: string): Promise<string | null> {
  const facts = await stat(copy).catch(() => null);
  return facts === null ? null : `${facts.ino}:${facts.ctimeMs}`;
}

async function* rawLines(log: string, removed: () => Promise<boolean>, options: FollowServerLogs) {
  let rotatedTo = await identify(`${log}.1`);
  const start = await findStart(log, options.tailLines);
  if (start.rotated) yield* linesOf(`${log}.1`, start.offset, true);
  for (let offset = start.rotated ? 0 : start.offset; !options.signal.aborted; ) {
    const over = !options.follow || (await removed());
    const copy = await identify(`${log}.1`);
    if (copy !== rotatedTo) {
      // What was not read yet stands at the same place in the copy. The log is emptied right after the copy appears.
      rotatedTo = copy;
      await pause(POLL_MS, options.signal);
      yield* linesOf(`${log}.1`, offset, true);
      offset = 0;
    }
    if (((await stat(log).catch(() => null))?.size ?? 0) > offset) {
      for await (const line of linesOf(log, offset, over)) {
        offset = line.next;
        yield line;
        if (options.signal.aborted) return;
      }
    }
    if (over) return;
    await pause(POLL_MS, options.signal);
  }
}

/** The log of a server over its restarts, also while no server runs; ends when the server was removed. */
export async function* followServerLog(
  layout: Layout,
  ref: ServerRef,
  options: FollowServerLogs,
): AsyncGenerator<PlatformLogLine> {
  const paths = layout.server(ref);
  const removed = async () => !(await isThere(paths.serverRecord)) && !(await isThere(paths.log));
  let line = 0;
  let at: Date | null = null;
  try {
    for await (const raw of rawLines(paths.log, removed, options)) {
      const parsed = parseServerLogLine(raw.text);
      at = parsed.at ?? at;
      if (options.since !== null && (at === null || at < options.since)) continue;
      line += 1;
      yield { line, attempt: 1, at, text: parsed.text };
    }
  } catch (error) {
    throw translateSystemError(error);
  }
}
