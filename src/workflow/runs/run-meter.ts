import type { TerminalState } from '../../../schema/states.ts';

/** How a step's stay with a worker ended. `interrupted`: handed back or taken over; it goes on elsewhere. */
export type StepEnd = 'succeeded' | 'failed' | 'cancelled' | 'interrupted';

/**
 * Told what happens to runs, for whoever measures it; a worker without one tells nobody. Called after what it tells of has
 * been recorded, once each; what it throws ends the run's attempt, so it must not throw.
 */
export interface RunMeter {
  /** `takeover`: an earlier attempt had it, which died or handed it back. */
  runClaimed(claim: { readonly workflow: string; readonly takeover: boolean }): void;
  /** `seconds`: from when this worker turned to it, with its waits and attempts. */
  stepEnded(step: {
    readonly workflow: string;
    readonly step: string;
    readonly end: StepEnd;
    readonly seconds: number;
  }): void;
  runEnded(run: { readonly workflow: string; readonly end: TerminalState }): void;
}

/** Measures nothing. */
export const silentMeter: RunMeter = {
  runClaimed: () => undefined,
  stepEnded: () => undefined,
  runEnded: () => undefined,
};
