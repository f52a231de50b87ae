import type { JobSpec } from '../../jobs/ports/platform/jobs.ts';
import type { Platform } from '../../jobs/ports/platform/platform.ts';

/** How much a backup may take from who else works where it does. */
export interface BackupLimits {
  /** What it reads a second at most, in bytes; null: as fast as it can. */
  readonly maxBytesPerSecond: number | null;
  /** From 0 to 19: how far its programs give way to others on the processor. */
  readonly nice: number;
}

/** The same platform, whose backup jobs keep to the limits. */
export function limitBackups<P extends Platform>(platform: P, { maxBytesPerSecond, nice }: BackupLimits): P {
  if (maxBytesPerSecond === null && nice === 0) return platform;
  const limits = {
    ...(maxBytesPerSecond === null ? {} : { TOYGRES_MAX_RATE_KILOBYTES: String(Math.ceil(maxBytesPerSecond / 1024)) }),
    ...(nice === 0 ? {} : { TOYGRES_NICE: String(nice) }),
  };
  const limited = (spec: JobSpec): JobSpec =>
    spec.kind === 'backup' ? { ...spec, parameters: { ...spec.parameters, ...limits } } : spec;
  return { ...platform, ensureJob: (spec: JobSpec) => platform.ensureJob(limited(spec)) };
}
