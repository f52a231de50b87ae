import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCase } from '../../support/case-server.ts';
import { type ControlPlane, openControlPlane } from './control-plane.ts';

let plane: ControlPlane;
beforeAll(async () => {
  plane = await openControlPlane();
});
afterAll(() => plane?.stop());

/** What real servers hold: each comes back whole, or with what a drill must call by its name. */
const CASES: readonly (readonly [name: string, found: readonly string[]])[] = [
  ['alter-role-all', []],
  // A row of its stock that was changed, which no dump carries, and of which only a restore learns.
  ['changes-to-an-extension-table', ['EXTENSION_OBJECT_CHANGED']],
  ['check-reads-another-table', []],
  ['child-dropped-not-null', []],
  ['citext-turns-case-sensitive', []],
  ['database-setting-that-bends-the-load', []],
  ['earthdistance-index', []],
  ['extension-version-kept', []],
  ['hash-partitions-of-an-enum', []],
  ['orphaned-foreign-key', ['CONSTRAINT_NOT_VALID']],
  ['matview-over-a-foreign-table', []],
];

it.each(CASES)(
  'a drill of a server with %s finds what is so, and nothing else',
  async (name, expected) => {
    const created = await plane.createInstance({ name });
    expect(await plane.ended(created.operationId)).toMatchObject({ state: 'SUCCEEDED' });
    const { endpoint } = await plane.instance(created.instanceId);
    const password = await plane.password(created.instanceId);
    if (!endpoint) throw new Error('the instance has no endpoint');
    await makeCase({ host: endpoint.host, port: endpoint.port, user: 'postgres', password } as never, name);
    const taken = await plane.createImage(name, created.instanceId, 'ROWS');
    expect(await plane.ended(taken.operationId)).toMatchObject({ state: 'SUCCEEDED' });
    const begun = await plane.verifyImage(taken.imageId);
    await plane.ended(begun.operationId);
    const { findings, failure } = await plane.drill(begun.drillId);
    const told = new Set((await plane.image(taken.imageId)).findings.map(({ code }) => code));
    const news = findings.filter(({ severity, code }) => severity !== 'INFO' && !told.has(code));
    expect(
      news.map(({ code }) => code),
      JSON.stringify({ findings, failure }),
    ).toEqual(expected);
    expect(await plane.act('delete', created.instanceId)).toMatchObject({ state: 'SUCCEEDED' });
  },
  300_000,
);
