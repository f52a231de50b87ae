import { AppError } from '../../schema/errors.ts';
import type { Logger } from '../log/logger.ts';

type Stop = () => Promise<void> | void;

export interface StopOptions {
  /** How long it may take. Default 15 s. */
  readonly withinMs?: number;
  /** True for what ends with the process in any case: it failing to stop is no failure of the whole. Default false. */
  readonly endsWithUs?: boolean;
}

interface Entry extends Required<StopOptions> {
  readonly what: string;
  readonly stop: Stop;
}

const WITHIN_MS = 15_000;

/**
 * What was started, to be stopped in the reverse order. Each has its time, and the next one's turn comes whatever became of
 * it: nothing that is waited for can keep the rest running.
 */
export class Stops {
  readonly #log: Logger;
  readonly #signal: AbortSignal | null;
  #entries: Entry[] = [];
  #stopping: Promise<void> | null = null;

  /** `signal`: when it is aborted the start goes no further than the next thing that is started. */
  constructor(log: Logger, signal: AbortSignal | null = null) {
    this.#log = log;
    this.#signal = signal;
  }

  /** Aborted when the start is to go no further; null where nobody can ask for that. */
  get signal(): AbortSignal | null {
    return this.#signal;
  }

  /** Throws what the signal says when nothing more is to be started; what was started is among the stops then. */
  defer(what: string, stop: Stop, { withinMs = WITHIN_MS, endsWithUs = false }: StopOptions = {}): void {
    this.#entries.push({ what, stop, withinMs, endsWithUs });
    this.#signal?.throwIfAborted();
  }

  /** Hands them over: these stop nothing any more. */
  move(): Stops {
    const taken = new Stops(this.#log);
    taken.#entries = this.#entries;
    this.#entries = [];
    return taken;
  }

  /** Throws UNAVAILABLE with what may still run, when all had their turn. Again: the same promise. */
  disposeAsync(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disposeAsync();
  }

  async #stopAll(): Promise<void> {
    const left: string[] = [];
    for (const { what, stop, withinMs, endsWithUs } of this.#entries.splice(0).reverse()) {
      const failure = await this.#stopOne(stop, withinMs);
      if (failure === null) continue;
      this.#log.warn({ err: failure.error }, `${what} was not stopped in order: ${failure.reason}`);
      if (!endsWithUs) left.push(`${what} (${failure.reason})`);
    }
    if (left.length > 0) throw new AppError('UNAVAILABLE', `Not everything was stopped: ${left.join(', ')}.`);
  }

  async #stopOne(stop: Stop, withinMs: number): Promise<{ readonly reason: string; readonly error?: unknown } | null> {
    // The timer also keeps the process up: what is waited for may have nothing in hand that would.
    const { promise: late, resolve } = Promise.withResolvers<{ readonly reason: string }>();
    const timer = setTimeout(() => resolve({ reason: `it took more than ${withinMs / 1000} s` }), withinMs);
    try {
      return await Promise.race([Promise.resolve(stop()).then(() => null), late]);
    } catch (error) {
      return { reason: error instanceof Error ? error.message : 'it failed', error };
    } finally {
      clearTimeout(timer);
    }
  }
}
