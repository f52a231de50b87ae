import type { Meter } from '@opentelemetry/api';
import { LONG_SECONDS } from './buckets.ts';

/** What a worker of this process tells of its runs. */
export interface RunMetrics {
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
    runClaimed({ workflow, takeover }) {
      claims.add(1, { workflow });
      // 0 begins the series: a rate over it is known from the first takeover on.
      takeovers.add(takeover ? 1 : 0, { workflow });
    },
    stepEnded: ({ seconds, ...labels }) => steps.record(seconds, labels),
    runEnded: ({ workflow, end }) => ends.add(1, { workflow, end: end.toLowerCase() }),
  };
}
