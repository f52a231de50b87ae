import type { PlatformObject } from '../../../jobs/ports/platform/platform.ts';
import { readJsonFile } from '../../machine/whole-file.ts';
import { listJobs } from './jobs/job-records.ts';
import type { Layout } from './layout.ts';
import {
  ConfigurationRecord,
  listServers,
  SecretRecord,
  ServerRecord,
  VolumeRecord,
} from './servers/server-records.ts';

/** All that this home holds, with the records it says it belongs to. */
export async function listLocalObjects(layout: Layout): Promise<readonly PlatformObject[]> {
  const parts = [
    { kind: 'server', suffix: '', file: 'serverRecord', schema: ServerRecord },
    { kind: 'volume', suffix: '-pvc', file: 'volumeRecord', schema: VolumeRecord },
    { kind: 'secret', suffix: '-secret', file: 'secretRecord', schema: SecretRecord },
    { kind: 'configuration', suffix: '-config', file: 'configurationRecord', schema: ConfigurationRecord },
  ] as const;
  const ofServers = (await listServers(layout)).flatMap(({ ref, paths }) =>
    parts.map(async ({ kind, suffix, file, schema }): Promise<PlatformObject[]> => {
      const record: { ownerId: string } | null = await readJsonFile<{ ownerId: string }>(paths[file], schema);
      if (record === null) return [];
      return [{ kind, namespace: ref.namespace, name: `${ref.resourceName}${suffix}`, ownerId: record.ownerId }];
    }),
  );
  const jobs = (await listJobs(layout)).map(({ record }): PlatformObject => {
    return { kind: 'job', namespace: record.namespace, name: record.name, ownerId: record.id };
  });
  return [...(await Promise.all(ofServers)).flat(), ...jobs];
}
