import { afterAll, beforeAll, expect, it } from 'vitest';
import { workflows } from '../../jobs/registry.ts';
import { type DurablePrograms, makeDurablePrograms } from '../support/durable/durable-programs.ts';
import { openSupply, type Supply } from './supply.ts';
import { auditWorld, untilOver } from './waves.ts';
import { openWorld, type World } from './world.ts';

const MINUTES = 60_000;
let durable: DurablePrograms;
let world: World;
let supply: Supply;
beforeAll(async () => {
  durable = await makeDurablePrograms();
  world = await openWorld({ programsDirectory: durable.programs.directory });
  supply = openSupply(world);
}, 10 * MINUTES);
afterAll(async () => {
  await world?.stop();
  await durable?.stop();
}, 10 * MINUTES);

/** A step that writes records in the transaction that ends the operation. */
const isCommit = (step: string | undefined) => /^(Mark|Record) /.test(step ?? '');

it.each(workflows)(
  '$name, cancelled in each of its steps, ends CANCELLED with nothing left; in the last commit it has succeeded',
  async (workflow) => {
    const begins = await supply.beginsOf(workflow.name, workflow.steps.length);
    const subjects = await Promise.all(begins.map((begin) => begin()));
    const stepOf = new Map(subjects.map(({ operationId }, at) => [operationId, workflow.steps[at]?.name]));
    const answers = new Map<string, Promise<unknown>>();
    const worker = await world.startWorker({
      failing: new Set(),
      observe: async (operationId, moment) => {
        const step = stepOf.get(operationId);
        if (step === undefined || moment !== `${step}: begun` || answers.has(operationId)) return;
        const asked = world.cancel(operationId).then(
          () => 'accepted',
          (error: { code?: string }) => error.code,
        );
        answers.set(operationId, asked);
        // A commit holds the operation's row: the cancellation waits for it, and comes too late.
        if (!isCommit(step)) await asked;
      },
    });
    await untilOver(world, subjects);
    await worker.stop({ graceMs: 5000 });

    const { rows } = await world.core.database.pool.query<{ id: string; state: string; code: string | null }>(
      `SELECT id, state, failure->>'code' AS code FROM cms.operations WHERE id = ANY($1)`,
      [[...stepOf.keys()]],
    );
    const endOf = new Map(rows.map(({ id, state, code }) => [id, { state, code }]));
    const ends = await Promise.all(
      [...stepOf].map(async ([id, step]) => [step, { ...endOf.get(id), answer: await answers.get(id) }]),
    );
    expect(Object.fromEntries(ends)).toEqual(
      Object.fromEntries(
        workflow.steps.map(({ name }) => [
          name,
          isCommit(name)
            ? { state: 'SUCCEEDED', code: null, answer: 'CONFLICT' }
            : { state: 'CANCELLED', code: 'CANCELLED', answer: 'accepted' },
        ]),
      ),
    );
    expect(await auditWorld(world)).toEqual([]);
  },
  15 * MINUTES,
);
