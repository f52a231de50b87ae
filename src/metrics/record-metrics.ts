import type { BatchObservableResult, Meter } from '@opentelemetry/api';
import {
  ALERT_KINDS,
  DRIFT_KINDS,
  DRILL_STATES,
  HEALTH_STATUSES,
  IMAGE_STATES,
  INSTANCE_STATES,
  JOB_STATES,
  OPERATION_KINDS,
  OPERATION_STATES,
  READINESS_STATUSES,
} from '../../schema/states.ts';
import type { ReadRecordCounts, RecordCounts } from './record-counts.ts';

const OPEN_DRIFT = ['PENDING', 'REPORTED'] as const;

const lower = (text: string) => text.toLowerCase();

/** Gauges of what the records say at the moment of a scrape; without them when they cannot be read. */
export function createRecordMetrics(meter: Meter, read: ReadRecordCounts): void {
  const gauge = (name: string, description: string) => meter.createObservableGauge(`toygres_${name}`, { description });
  const up = gauge('records_up', 'Whether the records could be read for this scrape.');
  const operations = gauge('operations', 'Operations on record, by kind and state.');
  const instances = gauge('instances', 'Instances on record, by state and health.');
  const images = gauge('images', 'Images on record, by state.');
  const imageBytes = gauge('images_stored_bytes', 'What the files of available images take in the blob store.');
  const jobs = gauge('jobs', 'Backup, restore and verify jobs on record, by state.');
  const drift = gauge('drift', 'Differences between the records and the platform or the blob store.');
  const depth = gauge('queue_depth', 'Runs that wait for a worker.');
  const age = gauge('queue_oldest_age_seconds', 'How long the longest of them has waited; 0 when none waits.');
  const workers = gauge('workers', 'Workers of this platform that were seen of late.');
  const servers = gauge(
    'instance_up',
    'Of each running instance: 1 healthy, 0 not, NaN not known. Only where asked for.',
  );

  const alerts = gauge('alerts_open', 'Alerts that are not over, by kind.');
  const readiness = gauge('instances_readiness', 'Instances by how well they could be brought back.');
  const lookedAgo = gauge(
    'readiness_age_seconds',
    'How long ago all instances were looked at for how well they could be brought back; what is said of it is of then.',
  );
  const oldest = gauge(
    'oldest_image_age_seconds',
    'The age of the data of the newest image of that instance of each readiness where it is oldest.',
  );
  const imageAge = gauge(
    'image_age_seconds',
    'Of each instance the age of the data of its newest image. Only where asked for.',
  );

  const drills = gauge('drills', 'Drills of images on record, by state.');
  const oldestDrill = gauge(
    'oldest_drill_age_seconds',
    'How long ago the last drill passed, of that instance of each readiness where it is longest.',
  );
  const longestRecovery = gauge(
    'longest_recovery_seconds',
    'How long it took until a server answered, of that instance of each readiness where it is longest.',
  );
  const drillAge = gauge(
    'drill_age_seconds',
    'Of each instance how long ago the last drill of its images passed. Only where asked for.',
  );
  const recovery = gauge(
    'recovery_seconds',
    'Of each instance how long its last drill that passed took until the server answered. Only where asked for.',
  );

  function observe(result: BatchObservableResult, counts: RecordCounts): void {
    const of = <T extends { readonly count: number }>(rows: readonly T[], is: (row: T) => boolean) =>
      rows.find(is)?.count ?? 0;
    for (const kind of OPERATION_KINDS)
      for (const state of OPERATION_STATES) {
        const count = of(counts.operations, (row) => row.kind === kind && row.state === state);
        result.observe(operations, count, { kind: lower(kind), state: lower(state) });
      }
    for (const state of INSTANCE_STATES)
      for (const health of HEALTH_STATUSES) {
        const count = of(counts.instances, (row) => row.state === state && row.health === health);
        result.observe(instances, count, { state: lower(state), health: lower(health) });
      }
    for (const state of IMAGE_STATES)
      result.observe(
        images,
        of(counts.images, (row) => row.state === state),
        { state: lower(state) },
      );
    const available = counts.images.find(({ state }) => state === 'AVAILABLE');
    result.observe(imageBytes, available?.sizeBytes ?? 0);
    for (const kind of new Set(['backup', 'restore', 'verify', ...counts.jobs.map((row) => row.kind)]))
      for (const state of JOB_STATES) {
        const count = of(counts.jobs, (row) => row.kind === kind && row.state === state);
        result.observe(jobs, count, { kind, state: lower(state) });
      }
    for (const kind of DRIFT_KINDS)
      for (const state of OPEN_DRIFT) {
        const count = of(counts.drift, (row) => row.kind === kind && row.state === state);
        result.observe(drift, count, { kind: lower(kind), state: lower(state) });
      }
    result.observe(depth, counts.queue.depth);
    result.observe(age, counts.queue.oldestSeconds);
    result.observe(workers, counts.liveWorkers);
    for (const kind of ALERT_KINDS)
      result.observe(
        alerts,
        of(counts.alerts, (row) => row.kind === kind),
        { kind: lower(kind) },
      );
    if (counts.readinessAgeSeconds !== null) result.observe(lookedAgo, counts.readinessAgeSeconds);
    for (const status of READINESS_STATUSES) {
      const row = counts.readiness.find((one) => one.status === status);
      result.observe(readiness, row?.count ?? 0, { status: lower(status) });
      if (row?.oldestSeconds != null) result.observe(oldest, row.oldestSeconds, { status: lower(status) });
      if (row?.oldestDrillSeconds != null) {
        result.observe(oldestDrill, row.oldestDrillSeconds, { status: lower(status) });
      }
      if (row?.longestRecoverySeconds != null) {
        result.observe(longestRecovery, row.longestRecoverySeconds, { status: lower(status) });
      }
    }
    for (const state of DRILL_STATES) {
      const count = of(counts.drills, (row) => row.state === state);
      result.observe(drills, count, { state: lower(state) });
    }
    for (const { name, namespace, seconds, recoverySeconds } of counts.proofs ?? []) {
      result.observe(drillAge, seconds, { name, namespace });
      if (recoverySeconds !== null) result.observe(recovery, recoverySeconds, { name, namespace });
    }
    for (const { name, namespace, seconds } of counts.imageAges ?? []) {
      result.observe(imageAge, seconds, { name, namespace });
    }
    for (const { name, namespace, health } of counts.servers ?? []) {
      const value = { HEALTHY: 1, UNHEALTHY: 0, UNKNOWN: Number.NaN }[health];
      result.observe(servers, value, { name, namespace });
    }
  }

  meter.addBatchObservableCallback(
    async (result) => {
      let counts: RecordCounts;
      try {
        counts = await read();
      } catch {
        result.observe(up, 0);
        return;
      }
      result.observe(up, 1);
      observe(result, counts);
    },
    [
      up,
      operations,
      instances,
      images,
      imageBytes,
      jobs,
      drift,
      depth,
      age,
      workers,
      servers,
      alerts,
      readiness,
      lookedAgo,
      oldest,
      imageAge,
      drills,
      oldestDrill,
      longestRecovery,
      drillAge,
      recovery,
    ],
  );
}
