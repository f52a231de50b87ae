import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkServer } from '../../../src/upkeep/health/check-server.ts';
import { type DurablePrograms, makeDurablePrograms } from '../../support/durable/durable-programs.ts';
import { readDone, readFunctions, startFunction, writes } from '../../support/durable/durable-server.ts';
import { eventually } from '../../support/eventually.ts';
import { secrets } from '../../support/sample-rows.ts';
import { type ControlPlane, openControlPlane } from './control-plane.ts';

const MINUTES = 60_000;
let durable: DurablePrograms;
let plane: ControlPlane;
beforeAll(async () => {
  durable = await makeDurablePrograms();
  plane = await openControlPlane({ programs: [durable.programs] });
}, MINUTES);
afterAll(async () => {
  await plane?.stop();
  await durable?.stop();
}, MINUTES);

/** The server of an instance, to be asked as one of a test's own is. */
const serverOf = (instanceId: string) => ({
  query: async (_: string, sql: string) => {
    const client = await plane.connect(instanceId);
    try {
      return [await client.query(sql)].flat().at(-1)?.rows ?? [];
    } finally {
      await client.end();
    }
  },
});
const ended = (operationId: string) => plane.ended(operationId);
const untilDone = (instanceId: string, what: string) =>
  eventually(
    () => readDone(serverOf(instanceId)),
    (done) => done.includes(what),
    MINUTES,
  );

