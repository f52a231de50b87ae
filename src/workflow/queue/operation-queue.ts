import { randomUUID } from 'node:crypto';
import type { PgBoss } from 'pg-boss';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { WorkflowServices } from '../../../jobs/workflow/context.ts';
import type { DeclaredStep, Workflow } from '../../../jobs/workflow/define-workflow.ts';
import type { OperationQueue } from '../../../jobs/workflow/operation-queue.ts';
import { AppError } from '../../../schema/errors.ts';
import { isTerminal } from '../../../schema/states.ts';
import { inside } from '../../db/database.ts';
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
  readonly boss: PgBoss;
  readonly platformId: string;
  /** The workflows of this release. */
  readonly workflows: readonly Workflow[];
  /** What `reopen` of a retried workflow works through. */
  readonly services: WorkflowServices;
}

type Version = { readonly name: string; readonly version: string; readonly steps: readonly DeclaredStep[] };

export function createOperationQueue(options: OperationQueueOptions): OperationQueue {
  const { boss, platformId, workflows, services } = options;
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
      cancelledByKind: null,
      cancelledById: null,
      cancelledByName: null,
    });
    await tellReopened(tx, row.id, reopened);
    await send(tx, row.platform, version, { operationId: row.id, run });
  }

  return {
    async enqueue(tx, { name }, input, order) {
      const announced: readonly Version[] = await readAnnouncedWorkflows(inside(tx), platformId);
      const version = newestOf(announced, name) ?? newestOf<Version>(workflows, name);
      if (version === null) throw new Error(`no workflow is named ${name}`);
      const id = randomUUID();
      await insertOperation(tx, {
        ...order,
        id,
        workflow: name,
        input,
        version: version.version,
        steps: version.steps,
        platform: platformId,
      });
      await send(tx, platformId, version, { operationId: id, run: 1 });
      return id;
    },

    async cancel(tx, operationId, actor) {
      const row = await lockOperation(tx, operationId);
      if (row.state === 'CANCELLING') return;
      if (isTerminal(row.state)) {
        throw new AppError('CONFLICT', `The operation is over (${row.state}): there is nothing to cancel.`);
      }
      await moveOperation(tx, row, {
        state: 'CANCELLING',
        percent: row.percent,
        cancelledByKind: actor.kind,
        cancelledById: actor.id,
        cancelledByName: actor.name,
      });
    },

    async retry(tx, operationId) {
      const row = await lockOperation(tx, operationId);
      if (row.state !== 'FAILED') {
        const hint = row.state === 'CANCELLED' ? ' Ask for the same anew.' : '';
        // Of one that goes on, programs are told what they can wait for.
        const details = isTerminal(row.state) ? {} : { operationId: row.id };
        const said = `Only a FAILED operation can be retried; this one is ${row.state}.${hint}`;
        throw new AppError('CONFLICT', said, { details });
      }
      await retryIn(tx, row);
    },
  };
}
