import type { FailureRecord } from '../../../jobs/ports/records.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { isTerminal } from '../../../schema/states.ts';
import { inside } from '../../db/database.ts';
import { endOperation, lockRun, recordFailure } from '../../stores/runs/ending.ts';
import { type StepWrite, type WriteOutcome, writeStep, writeStepInside } from '../../stores/runs/steps.ts';
import { cancelledFailure } from '../failure.ts';
import { persist } from '../persist.ts';
import { percentOfRun } from '../steps/progress.ts';
import { Interrupted } from './run-control.ts';
import type { EngineDeps, RunInHand, StepInHand } from './run-in-hand.ts';

type StepChange = Pick<StepWrite, 'kind' | 'attempt' | 'result' | 'progress' | 'failure'>;

/**
 * Writes what became of a step, waiting for the database if need be, and takes the same into memory. Throws Interrupted
 * when another worker has taken over, or when a step was to begin of an operation that is being cancelled.
 */
export async function changeStep(
  deps: EngineDeps,
  run: RunInHand,
  step: StepInHand,
  change: StepChange,
): Promise<void> {
  const write = toWrite(run, step, change);
  const outcome = await persist(run.control.lost, deps.log, () => writeStep(deps.database, run.by, write));
  deps.teller.tell(run.by.id, heed(run, outcome));
  remember(step, write);
}

function toWrite(run: RunInHand, step: StepInHand, change: StepChange): StepWrite {
  const state = change.kind === 'succeed' ? 'SUCCEEDED' : 'RUNNING';
  const steps = run.steps.map((each) => (each === step ? { ...each, state, progress: change.progress } : each));
  return { ...change, position: step.position, percent: percentOfRun(steps) };
}

function remember(step: StepInHand, write: StepWrite): void {
  step.state = write.kind === 'succeed' ? 'SUCCEEDED' : 'RUNNING';
  step.attempt = write.attempt;
  step.progress = write.progress;
  step.result = write.result;
}

function heed(run: RunInHand, outcome: WriteOutcome): number {
  if (outcome.kind === 'superseded') {
    run.control.supersede();
    throw new Interrupted('superseded');
  }
  if (outcome.kind === 'cancelling' || outcome.state === 'CANCELLING') run.control.cancel();
  if (outcome.kind === 'cancelling') throw new Interrupted('cancelled');
  run.sequence = Math.max(run.sequence, outcome.sequence);
  return outcome.sequence;
}

/**
 * Commits the caller's writes with the step's success, and with the operation's too when the step is the last declared.
 * Refused (Interrupted) once the operation is CANCELLING: then the caller's writes are not made.
 */
export async function commitStep(
  deps: EngineDeps,
  run: RunInHand,
  step: StepInHand,
  write: (tx: Transaction) => Promise<void>,
): Promise<void> {
  const last = step === run.steps.at(-1);
  const success = toWrite(run, step, {
    kind: 'succeed',
    attempt: step.attempt,
    result: undefined,
    progress: step.progress,
    failure: null,
  });
  await persist(run.control.lost, deps.log, () =>
    deps.database.transaction(async (tx) => {
      const row = await lockRun(tx, run.by);
      if (row === null) return void heed(run, { kind: 'superseded' });
      // The answer to an earlier commit of ours was lost.
      if (isTerminal(row.state)) return;
      if (row.state === 'CANCELLING') return void heed(run, { kind: 'cancelling' });
      await write(tx);
      const sequence = heed(run, await writeStepInside(inside(tx), run.by, success));
      if (last) run.sequence = await endOperation(tx, { ...row, sequence }, 'SUCCEEDED', null);
    }),
  );
  deps.teller.tell(run.by.id, run.sequence);
  remember(step, success);
  if (last) run.succeeded = true;
}

/** Ends a run whose story has been told to the end. False when it was cancelled before. */
export function succeed(deps: EngineDeps, run: RunInHand): Promise<boolean> {
  return persist(run.control.lost, deps.log, () =>
    deps.database.transaction(async (tx) => {
      const row = await lockRun(tx, run.by);
      if (row === null) throw new Interrupted('superseded');
      if (isTerminal(row.state)) return true;
      if (row.state === 'CANCELLING') return false;
      run.sequence = await endOperation(tx, row, 'SUCCEEDED', null);
      return true;
    }),
  );
}

/** Records why the run turns back; of several causes the first one stands, and a cancellation before it counts as one. */
export async function recordCause(deps: EngineDeps, run: RunInHand, cause: FailureRecord): Promise<void> {
  run.failure = await persist(run.control.lost, deps.log, () =>
    deps.database.transaction(async (tx) => {
      const row = await lockRun(tx, run.by);
      if (row === null) {
        run.control.supersede();
        throw new Interrupted('superseded');
      }
      return recordFailure(tx, row, cause, row.state === 'CANCELLING' ? cancelledFailure(cause.step) : cause);
    }),
  );
}
