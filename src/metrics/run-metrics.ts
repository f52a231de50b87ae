import type { Meter } from '@opentelemetry/api';
import { TERMINAL_OPERATION_STATES } from '../../schema/states.ts';
import { LONG_SECONDS } from './buckets.ts';

/** What a worker of this process tells of its runs. */
export interface RunMetrics {
  /**
   * A worker that can run these is about to begin. Their counters show 0 from now on: of a series that begins with 1
   * Prometheus cannot tell that anything happened.
   */
  begin(workflows: readonly string[]): void;
  runClaimed(claim: { readonly workflow: string; readonly takeover: boolean }): void;
  stepEnded(step: {
    readonly workflow: string;
    readonly step: string;
    readonly end: string;
    readonly seconds: number;
  }): void;
  runEnded(run: { readonly workflow: string; readonly end: string }): void;
}

/** Counts what the workers of this process do; a process without workers shows none of it. */
export function createRunMetrics(meter: Meter): RunMetrics {
  const claims = meter.createCounter('toygres_worker_claims_total', {
    description: 'Runs that this worker took in hand.',
  });
  const takeovers = meter.createCounter('toygres_worker_takeovers_total', {
    description: 'Of these, runs that another attempt had before: its worker died, lost its connection or stopped.',
  });
  const steps = meter.createHistogram('toygres_step_duration_seconds', {
    description: 'How long this worker was at a step, with its waits and attempts.',
    advice: { explicitBucketBoundaries: LONG_SECONDS },
  });
  const ends = meter.createCounter('toygres_operations_ended_total', {
    description: 'Operations that this worker brought to their end.',
  });
  return {
    begin(workflows) {
      for (const workflow of workflows) {
        for (const counter of [claims, takeovers]) counter.add(0, { workflow });
        for (const end of TERMINAL_OPERATION_STATES) ends.add(0, { workflow, end: end.toLowerCase() });
      }
    },
    runClaimed({ workflow, takeover }) {
      claims.add(1, { workflow });
      if (takeover) takeovers.add(1, { workflow });
    },
    stepEnded: ({ seconds, ...labels }) => steps.record(seconds, labels),
    runEnded: ({ workflow, end }) => ends.add(1, { workflow, end: end.toLowerCase() }),
  };
}
