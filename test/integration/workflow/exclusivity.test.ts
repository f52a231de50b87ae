import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { instances } from '../../../drizzle/tables/index.ts';
import { defineWorkflow } from '../../../jobs/workflow/define-workflow.ts';
import { AppError } from '../../../schema/errors.ts';
import { requireFree } from '../../../src/stores/operations/exclusivity.ts';
import { AN_ORDER, AnyInput, named, nothingToSettle, useBench } from './bench.ts';

const bench = useBench();
const failing = defineWorkflow('failing', '1.0.0', AnyInput)
  .steps({ Fail: 1 })
  .onFailure(nothingToSettle)
  .run(async ({ step }) => {
    await step('Fail', async () => Promise.reject(new AppError('STEP_FAILED', 'broken')));
  });
const workflows = [failing];

async function insertInstance(): Promise<string> {
  const id = randomUUID();
  await bench.database.orm.insert(instances).values({
    id,
    name: `i-${id}`,
    resourceName: `i-${id}`,
    namespace: 'n',
    platform: bench.platformId,
    imageType: 'STOCK',
    postgresVersion: '15',
    storageGib: 1,
    exposure: 'INTERNAL',
    state: 'RUNNING',
    encryptedPassword: 'x',
  });
  return id;
}

interface Wish {
  readonly instanceId?: string;
  readonly imageId?: string;
  readonly excludesOnInstance?: boolean;
  readonly excludesOnImage?: boolean;
}

/** Checks and enqueues in one transaction, as the commands do. */
function ask(wish: Wish): Promise<string> {
  const request = { ...AN_ORDER, ...wish };
  return bench.database.transaction(async (tx) => {
    await requireFree(tx, request);
    return bench.queue(workflows).enqueue(tx, named(workflows, 'failing'), {}, request);
  });
}

describe('operations on one instance', () => {
  it('exclude each other when one of them changes it', async () => {
    const instanceId = await insertInstance();
    const backup = await ask({ instanceId });
    await ask({ instanceId });
    const conflict = { code: 'CONFLICT', message: expect.stringContaining(`operation ${backup} (CREATE_INSTANCE)`) };
    await expect(ask({ instanceId, excludesOnInstance: true })).rejects.toMatchObject(conflict);

    const stopped = await insertInstance();
    const stop = await ask({ instanceId: stopped, excludesOnInstance: true });
    await expect(ask({ instanceId: stopped })).rejects.toMatchObject({ message: expect.stringContaining(stop) });
  });

  it('are decided one after the other: of ten callers at once one has it', async () => {
    const instanceId = await insertInstance();
    const asked = Array.from({ length: 10 }, () => ask({ instanceId, excludesOnInstance: true }));
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'CONFLICT' });
    }
  });

  it('do not hinder those on another one, or on an image', async () => {
    const instanceId = await insertInstance();
    const imageId = randomUUID();
    await ask({ instanceId, imageId, excludesOnImage: true });
    await ask({ instanceId: await insertInstance(), excludesOnInstance: true });
    await expect(ask({ imageId })).rejects.toMatchObject({ code: 'CONFLICT', message: /image/ });
    await ask({ imageId: randomUUID() });
    await ask({});
  });
});

describe('a retry', () => {
  it('is a CONFLICT while another operation has taken the instance, and possible when that is over', async () => {
    const instanceId = await insertInstance();
    const first = await ask({ instanceId, excludesOnInstance: true });
    const worker = await bench.worker(workflows);
    await bench.reach(first, 'FAILED');
    await worker.stop({ graceMs: 1000 });
    const second = await ask({ instanceId, excludesOnInstance: true });
    await expect(bench.queue(workflows).retry(first)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(second),
    });
    await bench.worker(workflows);
    await bench.reach(second, 'FAILED');
    await bench.queue(workflows).retry(first);
    expect(await bench.reach(first, 'FAILED')).toMatchObject({ run: 2 });
  });
});
