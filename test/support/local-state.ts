import path from 'node:path';
import { createLogger } from '../../src/log/logger.ts';
import { createLocalPlatform, type LocalPlatform } from '../../src/platform/local/local-platform.ts';
import { findPostgresPrograms } from '../../src/postgres-programs/find.ts';
import { readServerIdentity } from '../../src/postgres-programs/identity.ts';

/** The state and scripts of a local platform below /tmp, which the unprivileged user can enter. `runnerDirectory`: as bundled beside a program. */
export async function openLocalState(
  directory: string,
  jobConcurrency: number,
  runnerDirectory = path.join(import.meta.dirname, 'runner'),
  jobMemoryBytes: number | null = null,
): Promise<LocalPlatform> {
  return createLocalPlatform({
    homeId: 'test',
    stateDirectory: path.join(directory, 'state'),
    programs: await findPostgresPrograms(null),
    identity: await readServerIdentity(),
    azcopyPath: null,
    scriptsDirectory: path.join(directory, 'scripts'),
    runnerDirectory,
    jobConcurrency,
    jobMemoryBytes,
    namespaces: ['test'],
    log: createLogger('silent'),
  });
}
