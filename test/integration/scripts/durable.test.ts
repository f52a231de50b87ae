import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DurablePrograms, makeDurablePrograms } from '../../support/durable/durable-programs.ts';
import {
  durableSettings,
  prepareDurable,
  readDone,
  readFunctions,
  startFunction,
  untilWorkerRuns,
  writes,
} from '../../support/durable/durable-server.ts';
import { eventually } from '../../support/eventually.ts';
import {
  createScriptHarness,
  type RunChanges,
  type ScriptHarness,
  type TakenImage,
} from '../../support/script-harness.ts';
import type { SourceServer } from '../../support/source-server.ts';

const MINUTES = 60_000;
let durable: DurablePrograms;
let harness: ScriptHarness;
let settings: Record<string, string>;
let source: SourceServer;
let image: TakenImage;

/** Waits until the functions stand so. */
const untilFunctions = (server: SourceServer, wanted: Record<string, string>) =>
  eventually(
    () => readFunctions(server),
    (found) => Object.entries(wanted).every(([label, status]) => found[label] === status),
    300_000,
  );

beforeAll(async () => {
  durable = await makeDurablePrograms();
  harness = await createScriptHarness(durable.programs);
  settings = await durableSettings(harness);
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8'], settings);
  await prepareDurable(source);
  await source.query(
    'postgres',
    `CREATE ROLE clerk LOGIN; SELECT df.grant_usage('clerk'); GRANT INSERT ON public.done TO clerk;
     INSERT INTO df.vars (name, value, owner) VALUES ('rate', E'7\\t\\\\N', 'clerk')`,
  );
  await startFunction(source, 'over', [writes('over')]);
  await startFunction(source, 'waiting', [writes('waiting 1'), { signal: 'go' }, writes('waiting 2')]);
  await startFunction(source, "the clerk's", [writes('clerk 1'), { signal: 'go' }, writes('clerk 2')], 'clerk');
  await startFunction(source, 'unwanted', [{ signal: 'never' }, writes('unwanted')]);
  await untilFunctions(source, {
    over: 'completed',
    waiting: 'running',
    "the clerk's": 'running',
    unwanted: 'running',
  });
  await eventually(
    () => readDone(source),
    (done) => done.length === 3,
  );
  // Due whenever a worker looks, on the source too: nothing of it may happen in a copy that cancels.
  await startFunction(source, 'due', [{ sleep: 20 }, writes('due')]);
  image = await harness.backup(source);
}, 3 * MINUTES);
afterAll(async () => {
  await harness?.stop();
  await durable?.stop();
});
afterEach(() => durable.offer('0.2.5'));

const restore = (parameters: Record<string, string>, of = image, changes: RunChanges = {}) =>
  harness.restore(of, { ...changes, parameters });
const start = (volume: string, more: Record<string, string> = {}) =>
  harness.startRestored(volume, undefined, { ...settings, ...more });

it('an image tells the version of pg_durable, and which functions had not ended', () => {
  expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
  expect(image.end.results[0]).toMatchObject({
    notices: [],
    extensions: expect.arrayContaining([{ database: 'postgres', name: 'pg_durable', version: '0.2.5' }]),
    durable: {
      database: 'postgres',
      version: '0.2.5',
      unfinished: 4,
      functions: expect.arrayContaining([expect.objectContaining({ label: 'waiting', status: 'running' })]),
    },
  });
});