describe('the story of a server with pg_durable', () => {
  let source: string;
  let image: string;
  let cancelling: string;

  it(
    'is RUNNING when its worker is alive, so that functions can be started on it',
    async () => {
      const { instanceId, operationId, notices } = await plane.createInstance({
        name: 'durable',
        imageType: 'PG_DURABLE',
      });
      expect(notices.join()).toContain('without a password');
      expect(await ended(operationId)).toMatchObject({ state: 'SUCCEEDED', percent: 100, failure: null });
      expect((await plane.steps(operationId)).map(({ state }) => state)).toEqual(Array(9).fill('SUCCEEDED'));
      source = instanceId;
      const server = serverOf(source);
      await server.query(
        'postgres',
        `CREATE TABLE public.done (what text); CREATE ROLE clerk LOGIN; GRANT INSERT ON public.done TO clerk;
       SELECT df.grant_usage('clerk')`,
      );
      await startFunction(server, 'payment', [writes('one'), { signal: 'go' }, writes('two')], 'clerk');
      await untilDone(source, 'one');
    },
    2 * MINUTES,
  );

  it(
    'is imaged with its functions, and the image tells which had not ended',
    async () => {
      await startFunction(serverOf(source), 'soon', [{ sleep: 8 }, writes('soon')], 'clerk');
      const taken = await plane.createImage('with-functions', source);
      expect(await ended(taken.operationId)).toMatchObject({ state: 'SUCCEEDED', failure: null });
      image = taken.imageId;
      expect(await plane.image(image)).toMatchObject({
        state: 'AVAILABLE',
        imageType: 'PG_DURABLE',
        extensions: expect.arrayContaining([{ database: 'postgres', name: 'pg_durable', version: '0.2.5' }]),
        durable: { version: '0.2.5', unfinished: 2 },
        notices: [],
      });
    },
    2 * MINUTES,
  );

  it(
    'restored while it lives, its copy cancels them, and it goes on alone',
    async () => {
      const { instanceId, operationId, notices } = await plane.createInstance({ name: 'copy', sourceImageId: image });
      expect(notices.join()).toMatch(/CANCEL, since its source "durable" still exists.*2 durable functions: "payment"/);
      expect(await ended(operationId)).toMatchObject({ state: 'SUCCEEDED', percent: 100, failure: null });
      expect(await plane.notices(operationId)).toEqual([
        '2 durable functions that had not ended were cancelled; no step of them ran here',
      ]);
      cancelling = instanceId;
      const copy = serverOf(cancelling);
      expect(await readFunctions(copy)).toEqual({ payment: 'cancelled', soon: 'cancelled' });
      await copy.query('postgres', `SELECT df.signal(id, 'go') FROM df.instances`);
      await serverOf(source).query('postgres', `SELECT df.signal(id, 'go') FROM df.instances WHERE label = 'payment'`);
      await untilDone(source, 'two');
      await untilDone(source, 'soon');
      await startFunction(copy, 'new', [{ sleep: 1 }, writes('new')], 'clerk');
      await untilDone(cancelling, 'new');
      expect(await readDone(copy)).toEqual(['new', 'one']);
    },
    3 * MINUTES,
  );

  it(
    'is stopped in order though its worker holds connections, and is well again when it is started',
    async () => {
      expect(await plane.act('stop', cancelling)).toMatchObject({ state: 'SUCCEEDED' });
      expect(await plane.act('start', cancelling)).toMatchObject({ state: 'SUCCEEDED' });
      await startFunction(serverOf(cancelling), 'later', [writes('later')], 'clerk');
      await untilDone(cancelling, 'later');
    },
    2 * MINUTES,
  );

  it(
    'restored by a server with another version of pg_durable is refused, unless the upgrade is allowed',
    async () => {
      await durable.offer('0.2.6');
      const refused = await plane.createInstance({ name: 'refused', sourceImageId: image });
      const { state, failure } = await ended(refused.operationId);
      expect(state).toBe('FAILED');
      expect(failure?.message).toMatch(/pg_durable 0\.2\.5, and this server has 0\.2\.6.*allowExtensionUpgrade: true/);
      const allowed = await plane.createInstance({
        name: 'allowed',
        sourceImageId: image,
        allowExtensionUpgrade: true,
      });
      expect(await ended(allowed.operationId)).toMatchObject({ state: 'SUCCEEDED', failure: null });
      expect((await plane.notices(allowed.operationId))[0]).toContain('version 0.2.6 now');
      await plane.act('delete', allowed.instanceId);
      await durable.offer('0.2.5');
    },
    3 * MINUTES,
  );

  it(
    'restored when it is gone, its functions go on in the copy',
    async () => {
      expect(await plane.act('delete', source)).toMatchObject({ state: 'SUCCEEDED' });
      const { instanceId, operationId, notices } = await plane.createInstance({ name: 'heir', sourceImageId: image });
      expect(notices.join()).toMatch(/RESUME, since its source "durable" is gone/);
      expect(await ended(operationId)).toMatchObject({ state: 'SUCCEEDED', failure: null });
      await untilDone(instanceId, 'soon');
      const heir = serverOf(instanceId);
      await heir.query('postgres', `SELECT df.signal(id, 'go') FROM df.instances WHERE label = 'payment'`);
      await untilDone(instanceId, 'two');
      expect(await readDone(heir)).toEqual(['one', 'soon', 'two']);
      await plane.act('delete', instanceId);
    },
    3 * MINUTES,
  );

  it(
    'whose worker was switched off is UNHEALTHY with that cause, and comes back so from an image',
    async () => {
      await serverOf(cancelling).query('postgres', `ALTER SYSTEM SET pg_durable.max_duroxide_connections = 1`);
      expect(await plane.act('restart', cancelling)).toMatchObject({ state: 'SUCCEEDED' });
      const { rows } = await plane.database.pool.query('SELECT * FROM cms.instances WHERE id = $1', [cancelling]);
      const verdict = await checkServer(
        { ...plane.services, secrets, log: plane.log, timeoutMs: 10_000 },
        {
          ...(await plane.instance(cancelling)),
          encryptedPassword: rows[0].encrypted_password,
        },
      );
      expect(verdict).toMatchObject({ status: 'UNHEALTHY', message: expect.stringContaining('refuses to start') });
      const taken = await plane.createImage('switched-off', cancelling);
      expect(await ended(taken.operationId)).toMatchObject({ state: 'SUCCEEDED' });
      const copy = await plane.createInstance({ name: 'off', sourceImageId: taken.imageId });
      expect(await ended(copy.operationId)).toMatchObject({ state: 'SUCCEEDED', failure: null });
      expect((await plane.notices(copy.operationId)).at(-1)).toContain(
        'does not run here. The worker refuses to start',
      );
    },
    3 * MINUTES,
  );
});
