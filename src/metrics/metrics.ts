import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { AggregationTemporality, InstrumentType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { type ApiMetrics, createApiMetrics } from './api-metrics.ts';
import { createProcessMetrics } from './process-metrics.ts';
import type { ReadRecordCounts } from './record-counts.ts';
import { createRecordMetrics } from './record-metrics.ts';
import { remembered } from './remembered.ts';
import { createRunMetrics, type RunMetrics } from './run-metrics.ts';
import { createStreamMetrics, type StreamMetrics } from './stream-metrics.ts';

/** The media type of what `render` gives. */
export const METRICS_MEDIA_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const RECORDS_KEPT_MS = 5000;
/** What takes longer than this is left out of a scrape; Prometheus itself waits 10 s. */
const RENDER_TIMEOUT_MS = 5000;
/** The library folds what is beyond into one series; only gauges of each instance come near. */
const MAX_SERIES = 20_000;

/** What one process measures, and the page that shows it. Nothing leaves the process by itself. */
export interface Metrics {
  readonly runs: RunMetrics;
  readonly api: ApiMetrics;
  readonly streams: StreamMetrics;
  /** Adds gauges of the records, read when the page is, at most every few seconds. Once only. */
  observeRecords(read: ReadRecordCounts): void;
  /** The page in Prometheus's text format. What cannot be read in time is left out of it. */
  render(): Promise<string>;
  stop(): Promise<void>;
}

/** Collects when it is asked to. */
class PageReader extends MetricReader {
  constructor() {
    super({
      // A cumulative gauge would show for ever what was once observed: instances that are gone, records that were read.
      aggregationTemporalitySelector: (type) =>
        type === InstrumentType.OBSERVABLE_GAUGE ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE,
      cardinalitySelector: () => MAX_SERIES,
    });
  }

  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** Measures one process; several in one process (as tests have them) know nothing of each other. */
export function createMetrics(build: { readonly release: string; readonly mode: string }): Metrics {
  const reader = new PageReader();
  const provider = new MeterProvider({ readers: [reader] });
  const meter = provider.getMeter('toygres');
  const serializer = new PrometheusSerializer('', false, undefined, true, true);
  createProcessMetrics(meter, build);
  return {
    runs: createRunMetrics(meter),
    api: createApiMetrics(meter),
    streams: createStreamMetrics(meter),
    observeRecords: (read) => createRecordMetrics(meter, remembered(RECORDS_KEPT_MS, read)),
    async render() {
      const { resourceMetrics } = await reader.collect({ timeoutMillis: RENDER_TIMEOUT_MS });
      return serializer.serialize(resourceMetrics);
    },
    stop: () => provider.shutdown(),
  };
}
