import { type SQL, sql } from 'drizzle-orm';
import type { AlertKind } from '../../../schema/states.ts';
import { isBroken, newestImage, promises } from '../readiness/promises.ts';

/**
 * What should be open of each kind, as rows (thing, severity, message, remedy, instance_id, image_id, schedule_id,
 * operation_id). A rule that is quick to find and slow to let go keeps its alert from flapping.
 */
export type AlertRules = Readonly<Partial<Record<AlertKind, (platform: string) => SQL>>>;

/** The same for what hangs on the readiness of instances: of these alone, or of all with null. */
export type ReadinessRule = (platform: string, instanceIds: readonly string[] | null) => SQL;

const among = (instanceIds: readonly string[] | null) =>
  instanceIds === null ? sql`true` : sql`i.id = ANY(${sql.param(instanceIds)}::uuid[])`;

/** What failed so long ago and was not tried again is nobody's news. */
const FAILED_DAYS = 30;
const recently = (column: string) => sql.raw(`${column} > now() - interval '${FAILED_DAYS} days'`);

/** The image that failed last, unless a later one of the instance was taken well; also when that is deleted by now. */
const imageFailed = (platform: string) => sql`
  SELECT DISTINCT ON (m.source_instance_id) m.source_instance_id::text AS thing, 'CRITICAL' AS severity,
    'The image "' || m.name || '" of "' || i.name || '" failed: ' || coalesce(m.failure ->> 'message', 'no reason is on record') AS message,
    'Retry its operation, or take another image: either ends this alert.' AS remedy,
    i.id AS instance_id, m.id AS image_id, m.schedule_id,
    (SELECT o.id FROM cms.operations o WHERE o.image_id = m.id AND o.kind = 'CREATE_IMAGE' LIMIT 1) AS operation_id
  FROM cms.images m JOIN cms.instances i ON i.id = m.source_instance_id AND i.state NOT IN ('DELETED', 'FAILED')
  WHERE m.platform = ${platform} AND m.state = 'FAILED' AND ${recently('m.created_at')}
    AND coalesce(m.failure ->> 'code', '') <> 'CANCELLED'
    AND NOT EXISTS (SELECT FROM cms.images n WHERE n.source_instance_id = m.source_instance_id
      AND n.created_at > m.created_at AND n.verified_at IS NOT NULL)
  ORDER BY m.source_instance_id, m.created_at DESC`;

/** For each schedule whose promise is broken. */
const imageOverdue: ReadinessRule = (platform, instanceIds) => sql`
  SELECT i.id || ' ' || p.id AS thing, 'CRITICAL' AS severity,
    'The schedule "' || p.name || '" was due at ' || to_char(p.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      || ', and "' || i.name || '" has no image as young as that.' AS message,
    'See the runs of the schedule, and whether a worker is alive: the diagnostics say so.' AS remedy,
    i.id AS instance_id, newest.id AS image_id, p.id AS schedule_id, NULL::uuid AS operation_id
  FROM (${promises}) p
  JOIN cms.instances i ON i.platform = p.platform AND i.state = 'RUNNING'
  LEFT JOIN LATERAL (${newestImage}) newest ON true
  WHERE p.platform = ${platform} AND ${isBroken}
    AND ${among(instanceIds)}`;

/** The last drill of an instance that said something, of an image that is still there. */
const drillFailed: ReadinessRule = (platform, instanceIds) => sql`
  SELECT i.id::text AS thing, 'CRITICAL' AS severity,
    'The image "' || m.name || '" of "' || i.name || '" could not be proven: ' || coalesce(d.failure ->> 'message', 'no reason is on record') AS message,
    'See the findings of the drill. A drill of an image of this instance that passes ends this alert: take another image, and verify it.' AS remedy,
    i.id AS instance_id, m.id AS image_id, m.schedule_id, d.operation_id
  FROM cms.instances i
  CROSS JOIN LATERAL (
    SELECT d.* FROM cms.drills d WHERE d.source_instance_id = i.id AND d.state IN ('PASSED', 'FAILED')
    ORDER BY d.started_at DESC, d.id DESC LIMIT 1
  ) d
  JOIN cms.images m ON m.id = d.image_id AND m.state <> 'DELETED'
  WHERE i.platform = ${platform} AND i.state NOT IN ('DELETED', 'FAILED') AND d.state = 'FAILED' AND ${among(instanceIds)}`;

