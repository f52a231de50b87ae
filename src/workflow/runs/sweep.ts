import type { PgBoss } from 'pg-boss';
import type { Workflow } from '../../../jobs/workflow/define-workflow.ts';
import { type Database, inside } from '../../db/database.ts';
import type { Logger } from '../../log/logger.ts';
import { notifyWork, readForgottenRuns, readStrandedRuns, repinStranded } from '../../stores/runs/sweep.ts';
import { ensureQueue, QUEUE_SCHEMA, sendRun } from '../queue/boss.ts';
import { queueName } from '../queue/queue-name.ts';
import { newestOf } from '../versions.ts';

export interface SweepOptions {
  readonly database: Database;
  readonly boss: PgBoss;
  readonly workflows: readonly Workflow[];
  readonly platformId: string;
  readonly log: Logger;
  /** After how long without a worker of its version a run has failed. */
  readonly strandedAfterMs: number;
}

/**
 * Makes sure that every open operation of the platform will be taken up: queues anew what the queue has lost, and has
 * what no worker can run any more compensated by the version that is here. Several workers may sweep at once.
 */
export async function sweep(options: SweepOptions): Promise<void> {
  const { database, boss, workflows, platformId, log } = options;
  for (const lost of await readForgottenRuns(database, platformId, QUEUE_SCHEMA)) {
    const queue = queueName(platformId, lost.workflow, lost.version);
    await ensureQueue(boss, queue);
    const sent = await database.transaction(async (tx) => {
      await notifyWork(inside(tx), platformId);
      return sendRun(boss, tx, queue, { operationId: lost.id, run: lost.run });
    });
    if (sent) log.warn({ operationId: lost.id }, 'the queue had lost a run; it is queued again');
  }
  for (const stranded of await readStrandedRuns(database, platformId, options.strandedAfterMs)) {
    const workflow = newestOf(workflows, stranded.workflow);
    if (workflow === null) continue;
    await database.transaction(async (tx) => {
      if (!(await repinStranded(tx, stranded, workflow.version))) return;
      const queue = queueName(platformId, workflow.name, workflow.version);
      await sendRun(boss, tx, queue, { operationId: stranded.id, run: stranded.run });
      await notifyWork(inside(tx), platformId);
      log.warn({ operationId: stranded.id, version: stranded.version }, 'no worker has the version of a run: it fails');
    });
  }
}
