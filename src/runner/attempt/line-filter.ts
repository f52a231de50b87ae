import { isControlLine } from '../../../jobs/ports/job-protocol.ts';

/** What a log line may have at most before it is cut. */
const SHOWN = 65_536;
/** Shorter ones are words that may stand anywhere. */
const SHORTEST_SECRET = 6;
const MASK = '***';
const SIGNATURE = /sig(?:=|%3d)[a-z0-9%/+=_.~-]+/gi;

/** Prepares a line of a program for being shown and kept: without secrets and signatures of URLs, and not too long. */
export function createLineFilter(secrets: readonly string[]): (line: string) => string {
  const lines = secrets.flatMap((secret) => secret.split(/\r?\n/)).filter((line) => line.length >= SHORTEST_SECRET);
  // The longest first: one may be a part of another.
  const masked = [...new Set(lines)].sort((a, b) => b.length - a.length);
  return (line) => {
    let shown = line.replaceAll('\0', '');
    for (const secret of masked) shown = shown.replaceAll(secret, MASK);
    shown = shown.replace(SIGNATURE, `sig=${MASK}`);
    return isControlLine(shown) || shown.length <= SHOWN ? shown : `${shown.slice(0, SHOWN)} [cut]`;
  };
}
