import { JobFailure } from '../../attempt/failure.ts';
import type { WalRange } from './backup-manifest.ts';

/** Files of the log that passed, with their sizes. */
export type LogSegments = Map<string, number>;

const SMALLEST_SEGMENT = 1n << 20n;
const LARGEST_SEGMENT = 1n << 30n;

/** Holds the manifest's parts of the log against where the server said that the backup begins and ends. Throws a JobFailure. */
export function checkRanges(ranges: readonly WalRange[], startLsn: string, endLsn: string): void {
  const isBackwards = ranges.some((range) => parseLsn(range.endLsn) <= parseLsn(range.startLsn));
  const isOther =
    !ranges.some((range) => parseLsn(range.startLsn) === parseLsn(startLsn)) ||
    !ranges.some((range) => parseLsn(range.endLsn) === parseLsn(endLsn));
  if (isBackwards || isOther) {
    throw new JobFailure('the base backup names other places of its log in its list of files than in its answer');
  }
}

/**
 * Looks whether all of the log is there that makes a base backup consistent. Throws a JobFailure naming the first segment
 * that is missing.
 */
export function checkLogSegments(ranges: readonly WalRange[], segments: LogSegments): void {
  const segmentBytes = BigInt(Math.max(0, ...segments.values()));
  if (segmentBytes === 0n || ranges.length === 0) throw new JobFailure('the base backup holds no log');
  const isPowerOfTwo = (segmentBytes & (segmentBytes - 1n)) === 0n;
  if (!isPowerOfTwo || segmentBytes < SMALLEST_SEGMENT || segmentBytes > LARGEST_SEGMENT) {
    throw new JobFailure('the base backup holds segments of a log that no server writes');
  }
  for (const { timeline, startLsn, endLsn } of ranges) {
    const last = (parseLsn(endLsn) - 1n) / segmentBytes;
    for (let number = parseLsn(startLsn) / segmentBytes; number <= last; number += 1n) {
      const name = segmentName(timeline, number, segmentBytes);
      if (segments.get(name) === Number(segmentBytes)) continue;
      throw new JobFailure(`the base backup lacks ${name} of the log and cannot be made consistent`);
    }
  }
}

function parseLsn(lsn: string): bigint {
  const [high = '', low = ''] = lsn.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

/** As PostgreSQL names the files in pg_wal: the timeline, and the number in two halves. */
function segmentName(timeline: number, number: bigint, segmentBytes: bigint): string {
  const perHigh = 0x1_0000_0000n / segmentBytes;
  const hex = (value: bigint) => value.toString(16).toUpperCase().padStart(8, '0');
  return `${hex(BigInt(timeline))}${hex(number / perHigh)}${hex(number % perHigh)}`;
}