it(
  'with RESUME every function goes on in the copy, and can be seen, signalled and cancelled there',
  async () => {
    const { volume, end } = await restore({ TOYGRES_DURABLE_FUNCTIONS: 'RESUME' });
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
    expect(end.results[0]?.notices).toEqual(['4 durable functions that had not ended go on here']);
    const copy = await start(volume);
    expect(await readFunctions(copy)).toMatchObject({ over: 'completed', waiting: 'running', unwanted: 'running' });
    expect(await copy.query('postgres', 'SELECT value, owner::text FROM df.vars')).toEqual([
      { value: '7\t\\N', owner: 'clerk' },
    ]);
    await copy.query('postgres', `SELECT df.cancel(id) FROM df.instances WHERE label = 'unwanted'`);
    await copy.query('postgres', `SELECT df.signal(id, 'go') FROM df.instances WHERE status = 'running'`);
    await untilFunctions(copy, {
      over: 'completed',
      waiting: 'completed',
      "the clerk's": 'completed',
      due: 'completed',
      unwanted: 'cancelled',
    });
    expect(await readDone(copy)).toEqual(['clerk 1', 'clerk 2', 'due', 'over', 'waiting 1', 'waiting 2']);
  },
  2 * MINUTES,
);

it(
  'with CANCEL none of them does one step more, not even when it is signalled, and all can be seen as cancelled',
  async () => {
    const { volume, end } = await restore({ TOYGRES_DURABLE_FUNCTIONS: 'CANCEL' });
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
    expect(end.results[0]?.notices).toEqual([
      '4 durable functions that had not ended were cancelled; no step of them ran here',
    ]);
    const copy = await start(volume);
    await untilWorkerRuns(copy);
    expect(await readFunctions(copy)).toEqual({
      over: 'completed',
      waiting: 'cancelled',
      "the clerk's": 'cancelled',
      due: 'cancelled',
      unwanted: 'cancelled',
    });
    await copy.query('postgres', `SELECT df.signal(id, 'go') FROM df.instances`);
    // The worker has done all that it found: a function that is started now comes after everything of before.
    await startFunction(copy, 'new', [{ sleep: 6 }, writes('new')]);
    await untilFunctions(copy, { new: 'completed' });
    expect(await readDone(copy)).toEqual(['clerk 1', 'new', 'over', 'waiting 1']);
  },
  2 * MINUTES,
);

it('rows of another extension that pg_dump leaves out are named by the image, and come back empty', async () => {
  await source.query('postgres', 'CREATE DATABASE books');
  await source.query('books', `CREATE EXTENSION ledger; INSERT INTO ledger (entry) VALUES ('one')`);
  const taken = await harness.backup(source);
  await source.query('postgres', 'DROP DATABASE books');
  expect(taken.end).toMatchObject({ exitCode: 0, errors: [] });
  expect(taken.end.results[0]?.notices).toEqual([
    'database books: the rows of public.ledger belong to extension ledger, which does not have them dumped; they are not in the image',
  ]);
  const { volume } = await restore({}, taken);
  const copy = await start(volume);
  expect(await copy.query('books', 'SELECT entry FROM ledger')).toEqual([]);
  // Its numbers were given out, whoever may have kept them.
  expect(await copy.query('books', `SELECT nextval('ledger_id_seq')::int AS next`)).toEqual([{ next: 2 }]);
});

it('what else its extension was given is carried where the copy has a place for it, and named where not', async () => {
  await source.query(
    'postgres',
    `CREATE TABLE public."od d; drop" (n int); INSERT INTO public."od d; drop" VALUES (1);
     ALTER EXTENSION pg_durable ADD TABLE public."od d; drop"`,
  );
  const taken = await harness.backup(source);
  await source.query(
    'postgres',
    `ALTER EXTENSION pg_durable DROP TABLE public."od d; drop"; DROP TABLE public."od d; drop"`,
  );
  expect(taken.end).toMatchObject({ exitCode: 0, errors: [] });
  const { end } = await restore({}, taken);
  expect(end).toMatchObject({ exitCode: 0, errors: [] });
  expect(end.results[0]?.notices).toContainEqual(
    expect.stringMatching(/^the rows of public\."od d; drop".* have no place here and were left out: /),
  );
});

