import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LocalPlatform } from '../../src/platform/local/local-platform.ts';
import { openLocalState } from './local-state.ts';
import { bundledRunner } from './runner.ts';

/** Every job of a test runs what its parameter PROGRAM says, so that tests need no script of the product. */
const SCRIPT = 'eval "$PROGRAM"\n';

export interface LocalHome {
  readonly directory: string;
  readonly stateDirectory: string;
  /** Another control plane on the same state. */
  open(jobConcurrency?: number, jobMemoryBytes?: number): Promise<LocalPlatform>;
  /** Stops whatever runs and removes everything. */
  stop(): Promise<void>;
}

export async function createLocalHome(): Promise<LocalHome> {
  const directory = await mkdtemp('/tmp/toygres-local-');
  await chmod(directory, 0o755);
  await mkdir(path.join(directory, 'scripts'));
  for (const kind of ['backup', 'restore']) {
    await writeFile(path.join(directory, 'scripts', `${kind}.sh`), SCRIPT);
  }
  const runner = await bundledRunner();
  return {
    directory,
    stateDirectory: path.join(directory, 'state'),
    open: (jobConcurrency = 3, jobMemoryBytes) => openLocalState(directory, jobConcurrency, runner, jobMemoryBytes),
    stop: async () => {
      const platform = await openLocalState(directory, 1, runner);
      await platform.suspend();
      await platform.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
