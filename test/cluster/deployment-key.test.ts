import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DeployedWorld, startDeployedWorld } from '../support/deployed-world.ts';
import { eventually } from '../support/eventually.ts';
import { kubectl, readObjects } from '../support/kubectl.ts';

const LONG = 600_000;

let world: DeployedWorld;
beforeAll(async () => {
  world = await startDeployedWorld();
}, LONG);
afterAll(() => world?.stop(), LONG);

test(
  'refuses a rollout with another encryption key before it takes traffic, and goes on with the old one',
  async () => {
    const created = await world.api.createInstance({ name: 'shop', postgresVersion: '15', storageGib: 1 });
    await world.api.untilOver(created.operationId);
    const name = ['secret', 'toygres', '--namespace', world.deployed.system];
    const { data } = await readObjects<{ data: Record<string, string> }>(...name);
    const setKey = async (value: string) => {
      const directory = await mkdtemp('/tmp/toygres-key-');
      const file = path.join(directory, 'patch.json');
      await writeFile(file, JSON.stringify({ data: { TOYGRES_ENCRYPTION_KEY: value } }), { mode: 0o600 });
      await kubectl(['patch', ...name, '--type', 'merge', '--patch-file', file]).finally(() =>
        rm(directory, { recursive: true }),
      );
    };
    const rollout = (verb: string) =>
      kubectl(['rollout', verb, 'deployment/toygres-api', '--namespace', world.deployed.system]);
    const before = (await world.deployed.pods('api')).map(({ metadata }) => metadata.name);
    // The Secret holds the text of the key, which is base64 itself.
    await setKey(Buffer.from(Buffer.alloc(32, 1).toString('base64')).toString('base64'));
    try {
      await rollout('restart');
      const fresh = await eventually(
        async () => (await world.deployed.pods('api')).filter(({ metadata }) => !before.includes(metadata.name)),
        (pods) => (pods[0]?.status.containerStatuses?.[0]?.restartCount ?? 0) > 0,
        180_000,
      );
      expect(fresh.map(({ status }) => status.containerStatuses?.[0]?.ready)).toEqual([false]);
      // Of a container that ended or of the one after it: the node may have swept the first away.
      const logs = ['logs', '--namespace', world.deployed.system, fresh[0]?.metadata.name ?? ''];
      await eventually(
        async () =>
          (await Promise.all([logs, [...logs, '--previous']].map((args) => kubectl(args).catch(() => null))))
            .map((log) => log?.text ?? '')
            .join('\n'),
        (text) => text.includes('TOYGRES_ENCRYPTION_KEY: the records hold secrets'),
        120_000,
      );
      const still = (await world.deployed.pods('api')).map(({ metadata }) => metadata.name);
      expect(still.filter((pod) => before.includes(pod)).sort()).toEqual([...before].sort());
      expect(await world.api.instance(created.id)).toMatchObject({ state: 'RUNNING' });
    } finally {
      await setKey(data.TOYGRES_ENCRYPTION_KEY ?? '');
      await rollout('restart');
    }
    await world.deployed.untilRolledOut();
  },
  LONG,
);
