import { Interrupted, type Phase } from '../runs/run-control.ts';

export interface AttemptLimits {
  readonly timeoutMs: number | null;
  /** What the attempt failed of when the time is over. */
  readonly timeoutError: () => Error;
  /** How long work that was told to end may take to do so before it is left alone. */
  readonly settleMs: number;
  /** Told of work that is left behind, again when its time is over for another reason; the promise does not reject. */
  readonly onLeftBehind?: (work: Promise<void>) => void;
}

/**
 * Runs one attempt with a signal that is aborted when the time is over or the phase's work should end, and waits a while
 * for the work to heed it: what then still succeeds has succeeded. Throws the timeout error, Interrupted, or what the
 * work threw. Work that does not heed its signal is left behind; its outcome is dropped.
 */
export async function runAttempt<T>(
  phase: Phase,
  limits: AttemptLimits,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  let timedOut: Error | null = null;
  let settled: Promise<void> | null = null;
  const { promise: abandoned, reject: abandon } = Promise.withResolvers<never>();
  const end = (reason: Error) => {
    controller.abort(reason);
    const leave = () => {
      if (settled !== null) limits.onLeftBehind?.(settled);
      abandon(reason);
    };
    timers.push(setTimeout(leave, limits.settleMs));
  };
  const onAbort = () => end(new Interrupted(phase.reason ?? 'superseded'));
  phase.aborted.addEventListener('abort', onAbort, { once: true });
  if (limits.timeoutMs !== null) {
    const onTimeout = () => {
      timedOut = limits.timeoutError();
      end(timedOut);
    };
    timers.push(setTimeout(onTimeout, limits.timeoutMs));
  }
  try {
    if (phase.aborted.aborted) throw new Interrupted(phase.reason ?? 'superseded');
    const working = (async () => work(controller.signal))();
    settled = working.then(
      () => undefined,
      () => undefined,
    );
    return await Promise.race([working, abandoned]);
  } catch (error) {
    // An error after the abort is its echo, whatever it says.
    if (phase.aborted.aborted) throw new Interrupted(phase.reason ?? 'superseded');
    throw timedOut ?? error;
  } finally {
    phase.aborted.removeEventListener('abort', onAbort);
    for (const timer of timers) clearTimeout(timer);
  }
}
