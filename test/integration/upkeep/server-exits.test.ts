import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { openUpkeepWorld, type UpkeepWorld } from './upkeep-world.ts';

let world: UpkeepWorld;
beforeAll(async () => {
  world = await openUpkeepWorld();
});
afterAll(() => world.stop());

test('the end of a server is told once, also where it ended before the first look', async () => {
  const spec = await world.createServer();
  const { hasExited } = world.platform;
  const data = path.join(world.home.stateDirectory, 'servers', spec.namespace, spec.resourceName, 'volume/pgdata');
  const kill = async () =>
    process.kill(Number((await readFile(path.join(data, 'postmaster.pid'), 'utf8')).split('\n')[0]), 'SIGKILL');
  expect(await hasExited(spec)).toBe(false);
  await kill();
  await eventually(
    () => hasExited(spec),
    (isOver) => isOver,
  );
  expect(await hasExited(spec)).toBe(false);

  const other = await world.createServer();
  await world.platform.stopServer(other);
  expect(await hasExited(other)).toBe(true);
  expect(await hasExited(other)).toBe(false);
});
