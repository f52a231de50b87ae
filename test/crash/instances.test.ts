import { afterAll, beforeAll, expect, it } from 'vitest';
import { asClient, fill, logInAsOwner } from './facts.ts';
import { type Death, deathsOf, type Example, expectAllTried, expectNoTrace } from './plan.ts';
import type { Plan } from './points.ts';
import { type Begin, emptyTally, runUndisturbed } from './waves.ts';
import { openWorld, type Verb, type World } from './world.ts';

const MINUTES = 60_000;
const tally = emptyTally();
/** Instances that are RUNNING or STOPPED, for the workflows that need one. */
const supply = { RUNNING: [] as string[], STOPPED: [] as string[] };
const examples = new Map<string, Example>();
let world: World;
let count = 0;
beforeAll(async () => {
  world = await openWorld();
}, 10 * MINUTES);
afterAll(async () => {
  await world?.stop();
}, 10 * MINUTES);

const create: Begin = () => {
  count += 1;
  return world.createInstance(`crash-${count}`);
};
const from =
  (state: keyof typeof supply, verb: Verb): Begin =>
  () => {
    const id = supply[state].shift();
    if (id === undefined) throw new Error(`no ${state} instance is left to ${verb}`);
    return world.act(verb, id);
  };
const begins: Readonly<Record<string, Begin>> = {
  'create-instance': create,
  'restart-instance': from('RUNNING', 'restart'),
  'stop-instance': from('RUNNING', 'stop'),
  'start-instance': from('STOPPED', 'start'),
  'grow-volume': from('RUNNING', 'grow'),
  'delete-instance-after-image': from('RUNNING', 'delete after an image'),
  'rotate-credentials': from('RUNNING', 'rotateCredentials'),
  'rotate-owner-credentials': from('RUNNING', 'rotateOwnerCredentials'),
  'delete-instance': () => from(supply.STOPPED.length > 0 ? 'STOPPED' : 'RUNNING', 'delete')(),
};

const beginOf = (workflow: string): Begin => begins[workflow] ?? create;

/** Runs the workflows undisturbed, and remembers how they went. */
async function show(...which: readonly (readonly [string, Plan])[]): Promise<void> {
  const runs = await runUndisturbed(
    world,
    which.map(([workflow, plan]) => ({ begin: beginOf(workflow), plan })),
  );
  for (const [index, [workflow, plan]] of which.entries()) {
    const run = runs[index];
    if (run === undefined) throw new Error('a run is missing');
    examples.set(`${workflow} ${plan}`, { ...run, workflow, plan, begin: beginOf(workflow) });
    await keep(run.subject.instanceId);
  }
}

async function keep(id: string | null): Promise<void> {
  if (id === null) return;
  const { state } = await world.core.services.instances.read(id);
  if (state === 'RUNNING' || state === 'STOPPED') supply[state].push(id);
}

const exampleOf = (workflow: string, plan: Plan): Example => {
  const example = examples.get(`${workflow} ${plan}`);
  if (example === undefined) throw new Error(`${workflow} was not shown`);
  return example;
};
const deathsIn = (workflow: string) => [
  ...deathsOf(exampleOf(workflow, 'succeed')),
  ...deathsOf(exampleOf(workflow, 'fail')),
];

/** Makes as many instances as a wave needs. */
async function stock(state: keyof typeof supply, wanted: number): Promise<void> {
  if (state === 'STOPPED') {
    const missing = wanted - supply.STOPPED.length;
    if (missing <= 0) return;
    await stock('RUNNING', missing);
    const stops = Array.from({ length: missing }, () => ({
      begin: beginOf('stop-instance'),
      plan: 'succeed' as const,
    }));
    for (const { subject } of await runUndisturbed(world, stops)) await keep(subject.instanceId);
    return;
  }
  const missing = Math.max(0, wanted - supply.RUNNING.length);
  const creates = Array.from({ length: missing }, () => ({ begin: create, plan: 'succeed' as const }));
  for (const { subject } of await runUndisturbed(world, creates)) {
    await fill(world, subject.instanceId ?? '');
    await keep(subject.instanceId);
  }
}

/**
 * Tries deaths on running instances that nothing has failed on: a growth, a password or an image before a deletion leaves the
 * failure of an earlier operation in the record, where the example has none.
 */
async function expectNoTraceOnNewOnes(deaths: Parameters<typeof expectNoTrace>[1]) {
  const others = supply.RUNNING.splice(0);
  await stock('RUNNING', deaths.length);
  const outcomes = await expectNoTrace(world, deaths, tally);
  supply.RUNNING.push(...others);
  return outcomes;
}

it(
  'each workflow of an instance runs undisturbed, as the example to compare with',
  async () => {
    await show(['create-instance', 'succeed'], ['create-instance', 'fail']);
    await stock('RUNNING', 2);
    await fill(world, supply.RUNNING[0] ?? '');
    await show(['grow-volume', 'succeed'], ['grow-volume', 'fail']);
    await show(['rotate-credentials', 'succeed'], ['rotate-credentials', 'fail']);
    await show(['rotate-owner-credentials', 'succeed'], ['rotate-owner-credentials', 'fail']);
    await show(['restart-instance', 'succeed'], ['restart-instance', 'fail']);
    await show(['stop-instance', 'succeed'], ['stop-instance', 'fail']);
    await show(['start-instance', 'succeed'], ['start-instance', 'fail']);
    await stock('RUNNING', 2);
    await show(['delete-instance-after-image', 'succeed'], ['delete-instance-after-image', 'fail']);
    await stock('RUNNING', 2);
    await show(['delete-instance', 'succeed'], ['delete-instance', 'fail']);
  },
  40 * MINUTES,
);

