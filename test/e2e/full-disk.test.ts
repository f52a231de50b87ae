import { execFile } from 'node:child_process';
import { rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createE2eClient, type E2eClient, TERMINAL } from '../support/e2e-client.ts';
import { query } from '../support/e2e-home-services.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';

const run = promisify(execFile);
const MIB = 1 << 20;

let home: E2eHome;
let server: E2eServer | null = null;
let api: E2eClient | null = null;
let disk: string;
let mounted = false;

/** A home on a disk of its own, which takes root: without it there is nothing to fill but the machine's. */
beforeAll(async () => {
  home = await makeE2eHome('disk');
  disk = path.dirname(home.directory);
  mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=400m,mode=755', 'tmpfs', disk]).then(
    () => true,
    () => false,
  );
});

afterAll(async () => {
  await api?.stop();
  await server?.stop();
  if (mounted) await run('umount', ['--lazy', disk]);
  await home?.stop();
});

/** Takes all room but so many bytes. */
async function fillDisk(leave: number): Promise<{ empty(): Promise<void> }> {
  const { bavail, bsize } = await statfs(disk);
  const file = path.join(disk, 'filler');
  // Until it is full where nothing is to be left: others write meanwhile.
  await writeFile(file, Buffer.alloc(Math.max(0, bavail * bsize - leave) + (leave === 0 ? MIB : 0))).catch(
    (error: NodeJS.ErrnoException) => expect(error.code).toBe('ENOSPC'),
  );
  return { empty: () => rm(file) };
}

test('a full disk fails the image with that cause, and when there is room again everything goes on', async (context) => {
  if (!mounted) context.skip('mounting a disk takes root');
  server = await home.start();
  const client = createE2eClient(server);
  api = client;
  const created = await client.createInstance({ name: 'source' });
  await client.untilOver(created.operationId);
  // Bytes that no compression makes smaller, so that the dump needs as much room again.
  await query(
    await client.login(created.id),
    'postgres',
    `CREATE TABLE noise AS SELECT n, string_agg(sha512((n * 1000 + k)::text::bytea), '') AS bytes
     FROM generate_series(1, 500) n, generate_series(1, 1000) k GROUP BY n; CHECKPOINT`,
  );

  const nearly = await fillDisk(20 * MIB);
  const failing = await client.createImage({ name: 'too-large', instanceId: created.id });
  const failed = await client.untilOver(failing.operationId, 'FAILED');
  expect(failed.failure?.message).toMatch(/too little room for the dump on the disk of the job/);
  await nearly.empty();
  await client.retry(failing.operationId);
  await client.untilOver(failing.operationId);
  expect(await client.image(failing.id)).toMatchObject({ state: 'AVAILABLE', failure: null });

  // Wholly full: even the records cannot be written any more.
  const wholly = await fillDisk(0);
  const outcome = await client
    .createImage({ name: 'no-room', instanceId: created.id })
    .catch((error: { code?: string }) => error);
  await wholly.empty();
  await eventually(
    () =>
      client.request('{ viewer { name } images { totalCount } }').then(
        () => true,
        () => false,
      ),
    (answers) => answers,
    300_000,
  );
  if ('operationId' in outcome) {
    const { operationId } = outcome;
    await eventually(
      () => client.operation(operationId),
      ({ state }) => TERMINAL.includes(state),
      300_000,
    );
  } else expect(outcome.code).toBe('UNAVAILABLE');
  const last = await client.createImage({ name: 'after-all', instanceId: created.id });
  await client.untilOver(last.operationId);
});
