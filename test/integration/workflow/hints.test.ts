import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { defineWorkflow } from '../../../jobs/workflow/define-workflow.ts';
import { claimRun } from '../../../src/stores/runs/claim.ts';
import { giveHints } from '../../../src/stores/runs/hints.ts';
import { writeStep } from '../../../src/stores/runs/steps.ts';
import { AnyInput, nothingToSettle, useBench } from './bench.ts';

const workflows = [
  defineWorkflow('hinted', '1.0.0', AnyInput)
    .steps({ One: 1, Two: 1 })
    .onFailure(nothingToSettle)
    .run(async ({ step }) => {
      await step('One', async () => undefined);
      await step.commit('Two', async () => undefined);
    }),
];
const bench = useBench();
const CHANNELS = ['toygres_events', 'toygres_changes'] as const;
let heard: string[] = [];
const proofs = new Set<string>();
beforeEach(async ({ onTestFinished }) => {
  for (const channel of CHANNELS) {
    const { promise: listening, resolve } = Promise.withResolvers<void>();
    const unsubscribe = bench.listener.subscribe(channel, (payload) => {
      if (payload === null) resolve();
      else if (payload.startsWith(PROOF)) proofs.add(`${channel} ${payload}`);
      else heard.push(payload);
    });
    onTestFinished(unsubscribe);
    // The connection may listen to it already, of an earlier test.
    await Promise.race([listening, hearProof([channel])]);
  }
  heard = [];
});

const PROOF = 'proof ';

/** Notifications of one server come in the order of commits: what was committed before this has been heard after it. */
async function hearProof(channels: readonly string[] = CHANNELS): Promise<void> {
  for (;;) {
    const proof = PROOF + randomUUID();
    await bench.database.pool.query(`SELECT pg_notify(channel, $1) FROM unnest($2::text[]) channel`, [
      proof,
      [...channels],
    ]);
    try {
      const isHeard = () => channels.every((channel) => proofs.has(`${channel} ${proof}`));
      await expect.poll(isHeard).toBe(true);
      return;
    } catch {
      // Nobody listened yet.
    }
  }
}

describe('hints of what a worker writes', () => {
  it('are not part of the transactions in which steps are written, and are told by those who wrote', async () => {
    const id = await bench.enqueue(workflows, 'hinted');
    await hearProof();
    heard = [];
    const claimed = await claimRun(bench.database, id, 1);
    if (claimed === null) throw new Error('the run could not be claimed');
    const begin = { position: 1, attempt: 1, progress: null, failure: null, percent: 0 } as const;
    await writeStep(bench.database, claimed, { ...begin, kind: 'begin' });
    await writeStep(bench.database, claimed, { ...begin, kind: 'succeed', percent: 50 });
    await hearProof();
    expect(heard).toEqual([]);
    await giveHints(bench.database, [{ operationId: id, sequence: 4 }]);
    await expect.poll(() => [...heard].sort()).toEqual([`${id}:4`, `operation:${id}`].sort());
  });

  it('say of a whole run how far its events have come, though several are told together', async () => {
    const id = await bench.enqueue(workflows, 'hinted');
    await bench.worker(workflows);
    await bench.reach(id, 'SUCCEEDED');
    const last = (await bench.events(id)).at(-1)?.sequence;
    await expect.poll(() => heard).toContain(`${id}:${last}`);
    expect(heard).toContain(`operation:${id}`);
  });
});