const restoreFailed = (platform: string) => sql`
  SELECT o.id::text AS thing, 'CRITICAL' AS severity,
    'The instance "' || i.name || '" could not be made from its image: ' || coalesce(o.failure ->> 'message', 'no reason is on record') AS message,
    'Retry the operation, or delete the record of the instance: either ends this alert.' AS remedy,
    i.id AS instance_id, i.source_image_id AS image_id, NULL::uuid AS schedule_id, o.id AS operation_id
  FROM cms.operations o JOIN cms.instances i ON i.id = o.instance_id AND i.state = 'FAILED' AND i.source_image_id IS NOT NULL
  WHERE o.platform = ${platform} AND o.kind = 'CREATE_INSTANCE' AND o.state = 'FAILED' AND ${recently('o.finished_at')}`;

/** Three checks in a row say that it is ill, and as many that it is well again; that nobody looked says neither. */
const instanceUnhealthy = (platform: string) => sql`
  SELECT i.id::text AS thing, 'CRITICAL' AS severity,
    'The server of "' || i.name || '" has been unhealthy for more than a minute'
      || coalesce(': ' || last.message, '.') AS message,
    'See its health checks, and its log.' AS remedy,
    i.id AS instance_id, NULL::uuid AS image_id, NULL::uuid AS schedule_id, NULL::uuid AS operation_id
  FROM cms.instances i
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE h.status = 'HEALTHY') AS well, count(*) FILTER (WHERE h.status = 'UNHEALTHY') AS ill,
      min(h.at) FILTER (WHERE h.status = 'UNHEALTHY') AS since,
      (array_agg(h.message ORDER BY h.at DESC) FILTER (WHERE h.status = 'UNHEALTHY'))[1] AS message
    FROM cms.health_checks h WHERE h.instance_id = i.id AND h.at > now() - interval '95 seconds'
  ) last
  WHERE i.platform = ${platform} AND i.state = 'RUNNING' AND (
    (i.health = 'UNHEALTHY' AND last.ill > 0 AND last.well = 0 AND last.since < now() - interval '60 seconds')
    OR ((last.ill > 0 OR last.well = 0) AND EXISTS (SELECT FROM cms.alerts a WHERE a.platform = ${platform}
      AND a.kind = 'INSTANCE_UNHEALTHY' AND a.thing = i.id::text AND a.resolved_at IS NULL)))`;

/** A run of a schedule that nothing kept from its images, or their drills, but that somebody cancelled these: no news to anybody. */
const wasCancelled = sql`EXISTS (SELECT FROM cms.scheduled_images p
    JOIN cms.operations o ON o.id = coalesce(p.drill_operation_id, p.operation_id) AND o.state = 'CANCELLED'
    WHERE p.run_id = r.id AND p.state = 'FAILED')
  AND NOT EXISTS (SELECT FROM cms.scheduled_images p
    LEFT JOIN cms.operations o ON o.id = coalesce(p.drill_operation_id, p.operation_id)
    WHERE p.run_id = r.id AND p.state = 'FAILED' AND o.state IS DISTINCT FROM 'CANCELLED')`;

