import { expect, test } from 'vitest';
import type { JobSpec } from '../../../jobs/ports/platform/jobs.ts';
import type { Platform } from '../../../jobs/ports/platform/platform.ts';
import { limitBackups } from '../../../src/app/limit-backups.ts';
import { readConfig } from '../../../src/config/env.ts';

async function parametersOf(kind: JobSpec['kind'], settings: Readonly<Record<string, string>>) {
  const specs: JobSpec[] = [];
  const platform = {
    ensureJob: async (spec: JobSpec) => {
      specs.push(spec);
      return spec;
    },
  } as unknown as Platform;
  const spec = { kind, parameters: { PGHOST: 'a' } } as unknown as JobSpec;
  await limitBackups(platform, readConfig(settings).backupLimits).ensureJob(spec);
  return specs[0]?.parameters;
}

test('backups alone are told of the limits that are configured', async () => {
  const limits = { TOYGRES_BACKUP_MAX_RATE: '20MB', TOYGRES_BACKUP_NICE: '10' };
  expect(await parametersOf('backup', limits)).toEqual({
    PGHOST: 'a',
    TOYGRES_MAX_RATE_KILOBYTES: '19532',
    TOYGRES_NICE: '10',
  });
  expect(await parametersOf('restore', limits)).toEqual({ PGHOST: 'a' });
  expect(await parametersOf('backup', {})).toEqual({ PGHOST: 'a' });
});

test.each(['20', '20 MB/s', '31kB', '2GB', '0MB', 'fast'])('a rate of %j is refused', (rate) => {
  expect(() => readConfig({ TOYGRES_BACKUP_MAX_RATE: rate })).toThrow(/TOYGRES_BACKUP_MAX_RATE: must be like 20MB/);
});