it(
  'what was begun while the image was taken is in it with its engine or not at all',
  async () => {
    const busy = { on: true };
    const starting = (async () => {
      for (let nth = 0; busy.on; nth += 1) await startFunction(source, `busy ${nth}`, [{ signal: 'never' }]);
    })();
    const taken = await harness.backup(source);
    busy.on = false;
    await starting;
    expect(taken.end).toMatchObject({ exitCode: 0, errors: [] });
    const { volume, end } = await restore({ TOYGRES_DURABLE_FUNCTIONS: 'RESUME' }, taken);
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
    const copy = await start(volume, { 'pg_durable.max_duroxide_connections': '1' });
    const odd = await copy.query(
      'postgres',
      `SELECT i.id, e.instance_id FROM df.instances i FULL JOIN _duroxide.instances e ON e.instance_id = i.id
     WHERE i.id IS NULL OR e.instance_id IS NULL
     UNION ALL SELECT i.id, NULL FROM df.instances i WHERE NOT EXISTS (SELECT FROM df.nodes n WHERE n.instance_id = i.id)`,
    );
    expect(odd).toEqual([]);
  },
  3 * MINUTES,
);

describe('on a server that has another version of pg_durable', () => {
  it('a restore is refused, with both versions and what to do', async () => {
    await durable.offer('0.2.6');
    const { end } = await restore({});
    expect(end.exitCode).toBe(78);
    expect(end.errors[0]).toBe(
      'the image was taken with pg_durable 0.2.5, and this server has 0.2.6: restore it on a server with 0.2.5, or allow ' +
        'the other version with allowExtensionUpgrade: true',
    );
  });

  it(
    'a restore that may upgrade it says so, and the functions go on',
    async () => {
      await durable.offer('0.2.6');
      const { volume, end } = await restore({
        TOYGRES_DURABLE_FUNCTIONS: 'RESUME',
        TOYGRES_ALLOW_EXTENSION_UPGRADE: 'true',
      });
      expect(end).toMatchObject({ exitCode: 0, errors: [] });
      expect(end.results[0]?.notices).toContain(
        'pg_durable is of version 0.2.6 now; the image was taken with 0.2.5 (ALTER EXTENSION ... UPDATE)',
      );
      const copy = await start(volume);
      expect(await copy.query('postgres', `SELECT DISTINCT priority FROM df.instances`)).toEqual([{ priority: 0 }]);
      await copy.query('postgres', `SELECT df.signal(id, 'go') FROM df.instances WHERE label = 'waiting'`);
      await untilFunctions(copy, { waiting: 'completed' });
    },
    2 * MINUTES,
  );
});

it(
  'an installation that began with an old version comes back with its engine where it was',
  async () => {
    await durable.offer('0.2.2');
    const old = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8'], settings);
    await prepareDurable(old);
    await old.query('postgres', `ALTER EXTENSION pg_durable UPDATE TO '0.2.5'`);
    await durable.offer('0.2.5');
    await startFunction(old, 'old', [{ signal: 'go' }, writes('old')]);
    await untilFunctions(old, { old: 'running' });
    const { volume, end } = await restore({ TOYGRES_DURABLE_FUNCTIONS: 'RESUME' }, await harness.backup(old));
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
    const copy = await start(volume);
    expect(await copy.query('postgres', 'SELECT df.duroxide_schema() AS engine')).toEqual([{ engine: 'duroxide' }]);
    await copy.query('postgres', `SELECT df.signal(id, 'go') FROM df.instances`);
    await untilFunctions(copy, { old: 'completed' });
    expect(await readDone(copy)).toEqual(['old']);
  },
  2 * MINUTES,
);

it('a server without pg_durable refuses the image and says what it lacks', async () => {
  const plain = await createScriptHarness();
  try {
    const volume = await plain.runner.makeDirectory('volume');
    const end = await plain.runner.run('restore.sh', harness.restoreRun(image, volume));
    expect(end.exitCode).toBe(78);
    expect(end.errors[0]).toMatch(/^the image has pg_durable 0\.2\.5, and this server has no pg_durable$/);
  } finally {
    await plain.stop();
  }
});
