import type { PlatformLogLine } from '../../../jobs/ports/platform/jobs.ts';
import type { Platform } from '../../../jobs/ports/platform/platform.ts';
import type { ServerRef } from '../../../jobs/ports/platform/servers.ts';
import { findAnchor } from './log-anchor.ts';
import { takeLast } from './log-tail.ts';
import type { LogUpstream, LogUpstreams } from './log-upstream.ts';

/** A list holds no more lines. */
const BATCH = 1_000;
/** The most that is read of what a server wrote before. */
const HISTORY_LINES = 10_000;
/** How far back the shared reading begins, and how much a subscriber reads at least to find its place in it. */
const OVERLAP_LINES = 50;
const FIND_PLACE_MS = 2_000;

export interface ServerFollowing {
  readonly tailLines: number | null;
  readonly since: Date | null;
  readonly follow: boolean;
}

/**
 * The log of one server for one subscriber, in lists of at most 1,000 lines, none empty: what there is from a reading of its own, what follows from the shared one.
 * Readings of a server's log have no numbers in common, so the place is found by what the lines say. A subscriber that
 * falls behind the shared ring goes on from its oldest line, and is told how many it missed.
 */
export async function* followOneServer(
  platform: Platform,
  upstreams: LogUpstreams,
  server: ServerRef,
  { tailLines, since, follow }: ServerFollowing,
  signal: AbortSignal,
): AsyncGenerator<readonly Omit<PlatformLogLine, 'line'>[], void, undefined> {
  if (!follow) {
    yield* cut(chosen(await readHistory(platform, server, tailLines, signal), tailLines, since));
    return;
  }
  const { upstream, leave } = upstreams.join(`server ${server.namespace}/${server.resourceName}`, 0, (_, stopped) =>
    platform.followServerLogs(server, { tailLines: OVERLAP_LINES, since: null, follow: true, signal: stopped }),
  );
  try {
    const history = await readHistory(platform, server, tailLines, signal);
    yield* cut(chosen(history, tailLines, since));
    let cursor = await findPlace(upstream, history, signal);
    while (!signal.aborted) {
      if (cursor < upstream.ring.floor) {
        const missed = upstream.ring.floor - cursor;
        cursor = upstream.ring.floor;
        const text = `... ${missed} lines were written faster than they were read; see the log ...`;
        yield [{ attempt: 1, at: null, text }];
        continue;
      }
      const lines = upstream.ring.after(cursor, BATCH);
      cursor = lines.at(-1)?.line ?? cursor;
      const recent = since === null ? lines : lines.filter((line) => isSince(line, since));
      if (recent.length > 0) yield recent;
      if (lines.length > 0) continue;
      if (upstream.error !== null) throw upstream.error;
      if (upstream.ended) return;
      await upstream.changed(signal);
    }
  } finally {
    await leave();
  }
}

function readHistory(platform: Platform, server: ServerRef, tailLines: number | null, signal: AbortSignal) {
  const wanted = Math.max(OVERLAP_LINES, Math.min(tailLines ?? HISTORY_LINES, HISTORY_LINES));
  return takeLast(platform.followServerLogs(server, { tailLines: wanted, since: null, follow: false, signal }), wanted);
}

function chosen(history: readonly PlatformLogLine[], tailLines: number | null, since: Date | null) {
  const recent = history.filter((line) => isSince(line, since));
  return tailLines === null ? recent : recent.slice(Math.max(0, recent.length - tailLines));
}

function* cut(lines: readonly PlatformLogLine[]): Generator<readonly PlatformLogLine[], void, undefined> {
  for (let start = 0; start < lines.length; start += BATCH) yield lines.slice(start, start + BATCH);
}

/** A line without a time belongs to the one before it and is shown. */
function isSince({ at }: PlatformLogLine, since: Date | null): boolean {
  return since === null || at === null || at >= since;
}

/** Waits until the shared reading has come as far as the history, and answers with the number that its end has there. */
async function findPlace(
  upstream: LogUpstream,
  history: readonly PlatformLogLine[],
  signal: AbortSignal,
): Promise<number> {
  for (const deadline = performance.now() + FIND_PLACE_MS; ; ) {
    const place = findAnchor(upstream.ring.all(), history);
    if (place !== null) return place;
    // So much came meanwhile that the place is gone, or the log was replaced: all that the ring has is new.
    const leftMs = deadline - performance.now();
    if (upstream.ended || signal.aborted || leftMs <= 0) return upstream.ring.floor;
    await upstream.changed(signal, leftMs);
  }
}
