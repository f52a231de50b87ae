import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { PgBoss } from 'pg-boss';
import * as z from 'zod';
import { operationEvents, operationSteps, operations } from '../../../drizzle/tables/index.ts';
import type { Json } from '../../../jobs/ports/json.ts';
import type { WorkflowServices } from '../../../jobs/workflow/context.ts';
import type { Workflow } from '../../../jobs/workflow/define-workflow.ts';
import type { OperationQueue, Order } from '../../../jobs/workflow/operation-queue.ts';
import type { OperationState } from '../../../schema/states.ts';
import type { Database } from '../../../src/db/database.ts';
import { createListener, type Listener } from '../../../src/db/listener.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { startBoss } from '../../../src/workflow/queue/boss.ts';
import { createOperationQueue } from '../../../src/workflow/queue/operation-queue.ts';
import { createWorker, type Worker, type WorkerOptions } from '../../../src/workflow/worker.ts';
import { pauseBetweenLooks } from '../../support/eventually.ts';
import { useShared } from '../../support/shared.ts';
import { createTestDatabase } from '../../support/test-database.ts';

export const log = createLogger(process.env.TEST_LOG === undefined ? 'silent' : 'debug');

/** The workflows of these tests touch no port. */
export const noServices: WorkflowServices = new Proxy({} as WorkflowServices, {
  get: (_target, name) => {
    throw new Error(`a test workflow uses the port ${String(name)}`);
  },
  ownKeys: () => [],
});

export const AnyInput = z.record(z.string(), z.json());
export const nothingToSettle = { settle: async () => undefined };

/** A queue whose verbs have a transaction each. */
export interface BenchQueue extends Pick<OperationQueue, 'enqueue'> {
  cancel(operationId: string): Promise<void>;
  retry(operationId: string): Promise<void>;
}

export interface Bench {
  readonly url: string;
  readonly database: Database;
  readonly boss: PgBoss;
  readonly listener: Listener;
  readonly platformId: string;
  queue(workflows: readonly Workflow[]): BenchQueue;
  /** A started worker, stopped with the bench. */
  worker(workflows: readonly Workflow[], options?: Partial<WorkerOptions>): Promise<Worker>;
  enqueue(workflows: readonly Workflow[], name: string, input?: Json): Promise<string>;
  read(id: string): Promise<typeof operations.$inferSelect>;
  steps(id: string): Promise<(typeof operationSteps.$inferSelect)[]>;
  events(id: string): Promise<(typeof operationEvents.$inferSelect)[]>;
  /** Waits until the operation is in one of the states. */
  reach(id: string, ...states: OperationState[]): Promise<typeof operations.$inferSelect>;
  stop(): Promise<void>;
}

/** Waits until the look answers with something other than null, false or undefined. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T> | T,
  timeoutMs = 120_000,
): Promise<NonNullable<T>> {
  const since = performance.now();
  for (const deadline = Date.now() + timeoutMs; ; ) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await pauseBetweenLooks(since);
  }
}

export async function openBench(): Promise<Bench> {
  const { url, database, stop } = await createTestDatabase();
  const boss = await startBoss({ url, log });
  const listener = createListener({ url, log });
  await listener.start();
  const platformId = `local:${randomUUID()}`;
  const workers: Worker[] = [];
  const read = async (id: string) => {
    const [row] = await database.orm.select().from(operations).where(eq(operations.id, id));
    if (row === undefined) throw new Error(`no operation ${id}`);
    return row;
  };
  const queue = (workflows: readonly Workflow[]): BenchQueue => {
    const { enqueue, cancel, retry } = createOperationQueue({ boss, platformId, workflows, services: noServices });
    return {
      enqueue,
      cancel: (id) => database.transaction((tx) => cancel(tx, id, AN_ORDER.actor)),
      retry: (id) => database.transaction((tx) => retry(tx, id)),
    };
  };
  const queues = new WeakMap<readonly Workflow[], BenchQueue>();
  return {
    url,
    database,
    boss,
    listener,
    platformId,
    queue,
    read,
    async worker(workflows, options = {}) {
      const worker = createWorker({
        database,
        boss,
        listener,
        workflows,
        services: noServices,
        platformId,
        concurrency: 4,
        log,
        release: 'test',
        settleMs: 500,
        leftBehindMs: 500,
        ...options,
      });
      workers.push(worker);
      await worker.start();
      return worker;
    },
    enqueue(workflows, name, input = {}) {
      const of = queues.get(workflows) ?? queue(workflows);
      queues.set(workflows, of);
      return database.transaction((tx) => of.enqueue(tx, named(workflows, name), input, AN_ORDER));
    },
    steps: (id) =>
      database.orm
        .select()
        .from(operationSteps)
        .where(eq(operationSteps.operationId, id))
        .orderBy(operationSteps.position),
    events: (id) =>
      database.orm
        .select()
        .from(operationEvents)
        .where(eq(operationEvents.operationId, id))
        .orderBy(operationEvents.sequence),
    reach: (id, ...states) =>
      eventually(`${states.join(' or ')} of operation ${id}`, async () => {
        const row = await read(id);
        return states.includes(row.state) ? row : null;
      }),
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop({ graceMs: 0 })));
      await listener.stop();
      await boss.stop({ graceful: false });
      await stop();
    },
  };
}

/** One bench for all tests of a file. To be called at its head. */
export const useBench = () => useShared(openBench);

/** An operation on no instance and no image. */
export const AN_ORDER: Order = {
  kind: 'CREATE_INSTANCE',
  actor: { kind: 'SYSTEM', id: null, name: 'test' },
  instanceId: null,
  imageId: null,
  excludesOnInstance: false,
  excludesOnImage: false,
};

/** The workflow of the list; what it takes was checked where it was defined. */
export function named(workflows: readonly Workflow[], name: string): Workflow<Json> {
  const found = workflows.find((workflow) => workflow.name === name);
  if (found === undefined) throw new Error(`no workflow is named ${name}`);
  return found as Workflow<Json>;
}

/** The numbers 1, 2, 3 ... as a stored event sequence must be. */
export const countTo = (length: number) => Array.from({ length }, (_, index) => index + 1);

/** Runs one operation of the workflow to one of its ends. */
export async function runToEnd(bench: Bench, workflow: Workflow) {
  const workflows = [workflow];
  await bench.worker(workflows);
  const id = await bench.enqueue(workflows, workflow.name);
  const operation = await bench.reach(id, 'SUCCEEDED', 'FAILED', 'CANCELLED');
  return { id, operation, steps: await bench.steps(id), events: await bench.events(id) };
}