const scheduleFailed = (platform: string) => sql`
  SELECT s.id::text AS thing, CASE last.state WHEN 'FAILED' THEN 'CRITICAL' ELSE 'WARNING' END AS severity,
    'The run of "' || s.name || '" that was due at ' || to_char(last.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      || CASE last.state WHEN 'FAILED' THEN ' failed. ' ELSE ' took some of its images only. ' END
      || coalesce(last.message, '') AS message,
    'See its operations. The next run that succeeds ends this alert; one can be begun now.' AS remedy,
    s.instance_id, NULL::uuid AS image_id, s.id AS schedule_id, NULL::uuid AS operation_id
  FROM cms.schedules s
  CROSS JOIN LATERAL (
    SELECT r.state, r.message, r.due_at FROM cms.schedule_runs r
    WHERE r.schedule_id = s.id AND r.state IN ('SUCCEEDED', 'PARTIAL', 'FAILED')
      AND r.due_at <= clock_timestamp() AND NOT (r.state <> 'SUCCEEDED' AND ${wasCancelled}) ORDER BY r.due_at DESC LIMIT 1
  ) last
  WHERE s.platform = ${platform} AND s.enabled AND last.state <> 'SUCCEEDED'`;

const driftReported = (platform: string) => sql`
  SELECT d.kind || ' ' || d.namespace || ' ' || d.name AS thing, 'WARNING' AS severity, d.reason AS message,
    'See what differs: it is never touched by itself.' AS remedy,
    NULL::uuid AS instance_id, NULL::uuid AS image_id, NULL::uuid AS schedule_id, NULL::uuid AS operation_id
  FROM cms.drift d WHERE d.platform = ${platform} AND d.state = 'REPORTED'`;

const retentionStopped = (platform: string) => sql`
  SELECT c.platform AS thing, 'WARNING' AS severity, 'No image is deleted by rules: ' || c.doubt AS message,
    'Nothing is lost. When the clock is right, it goes on by itself a day after the jump.' AS remedy,
    NULL::uuid AS instance_id, NULL::uuid AS image_id, NULL::uuid AS schedule_id, NULL::uuid AS operation_id
  FROM cms.clocks c WHERE c.platform = ${platform} AND c.doubted_at > now() - interval '1 day'`;

const webhookFailing = () => sql`
  SELECT w.id::text AS thing, 'WARNING' AS severity,
    'The webhook "' || w.name || '" is disabled, since for a day a message could not be delivered: ' || w.failure AS message,
    'Mend its receiver, send it a test, and enable it again.' AS remedy,
    NULL::uuid AS instance_id, NULL::uuid AS image_id, NULL::uuid AS schedule_id, NULL::uuid AS operation_id
  FROM cms.webhooks w WHERE w.failure IS NOT NULL`;

/** What changes with the readiness of an instance, and with nothing else. */
export const READINESS_RULES: Readonly<Partial<Record<AlertKind, ReadinessRule>>> = {
  IMAGE_OVERDUE: imageOverdue,
  DRILL_FAILED: drillFailed,
};

/** What else the records alone say. */
export const RECORD_RULES: AlertRules = {
  IMAGE_FAILED: imageFailed,
  RESTORE_FAILED: restoreFailed,
  INSTANCE_UNHEALTHY: instanceUnhealthy,
  SCHEDULE_FAILED: scheduleFailed,
  DRIFT_REPORTED: driftReported,
  WEBHOOK_FAILING: webhookFailing,
  RETENTION_STOPPED: retentionStopped,
};

/** The alert of a blob store that does not answer; none with null. */
export function storeUnreachable(reason: string | null): (platform: string) => SQL {
  return (platform) => sql`
    SELECT ${platform}::text AS thing, 'CRITICAL' AS severity, 'The blob store does not answer: ' || ${reason}::text AS message,
      'Check the AZURE_STORAGE_ settings, the network, and the role Storage Blob Data Contributor.' AS remedy,
      NULL::uuid AS instance_id, NULL::uuid AS image_id, NULL::uuid AS schedule_id, NULL::uuid AS operation_id
    WHERE ${reason}::text IS NOT NULL`;
}
