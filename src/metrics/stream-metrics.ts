import type { Meter } from '@opentelemetry/api';
import { QUICK_SECONDS } from './buckets.ts';

/** The subscriptions of the API. */
export const SUBSCRIPTIONS = [
  'operationEvents',
  'changes',
  'jobLogs',
  'jobLogBatches',
  'instanceLogs',
  'instanceLogBatches',
  'instanceChanged',
  'imageChanged',
  'operationChanged',
] as const;
export type SubscriptionName = (typeof SUBSCRIPTIONS)[number];

/** What is told of those who follow something at this process. */
export interface StreamMetrics {
  /** Somebody begins to follow; the answer is called when they leave, once. */
  joined(subscription: SubscriptionName): () => void;
  delivered(lagSeconds: number): void;
}

/** Counts those who follow something at this process. */
export function createStreamMetrics(meter: Meter): StreamMetrics {
  const following = new Map<SubscriptionName, number>(SUBSCRIPTIONS.map((name) => [name, 0]));
  const move = (name: SubscriptionName, by: number) => following.set(name, (following.get(name) ?? 0) + by);
  meter
    .createObservableGauge('toygres_subscribers', { description: 'Open subscriptions of this process.' })
    .addCallback((result) => {
      for (const [subscription, count] of following) result.observe(count, { subscription });
    });
  const lag = meter.createHistogram('toygres_event_lag_seconds', {
    description: "From an operation event's own time to when a subscriber that waited for it got it.",
    advice: { explicitBucketBoundaries: QUICK_SECONDS },
  });
  return {
    joined(subscription) {
      move(subscription, 1);
      return () => void move(subscription, -1);
    },
    // The clock of the database may be ahead of ours.
    delivered: (seconds) => lag.record(Math.max(0, seconds)),
  };
}