it(
  'a creation whose worker dies ends as if it had not, whether it succeeds or is taken back',
  async () => {
    for (const { subject } of await expectNoTrace(world, deathsIn('create-instance'), tally)) {
      if (subject.instanceId === null) continue;
      const { state } = await world.core.services.instances.read(subject.instanceId);
      if (state === 'RUNNING') await fill(world, subject.instanceId);
      await keep(subject.instanceId);
    }
  },
  40 * MINUTES,
);

it(
  'a restart, stop or start whose worker dies ends as if it had not',
  async () => {
    const [restarts, stops, starts] = [
      deathsIn('restart-instance'),
      deathsIn('stop-instance'),
      deathsIn('start-instance'),
    ];
    await stock('RUNNING', restarts.length + stops.length + starts.length);
    await stock('STOPPED', starts.length);
    for (const { subject } of await expectNoTrace(world, [...restarts, ...stops, ...starts], tally)) {
      await keep(subject.instanceId);
    }
  },
  60 * MINUTES,
);

it(
  'a growth whose worker dies ends as if it had not, with the new size or the old one',
  async () => {
    for (const { subject, point } of await expectNoTraceOnNewOnes(deathsIn('grow-volume'))) {
      const { asked, has } = await world.readGrowth(subject.operationId);
      expect(has).toBe(point.plan === 'succeed' ? asked : asked - 1);
      await keep(subject.instanceId);
    }
  },
  40 * MINUTES,
);

it(
  'a password whose replacement dies is one that logs in, and the recorded one',
  async () => {
    for (const { subject } of await expectNoTraceOnNewOnes(deathsIn('rotate-credentials'))) {
      // With the recorded password.
      await asClient(world, subject.instanceId ?? '', (client) => client.query('SELECT 1'));
      await keep(subject.instanceId);
    }
  },
  40 * MINUTES,
);

it(
  'a password that nobody knows, whose replacement dies, is one that logs in all the same, and the recorded one',
  async () => {
    const begin: Begin = async () => {
      const id = supply.RUNNING.shift();
      if (id === undefined) throw new Error('no RUNNING instance is left');
      await asClient(world, id, (client) => client.query(`ALTER ROLE postgres PASSWORD 'nobody knows'`));
      return world.act('rotateCredentials', id);
    };
    const others = supply.RUNNING.splice(0);
    await stock('RUNNING', 2);
    const deaths: Death[] = [];
    for (const plan of ['succeed', 'fail'] as const) {
      const [run] = await runUndisturbed(world, [{ begin, plan }]);
      if (run === undefined) throw new Error('a run is missing');
      if (plan === 'succeed') expect([...run.trace.keys()].join()).toContain('ensureLogin');
      deaths.push(...deathsOf({ ...run, workflow: 'rotate-credentials', plan, begin }));
      await keep(run.subject.instanceId);
    }
    for (const { subject } of await expectNoTraceOnNewOnes(deaths)) {
      await asClient(world, subject.instanceId ?? '', (client) => client.query('SELECT 1'));
      await keep(subject.instanceId);
    }
    supply.RUNNING.push(...others);
  },
  40 * MINUTES,
);

it(
  'a password of the owner whose replacement dies is one that logs in, and the recorded one',
  async () => {
    for (const { subject } of await expectNoTraceOnNewOnes(deathsIn('rotate-owner-credentials'))) {
      await logInAsOwner(world, subject.instanceId ?? '');
      await keep(subject.instanceId);
    }
  },
  40 * MINUTES,
);

it(
  'a deletion whose worker dies ends as if it had not, with nothing left',
  async () => {
    const deaths = deathsIn('delete-instance');
    await stock('RUNNING', deaths.length - supply.STOPPED.length);
    await expectNoTrace(world, deaths, tally);
    expect(tally.points).toBeGreaterThan(0);
  },
  40 * MINUTES,
);

it(
  'a deletion after an image whose worker dies ends as if it had not: no data goes without the image',
  async () => {
    for (const { subject } of await expectNoTraceOnNewOnes(deathsIn('delete-instance-after-image'))) {
      const { rows } = await world.core.database.pool.query(
        `SELECT i.state AS instance, m.state AS image FROM cms.operations o
         JOIN cms.instances i ON i.id = o.instance_id JOIN cms.images m ON m.id = o.image_id WHERE o.id = $1`,
        [subject.operationId],
      );
      expect([
        { instance: 'DELETED', image: 'AVAILABLE' },
        { instance: 'DELETING', image: 'AVAILABLE' },
      ]).toContainEqual(rows[0]);
    }
  },
  60 * MINUTES,
);

it('deaths were tried in every workflow of the suite', () => expectAllTried('instances', tally));
