import pg from 'pg';

/** So many of each for an instance: what an installation that takes images every night comes to in some weeks. */
const IMAGES = 5;
const OPERATIONS = 10;
const CHECKS = 10;

/**
 * Fills a database of records as a platform that has had so many instances would have: half of them live (or `live`), some
 * operations of each kind, steps, jobs and events of all, drills, checks of health, runs of schedules, messages and alerts
 * that are over, and what is old and kept all the same. As a superuser: no trigger fires, so that it takes seconds.
 */
export async function fillRecords(
  connectionString: string,
  platform: string,
  instances: number,
  live: number = instances / 2,
): Promise<void> {
  const client = new pg.Client({ connectionString, application_name: 'toygres bench' });
  await client.connect();
  const run = (sql: string, ...values: unknown[]) => client.query(sql, values);
  try {
    await run(`SET session_replication_role = replica`);
    await run(
      `INSERT INTO cms.instances (id, name, resource_name, namespace, platform, image_type, postgres_version, storage_gib,
         exposure, state, health, labels, encrypted_password, created_at, updated_at)
       SELECT gen_random_uuid(), 'shop-' || md5(n::text), 'shop-' || n, 'test', $1, 'STOCK', '15', 1, 'INTERNAL',
         CASE WHEN n > 2 * $3::int OR n % 2 = 1 THEN 'DELETED' WHEN n % 50 = 0 THEN 'STOPPED' ELSE 'RUNNING' END,
         CASE WHEN n % 100 = 2 THEN 'UNHEALTHY' ELSE 'HEALTHY' END,
         jsonb_build_object('team', 'team-' || n % 500), 'x', now() - make_interval(mins => n), now() - make_interval(mins => n)
       FROM generate_series(1, $2::int) n`,
      platform,
      instances,
      live,
    );
    await run(
      `INSERT INTO cms.schedules (id, name, platform, enabled, cron, time_zone, selector, method, retention, concurrency,
         next_due_at, last_due_at, due_before_at, promised_since)
       SELECT gen_random_uuid(), 'schedule-' || n, $1, true, '0 3 * * *', 'UTC', jsonb_build_object('team', 'team-' || n), 'LOGICAL',
         '{"keepDaily": 7}', 4, now() + interval '1 hour', now() - interval '1 day', now() - interval '2 days', now() - interval '9 days'
       FROM generate_series(1, 20) n`,
      platform,
    );
    await run(
      `INSERT INTO cms.images (id, name, state, method, image_type, postgres_version, source_instance_id,
         source_instance_name, platform, source_storage_gib, labels, created_at, taken_at, schedule_id, expires_at)
       SELECT gen_random_uuid(), 'nightly-' || md5(k || '-' || i.name), CASE WHEN k = 1 THEN 'DELETED' ELSE 'AVAILABLE' END,
         CASE WHEN k = 2 THEN 'PHYSICAL' ELSE 'LOGICAL' END, 'STOCK', '15', i.id, i.name, platform, 1, i.labels,
         i.created_at + make_interval(secs => k), i.created_at + make_interval(secs => k),
         CASE WHEN k > 2 THEN (SELECT id FROM cms.schedules WHERE name = 'schedule-' || (1 + k % 20)) END,
         CASE WHEN k = 3 THEN now() + make_interval(days => 30) END
       FROM generate_series(1, $1::int) k CROSS JOIN cms.instances i`,
      IMAGES,
    );
    await run(
      `INSERT INTO cms.operations (id, kind, workflow, workflow_version, platform, state, input, requested_by,
         excludes_on_instance, excludes_on_image, instance_id, image_id, sequence, percent, created_at, started_at, finished_at)
       SELECT gen_random_uuid(), CASE WHEN k = 1 THEN 'STOP_INSTANCE' WHEN k = 2 THEN 'CREATE_INSTANCE' ELSE 'CREATE_IMAGE' END,
         'create-image', '1.0.0', m.platform, CASE WHEN random() < 0.01 THEN 'FAILED' ELSE 'SUCCEEDED' END, '{}', 'admin',
         false, false, m.source_instance_id, m.id, 3, 100, m.created_at, m.created_at, m.created_at + interval '1 minute'
       FROM cms.images m CROSS JOIN generate_series(1, $1::int) k`,
      OPERATIONS / IMAGES,
    );
    // Among the newest of what lives, so that they are kept however old they are.
    await run(
      `INSERT INTO cms.operations (id, kind, workflow, workflow_version, platform, state, input, requested_by,
         excludes_on_instance, excludes_on_image, instance_id, sequence, percent, created_at, started_at, finished_at)
       SELECT gen_random_uuid(), 'CREATE_INSTANCE', 'create-instance', '1.0.0', platform, 'SUCCEEDED', '{}', 'admin', true, false, id,
         3, 100, created_at - interval '400 days', created_at - interval '400 days', created_at - interval '400 days'
       FROM cms.instances WHERE state <> 'DELETED'`,
    );
    await run(
      `INSERT INTO cms.operations (id, kind, workflow, workflow_version, platform, state, input, requested_by,
         excludes_on_instance, excludes_on_image, sequence, percent, created_at, started_at, finished_at)
       SELECT gen_random_uuid(), 'PREFLIGHT', 'run-preflight', '1.0.0', $1, 'SUCCEEDED',
         '{"namespace": "test", "postgresVersion": "15"}', 'admin', false, false, 3, 100, now(), now(), now() - make_interval(secs => n)
       FROM generate_series(1, $2::int) n`,
      platform,
      Math.ceil(instances / 5),
    );
    await run(
      `INSERT INTO cms.operation_steps (operation_id, position, name, weight, state, attempt, started_at, finished_at)
       SELECT id, k, 'Step ' || k, 1, 'SUCCEEDED', 1, started_at, finished_at FROM cms.operations CROSS JOIN generate_series(1, 3) k`,
    );
    await run(
      `INSERT INTO cms.operation_events (operation_id, sequence, at, state, percent)
       SELECT id, k, finished_at, CASE WHEN k = 3 THEN state ELSE 'RUNNING' END, 33 * k
       FROM cms.operations CROSS JOIN generate_series(1, 3) k`,
    );
    await run(
      `INSERT INTO cms.jobs (id, operation_id, platform, kind, namespace, name, state, started_at, finished_at, created_at)
       SELECT gen_random_uuid(), id, platform, 'backup', 'test', 'backup-' || id, 'SUCCEEDED', started_at, finished_at, created_at
       FROM cms.operations WHERE kind = 'CREATE_IMAGE'`,
    );
    await run(
      `INSERT INTO cms.drills (id, image_id, source_instance_id, operation_id, platform, namespace, resource_name, state,
         started_at, finished_at, recovery_seconds)
       SELECT gen_random_uuid(), image_id, instance_id, id, platform, 'test', 'drill-' || id, 'PASSED', d.at, d.at, 60
       FROM cms.operations CROSS JOIN LATERAL (SELECT CASE WHEN id::text < '2' THEN started_at - interval '400 days' ELSE started_at END AS at) d
       WHERE kind = 'CREATE_INSTANCE' AND image_id IS NOT NULL AND id::text < '4'`,
    );
    await run(
      `INSERT INTO cms.health_checks (instance_id, at, status, latency_ms)
       SELECT id, now() - make_interval(secs => 30 * k), 'HEALTHY', 3
       FROM generate_series(1, $1::int) k CROSS JOIN cms.instances WHERE state = 'RUNNING'`,
      CHECKS,
    );
    await run(
      `INSERT INTO cms.changes (noun, id, xid, position, at)
       SELECT noun, id, pg_current_xact_id(), nextval('cms.change_position'), now() FROM (
         SELECT 'instance' AS noun, id FROM cms.instances UNION ALL SELECT 'image', id FROM cms.images
         UNION ALL SELECT 'operation', id FROM cms.operations) r`,
    );
    await run(
      `INSERT INTO cms.schedule_runs (id, schedule_id, due_at, started_at, finished_at, state)
       SELECT gen_random_uuid(), id, now() - make_interval(hours => k), now(), now(), 'SUCCEEDED'
       FROM cms.schedules CROSS JOIN generate_series(1, $1::int) k WHERE selector IS NOT NULL`,
      Math.ceil(instances / 20),
    );
    await run(
      `INSERT INTO cms.alerts (platform, kind, thing, severity, message, instance_id, opened_at, resolved_at)
       SELECT platform, 'IMAGE_FAILED', id::text, 'WARNING', 'An image failed.', id, created_at, created_at + interval '1 hour'
       FROM cms.instances`,
    );
    await run(
      `INSERT INTO cms.webhooks (id, name, url, events, enabled, encrypted_secret)
       VALUES (gen_random_uuid(), 'pager', 'https://example.com/', '["OPERATION_FAILED"]', true, 'x')`,
    );
    await run(
      `INSERT INTO cms.webhook_deliveries (webhook_id, event, subject_id, attempts, next_attempt_at, delivered_at, created_at)
       SELECT w.id, 'OPERATION_FAILED', o.id, 1, NULL, o.finished_at, o.finished_at
       FROM cms.webhooks w CROSS JOIN cms.operations o WHERE o.kind = 'CREATE_INSTANCE'`,
    );
    await run(
      `INSERT INTO cms.audit_entries (id, created_at, actor_kind, actor_name, action, outcome, target)
       SELECT gen_random_uuid(), created_at, actor_kind, requested_by, 'createImage', 'ALLOWED', image_id FROM cms.operations`,
    );
    await run('SELECT cms.count_records()');
    // Old rows are found by the ranges of pages that are known, and pages seen by all are not read for what an index knows.
    await run('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}
