import type { PlatformLogLine } from '../../../jobs/ports/platform/jobs.ts';

const COMPARED_AT_MOST = 50;

/**
 * Where in a reading another, shorter reading of the same log ends: the number of the line in `lines` that is the last of
 * `read`. Readings of a server's log count for themselves, so the lines before it must agree as well, as far as both go
 * back. The newest such place; null when there is none (yet).
 */
export function findAnchor(lines: readonly PlatformLogLine[], read: readonly PlatformLogLine[]): number | null {
  if (read.length === 0) return 0;
  for (let end = lines.length - 1; end >= 0; end -= 1) {
    if (agree(lines, end, read)) return lines[end]?.line ?? null;
  }
  return null;
}

function agree(lines: readonly PlatformLogLine[], end: number, read: readonly PlatformLogLine[]): boolean {
  const depth = Math.min(COMPARED_AT_MOST, end + 1, read.length);
  for (let back = 0; back < depth; back += 1) {
    const [a, b] = [lines[end - back], read[read.length - 1 - back]];
    if (a?.text !== b?.text || a?.at?.getTime() !== b?.at?.getTime()) return false;
  }
  return true;
}
