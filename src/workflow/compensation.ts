import type { UndoRunner } from '../../jobs/workflow/context.ts';
import type { Workflow } from '../../jobs/workflow/define-workflow.ts';
import { AppError, isRetryable } from '../../schema/errors.ts';
import { isDatabaseUnavailable } from '../db/errors.ts';
import { readUndone } from '../stores/runs/claim.ts';
import { recordUndone } from '../stores/runs/ending.ts';
import { backoffMs } from '../waiting/backoff.ts';
import { pause } from '../waiting/pause.ts';
import { describeFailure } from './failure.ts';
import { persist } from './persist.ts';
import { Interrupted } from './runs/run-control.ts';
import type { EngineDeps, RunInHand } from './runs/run-in-hand.ts';
import { runAttempt } from './steps/attempt.ts';

const BACKOFF = { delayMs: 1000, maxDelayMs: 30_000 };
const UNDO_TIMEOUT_MS = 120_000;
/** What is no outage is tried this often: the cause may still be an order of things that passes. */
const ATTEMPTS_OF_OTHERS = 3;

/**
 * Takes back what the run made, from where an earlier attempt was interrupted. Answers with what remains, in words: what
 * could not be taken back is left, and the rest is taken back all the same. Throws Interrupted when this worker is to go
 * on no longer.
 */
export async function compensate(
  deps: EngineDeps,
  run: RunInHand,
  workflow: Workflow,
  input: unknown,
): Promise<readonly string[]> {
  const plan = workflow.onFailure;
  if (plan.undo === undefined) return [];
  const { lost } = run.control;
  const undone = await persist(lost, deps.log, () => readUndone(deps.database, run.by.id, run.by.run));
  const deadline = performance.now() + deps.undoBudgetMs - undone.elapsedMs;
  const remaining: string[] = [];
  const giveUp = (name: string, error: unknown) => {
    const { message } = describeFailure(error, { operationId: run.by.id, step: name }, deps.log);
    remaining.push(`${name} (${message})`);
  };

  const undo: UndoRunner = async (name, work) => {
    if (name === '') throw new Error('an undo step needs a name');
    run.control.backward.check();
    if (undone.names.has(name)) return;
    try {
      await retryUntil(deadline, deps, run, name, work);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      giveUp(name, error);
      return;
    }
    const mine = await persist(lost, deps.log, () => deps.database.transaction((tx) => recordUndone(tx, run.by, name)));
    if (!mine) {
      run.control.supersede();
      throw new Interrupted('superseded');
    }
  };

  try {
    await plan.undo({ ...deps.services, operationId: run.by.id, run: run.by.run, undo }, input);
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    giveUp('The clean-up', error);
  }
  run.control.backward.check();
  return remaining;
}

async function retryUntil(
  deadline: number,
  deps: EngineDeps,
  run: RunInHand,
  name: string,
  work: Parameters<UndoRunner>[1],
): Promise<void> {
  const phase = run.control.backward;
  const limits = {
    timeoutMs: UNDO_TIMEOUT_MS,
    timeoutError: () => new AppError('UNAVAILABLE', `"${name}" took longer than ${UNDO_TIMEOUT_MS / 1000} s.`),
    settleMs: deps.settleMs,
  };
  for (let failures = 0, outages = 0; ; ) {
    phase.check();
    const release = await deps.slots.take(phase.halted);
    try {
      phase.check();
      const attempt = failures + 1;
      await runAttempt(phase, limits, (signal) => work({ attempt, signal, report: () => undefined }));
      return;
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      // While the CMS does not answer nothing can be ended either: this costs no time of the compensation.
      if (isDatabaseUnavailable(error)) outages += 1;
      else failures += 1;
      const left = deadline - performance.now();
      if (failures > 0 && (left <= 0 || (!isRetryable(error) && failures >= ATTEMPTS_OF_OTHERS))) throw error;
    } finally {
      release?.();
    }
    run.onParked(true);
    const wanted = backoffMs(Math.max(1, failures, outages), BACKOFF);
    await pause(failures > 0 ? Math.min(wanted, Math.max(0, deadline - performance.now())) : wanted, phase.halted);
    run.onParked(false);
  }
}
