import type { FailureRecord } from '../../jobs/ports/records.ts';
import type { Workflow } from '../../jobs/workflow/define-workflow.ts';
import { isTerminal, type TerminalState } from '../../schema/states.ts';
import type { ClaimedRun } from '../stores/runs/claim.ts';
import { endOperation, lockRun } from '../stores/runs/ending.ts';
import { backoffMs } from '../waiting/backoff.ts';
import { pause } from '../waiting/pause.ts';
import { compensate } from './compensation.ts';
import { cancelledFailure, describeFailure } from './failure.ts';
import { letLeftBehindEnd } from './left-behind.ts';
import { persist } from './persist.ts';
import { Interrupted, type RunControl } from './runs/run-control.ts';
import type { EngineDeps, RunInHand } from './runs/run-in-hand.ts';
import { recordCause, succeed } from './runs/run-records.ts';
import { createStoryRunner } from './steps/step-runner.ts';

/** `ended`: the operation is over. `superseded`: it is another worker's. `handed-back`: it is to be taken by the next. */
export type RunEnd = 'ended' | 'superseded' | 'handed-back';

const SETTLE_ATTEMPTS = 5;

/** A run that has just been claimed, as this worker holds it. */
export function takeInHand(claimed: ClaimedRun, control: RunControl, onParked: (parked: boolean) => void): RunInHand {
  return {
    by: { id: claimed.id, run: claimed.run, fence: claimed.fence },
    workflow: claimed.workflow,
    control,
    steps: claimed.steps.map((row) => ({
      position: row.position,
      name: row.name,
      weight: row.weight,
      state: row.state,
      attempt: row.attempt,
      result: row.hasResult ? (row.result as RunInHand['steps'][number]['result']) : undefined,
      progress: row.progress,
    })),
    failure: claimed.failure,
    sequence: claimed.sequence,
    leftBehind: new Set(),
    succeeded: false,
    onParked,
  };
}

/**
 * Brings a claimed run to its end: tells its story from where it was interrupted, or, when something failed or it is
 * being cancelled, takes back what it made and settles its records. Throws only what is a fault of the engine or the
 * database's schema; then nothing has been decided about the run.
 */
export async function executeRun(
  deps: EngineDeps,
  workflow: Workflow,
  claimed: ClaimedRun,
  run: RunInHand,
): Promise<RunEnd> {
  try {
    const end = await reachEnd(deps, workflow, claimed, run);
    deps.meter.runEnded({ workflow: run.workflow, end });
    return 'ended';
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    const stopping = error.reason === 'stopping' || run.control.forward.reason === 'stopping';
    return stopping ? 'handed-back' : 'superseded';
  }
}

async function reachEnd(
  deps: EngineDeps,
  workflow: Workflow,
  claimed: ClaimedRun,
  run: RunInHand,
): Promise<TerminalState> {
  if (run.failure === null) {
    const cause = claimed.cancelling ? cancelledFailure(null) : await goForward(deps, workflow, claimed, run);
    if (cause === 'succeeded') return 'SUCCEEDED';
    if (cause !== 'recorded') await recordCause(deps, run, cause);
  }
  return goBack(deps, workflow, claimed, run);
}

/** Answers how the story ended: well, with a cause that its step has recorded, or with one that is still to be. */
async function goForward(
  deps: EngineDeps,
  workflow: Workflow,
  claimed: ClaimedRun,
  run: RunInHand,
): Promise<'succeeded' | 'recorded' | FailureRecord> {
  const runner = createStoryRunner(deps, run);
  const { id: operationId, run: number } = run.by;
  let thrown: { readonly error: unknown } | null = null;
  try {
    const input = workflow.parseInput(claimed.input);
    await workflow.run({ ...deps.services, operationId, run: number, step: runner.step }, input);
  } catch (error) {
    thrown = { error };
  }
  await runner.settled();
  if (run.succeeded) return 'succeeded';
  const { reason } = run.control.forward;
  if (reason === 'superseded') throw new Interrupted(reason);
  if (run.failure !== null) return 'recorded';
  if (reason === 'cancelled') return cancelledFailure(run.steps.find((step) => step.state === 'RUNNING')?.name ?? null);
  if (reason !== null) throw new Interrupted(reason);
  if (thrown !== null) return describeFailure(thrown.error, { operationId, step: null }, deps.log);
  return (await succeed(deps, run)) ? 'succeeded' : cancelledFailure(null);
}

async function goBack(
  deps: EngineDeps,
  workflow: Workflow,
  claimed: ClaimedRun,
  run: RunInHand,
): Promise<TerminalState> {
  let input: unknown;
  try {
    input = workflow.parseInput(claimed.input);
  } catch {
    // Nothing is known of what such a run has made: end it, and leave the rest to the reconciler.
    return end(deps, run, async () => undefined, []);
  }
  await letLeftBehindEnd(deps, run);
  const remaining = await compensate(deps, run, workflow, input);
  for (let failures = 1; ; failures += 1) {
    try {
      return await end(
        deps,
        run,
        (tx, failure) => workflow.onFailure.settle(tx, deps.services, input, failure),
        remaining,
      );
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      const { message } = describeFailure(error, { operationId: run.by.id, step: null }, deps.log);
      if (failures >= SETTLE_ATTEMPTS) {
        return end(deps, run, async () => undefined, [...remaining, `The record (${message})`]);
      }
      await pause(backoffMs(failures, { delayMs: 200, maxDelayMs: 2000 }), run.control.backward.halted);
      run.control.backward.check();
    }
  }
}

type Settle = (tx: Parameters<typeof lockRun>[0], failure: FailureRecord) => Promise<void>;

/** Writes what became of the records and ends the operation, in one transaction. */
function end(deps: EngineDeps, run: RunInHand, settle: Settle, remaining: readonly string[]): Promise<TerminalState> {
  return persist(run.control.lost, deps.log, () =>
    deps.database.transaction(async (tx) => {
      const row = await lockRun(tx, run.by);
      if (row === null) {
        run.control.supersede();
        throw new Interrupted('superseded');
      }
      if (isTerminal(row.state)) return row.state;
      const state = row.state === 'CANCELLING' ? 'CANCELLED' : 'FAILED';
      const failure = withRemainder(row.failure ?? run.failure ?? cancelledFailure(null), remaining);
      await settle(tx, failure);
      run.sequence = await endOperation(tx, row, state, failure);
      return state;
    }),
  );
}

function withRemainder(failure: FailureRecord, remaining: readonly string[]): FailureRecord {
  if (remaining.length === 0) return failure;
  const cause = failure.message.replace(/[.\s]*$/, '');
  return { ...failure, message: `${cause}. Could not be cleaned up: ${remaining.join('; ')}` };
}
