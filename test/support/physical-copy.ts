import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { ScriptEnd } from './job-script.ts';
import { leave, type ScriptHarness } from './script-harness.ts';
import type { SourceServer } from './source-server.ts';

/** How both ended, and where the copy lies. */
export interface PhysicalCopy {
  readonly taken: ScriptEnd;
  readonly restored: ScriptEnd;
  readonly volume: string;
}

/** Takes a PHYSICAL image of a server and brings it back into a new volume, its work held; both must succeed without a word. */
export async function copyPhysically(harness: ScriptHarness, source: SourceServer): Promise<PhysicalCopy> {
  const id = randomUUID();
  const url = `${harness.container.url}/${id}`;
  const { host, port, user, password } = source;
  const taken = await harness.runner.run('backup-physical', {
    parameters: { PGHOST: host, PGPORT: String(port), PGUSER: user, TOYGRES_IMAGE_URL: url, TOYGRES_IMAGE_ID: id },
    secrets: { password, sas: leave(harness.azurite, 'cw') },
  });
  expect(taken).toMatchObject({ exitCode: 0, errors: [] });
  const volume = await harness.runner.makeDirectory('volume');
  const { checksums } = taken.results[0] as { checksums: { sizeBytes: number; sha256: string } };
  const restored = await harness.runner.run('restore-physical', {
    parameters: {
      PGUSER: user,
      TOYGRES_IMAGE_URL: url,
      TOYGRES_IMAGE_ID: id,
      TOYGRES_VOLUME: volume,
      TOYGRES_CHECKSUMS_SHA256: checksums.sha256,
      TOYGRES_CHECKSUMS_BYTES: String(checksums.sizeBytes),
      TOYGRES_DURABLE_FUNCTIONS: 'CANCEL',
      TOYGRES_BACKGROUND_WORK: 'HOLD',
    },
    secrets: { password, sas: leave(harness.azurite, 'rl') },
  });
  expect(restored).toMatchObject({ exitCode: 0, errors: [] });
  return { taken, restored, volume };
}
