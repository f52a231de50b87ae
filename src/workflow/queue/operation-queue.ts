import { randomUUID } from 'node:crypto';
import type { PgBoss } from 'pg-boss';
import type { Json } from '../../../jobs/ports/json.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { WorkflowServices } from '../../../jobs/workflow/context.ts';
import type { DeclaredStep, Workflow } from '../../../jobs/workflow/define-workflow.ts';
import { AppError } from '../../../schema/errors.ts';
import { isTerminal, type OperationKind } from '../../../schema/states.ts';
import { type Database, inside } from '../../db/database.ts';
import { requireFree } from '../../stores/operations/exclusivity.ts';
import { insertOperation, replaceSteps } from '../../stores/operations/insert.ts';
import {
  type LockedOperation,
  lockOperation,
  moveOperation,
  reopenSteps,
  tellReopened,
} from '../../stores/operations/transitions.ts';
import { readAnnouncedWorkflows } from '../../stores/runs/workers.ts';
import { newestOf } from '../versions.ts';
import { ensureQueue, type RunJob, sendRun } from './boss.ts';
import { queueName } from './queue-name.ts';

export interface OperationQueueOptions {
  readonly database: Database;
  readonly boss: PgBoss;
  readonly platformId: string;
  /** The workflows of this release. */
  readonly workflows: readonly Workflow[];
  /** What `reopen` of a retried workflow works through. */
  readonly services: WorkflowServices;
}

/** An operation that is asked for. */
export interface EnqueueRequest {
  readonly kind: OperationKind;
  readonly workflow: string;
  /** References only, never a secret: it is stored. */
  readonly input: Json;
  readonly instanceId: string | null;
  readonly imageId: string | null;
  readonly excludesOnInstance: boolean;
  readonly excludesOnImage: boolean;
  readonly requestedBy: string;
}

/** The way from a command to the workers. */
export interface OperationQueue {
  /**
   * Writes the operation QUEUED, its steps, its first event and its queue job through the caller's transaction, and
   * answers with its id: all of it is there after the commit, or nothing. It runs as the newest version that a live
   * worker of this platform has announced, or of this release when none has.
   */
  enqueue(tx: Transaction, request: EnqueueRequest): Promise<string>;
  /** Asks for the end of an operation; again while it is CANCELLING is the same. NOT_FOUND; CONFLICT when it is over. */
  cancel(operationId: string): Promise<void>;
  /**
   * Puts a FAILED operation back to QUEUED as its next run; its event sequence goes on. CONFLICT when it is not FAILED,
   * another operation is in the way, or what it reserved was taken meanwhile.
   */
  retry(operationId: string): Promise<void>;
}

type Version = { readonly name: string; readonly version: string; readonly steps: readonly DeclaredStep[] };

export function createOperationQueue(options: OperationQueueOptions): OperationQueue {
  const { database, boss, platformId, workflows, services } = options;
  const ensured = new Map<string, Promise<void>>();

  /** A worker makes its own queues; this one may be needed before any worker has ever started. */
  async function send(tx: Transaction, platform: string, version: Version, job: RunJob): Promise<void> {
    const queue = queueName(platform, version.name, version.version);
    const ready = ensured.get(queue) ?? ensureQueue(boss, queue);
    ensured.set(queue, ready);
    await ready.catch((error: unknown) => {
      ensured.delete(queue);
      throw error;
    });
    await sendRun(boss, tx, queue, job);
  }

  async function retryIn(tx: Transaction, row: LockedOperation): Promise<void> {
    const announced: readonly Version[] = await readAnnouncedWorkflows(inside(tx), row.platform);
    const own = workflows.find((each) => each.name === row.workflow && each.version === row.workflowVersion);
    const plan = own ?? newestOf(workflows, row.workflow);
    if (plan === null) {
      throw new AppError(
        'CONFLICT',
        `This release has no workflow "${row.workflow}": the operation cannot be retried.`,
      );
    }
    await requireFree(tx, row, row.id);
    await plan.onFailure.reopen?.(tx, services, plan.parseInput(row.input));

    const same = [...announced, ...workflows].find(
      (each) => each.name === row.workflow && each.version === row.workflowVersion,
    );
    // What was taken back is made anew, as the newest version does it. What stands is gone on with, by the same version.
    const startsOver = plan.onFailure.undo !== undefined || same === undefined;
    const version = startsOver ? (newestOf(announced, row.workflow) ?? plan) : same;
    if (startsOver) await replaceSteps(tx, row.id, version.steps);
    const reopened = await reopenSteps(tx, row.id);
    const run = row.run + 1;
    await moveOperation(tx, row, {
      state: 'QUEUED',
      percent: reopened.percent,
      run,
      workflowVersion: version.version,
      failure: null,
      finishedAt: null,
    });
    await tellReopened(tx, row.id, reopened);
    await send(tx, row.platform, version, { operationId: row.id, run });
  }

  return {
    async enqueue(tx, request) {
      const announced: readonly Version[] = await readAnnouncedWorkflows(inside(tx), platformId);
      const version = newestOf(announced, request.workflow) ?? newestOf<Version>(workflows, request.workflow);
      if (version === null) throw new Error(`no workflow is named ${request.workflow}`);
      const id = randomUUID();
      await insertOperation(tx, {
        ...request,
        id,
        version: version.version,
        steps: version.steps,
        platform: platformId,
      });
      await send(tx, platformId, version, { operationId: id, run: 1 });
      return id;
    },

    cancel: (operationId) =>
      database.transaction(async (tx) => {
        const row = await lockOperation(tx, operationId);
        if (row.state === 'CANCELLING') return;
        if (isTerminal(row.state)) {
          throw new AppError('CONFLICT', `The operation is over (${row.state}): there is nothing to cancel.`);
        }
        await moveOperation(tx, row, { state: 'CANCELLING', percent: row.percent });
      }),

    retry: (operationId) =>
      database.transaction(async (tx) => {
        const row = await lockOperation(tx, operationId);
        if (row.state !== 'FAILED') {
          const hint = row.state === 'CANCELLED' ? ' Ask for the same anew.' : '';
          throw new AppError('CONFLICT', `Only a FAILED operation can be retried; this one is ${row.state}.${hint}`);
        }
        await retryIn(tx, row);
      }),
  };
}
