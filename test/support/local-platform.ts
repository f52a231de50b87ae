import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createLogger } from '../../src/log/logger.ts';
import { createLocalPlatform, type LocalPlatform } from '../../src/platform/local/local-platform.ts';
import { findPostgresPrograms } from '../../src/postgres-programs/find.ts';
import { readServerIdentity } from '../../src/postgres-programs/identity.ts';

/** Every job of a test runs what its parameter PROGRAM says, so that tests need no script of the product. */
const SCRIPT = 'eval "$PROGRAM"\n';

export interface LocalHome {
  readonly directory: string;
  readonly stateDirectory: string;
  /** Another control plane on the same state. */
  open(jobConcurrency?: number): Promise<LocalPlatform>;
  /** Stops whatever runs and removes everything. */
  stop(): Promise<void>;
}

/** The state and scripts of a local platform below /tmp, which the unprivileged user can enter. */
export async function openLocalState(directory: string, jobConcurrency: number): Promise<LocalPlatform> {
  return createLocalPlatform({
    homeId: 'test',
    stateDirectory: path.join(directory, 'state'),
    programs: await findPostgresPrograms(null),
    identity: await readServerIdentity(),
    azcopyPath: null,
    scriptsDirectory: path.join(directory, 'scripts'),
    supervisorPath: path.resolve(import.meta.dirname, '../../templates/local/supervise.sh'),
    jobConcurrency,
    namespaces: ['test'],
    log: createLogger('silent'),
  });
}

export async function createLocalHome(): Promise<LocalHome> {
  const directory = await mkdtemp('/tmp/toygres-local-');
  await chmod(directory, 0o755);
  await mkdir(path.join(directory, 'scripts'));
  for (const kind of ['backup', 'restore']) {
    await writeFile(path.join(directory, 'scripts', `${kind}.sh`), SCRIPT);
  }
  return {
    directory,
    stateDirectory: path.join(directory, 'state'),
    open: (jobConcurrency = 3) => openLocalState(directory, jobConcurrency),
    stop: async () => {
      const platform = await openLocalState(directory, 1);
      await platform.suspend();
      await platform.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
