import { type Operation, OperationFailedError } from '../client/connect.ts';
import type { Output } from './output/print.ts';
import { createProgressView, type ViewedStep } from './progress-view.ts';
import type { Session } from './session.ts';

type Step = Operation['steps'][number];

function view(step: Step): ViewedStep {
  const { progress, failure } = step;
  return {
    position: step.position,
    name: step.name,
    state: step.state,
    startedAt: step.startedAt ?? null,
    finishedAt: step.finishedAt ?? null,
    failure: failure ?? null,
    progress: progress
      ? {
          percent: progress.percent ?? null,
          bytesDone: progress.bytesDone ?? null,
          bytesTotal: progress.bytesTotal ?? null,
          bytesPerSecond: progress.bytesPerSecond ?? null,
          secondsLeft: progress.secondsLeft ?? null,
          message: progress.message ?? null,
        }
      : null,
  };
}

/** Says on stderr when the server is away, and when it is there again. */
export function tellConnection(output: Output): (state: 'lost' | 'back') => void {
  return (state) => output.note(state === 'lost' ? 'The connection was lost; trying again ...' : 'Connected again.');
}

/** The operation goes on, whatever becomes of who watches. */
export class InterruptedError extends Error {}

/**
 * Shows an operation on stderr until it is over, over restarts of the server. Answers with it when it has SUCCEEDED; throws
 * OperationFailedError otherwise, and InterruptedError at Ctrl-C, which leaves it running.
 */
export async function watchOperation(
  session: Session,
  operation: Pick<Operation, 'id' | 'steps'>,
  title: string,
): Promise<Operation> {
  const { toygres, output, signal } = session;
  const shown = createProgressView(process.stderr);
  const steps = new Map(operation.steps.map((step) => [step.position, view(step)]));
  try {
    const ended = await toygres.waitForOperation(operation, {
      signal,
      onEvent: ({ step, percent, state }) => {
        if (step) steps.set(step.position, view(step));
        shown.show({ title, percent, state, steps: [...steps.values()] });
      },
      onConnection: process.stderr.isTTY ? () => undefined : tellConnection(output),
    });
    return ended;
  } catch (error) {
    if (signal.aborted && !(error instanceof OperationFailedError)) {
      throw new InterruptedError(`The operation goes on: toygres operation watch ${operation.id} shows it again`);
    }
    throw error;
  } finally {
    shown.finish();
  }
}
