/** How many nights before this one. */
const DAYS = 29;

/** Images of earlier nights, by what schedules ($1, by the name of the instance) would have taken and kept. */
export const NIGHTS = `
  WITH nights AS (
    SELECT m.id AS of, gen_random_uuid() AS id, gen_random_uuid() AS operation_id, days,
      date_trunc('day', now()) - make_interval(days => days) + interval '1 hour 3 minutes' AS at
    FROM cms.images m CROSS JOIN generate_series(1, ${DAYS}) days
    WHERE m.state = 'AVAILABLE' AND (days < 7 OR days % 7 = 0) AND (m.source_instance_name <> 'analytics' OR days % 7 = 0)
      AND (m.source_instance_name <> 'crm' OR days > 7)
  ), changed AS (
    SELECT to_jsonb(m) || jsonb_build_object('id', n.id, 'name', m.source_instance_name || to_char(n.at, '-YYYY-MM-DD'),
      'created_at', n.at, 'taken_at', n.at, 'verified_at', n.at + interval '20 seconds', 'updated_at', n.at,
      'schedule_id', $1::jsonb ->> m.source_instance_name,
      'size_bytes', m.size_bytes * (100 - n.days) / 100, 'database_bytes', m.database_bytes * (100 - n.days) / 100) AS image
    FROM nights n JOIN cms.images m ON m.id = n.of
  ), images AS (
    INSERT INTO cms.images SELECT row.* FROM changed, jsonb_populate_record(NULL::cms.images, image) row
  ), files AS (
    INSERT INTO cms.image_files (image_id, name, size_bytes, md5, sha256)
    SELECT n.id, f.name, f.size_bytes, f.md5, f.sha256 FROM nights n JOIN cms.image_files f ON f.image_id = n.of
  ), operations AS (
    INSERT INTO cms.operations SELECT row.* FROM nights n
      JOIN cms.operations o ON o.image_id = n.of AND o.kind = 'CREATE_IMAGE'
      CROSS JOIN jsonb_populate_record(NULL::cms.operations, to_jsonb(o) || jsonb_build_object('id', n.operation_id,
        'image_id', n.id, 'created_at', n.at, 'started_at', n.at, 'updated_at', n.at,
        'finished_at', n.at + (o.finished_at - o.created_at), 'requested_by', 'schedule', 'actor_kind', 'SCHEDULE')) row
    RETURNING id
  )
  INSERT INTO cms.operation_steps SELECT row.* FROM nights n
    JOIN cms.operations o ON o.image_id = n.of AND o.kind = 'CREATE_IMAGE'
    JOIN cms.operation_steps s ON s.operation_id = o.id
    CROSS JOIN jsonb_populate_record(NULL::cms.operation_steps, to_jsonb(s) || jsonb_build_object(
      'operation_id', n.operation_id, 'started_at', n.at + (s.started_at - o.created_at),
      'finished_at', n.at + (s.finished_at - o.created_at))) row
    WHERE (SELECT count(*) FROM operations) > 0`;

/** Those images, each with the one of this night that it is a copy of. */
export const IMAGES_OF_NIGHTS = `
  SELECT m.id, t.id AS of FROM cms.images m
  JOIN cms.images t ON t.source_instance_id = m.source_instance_id AND t.name = t.source_instance_name || '-tonight'
  WHERE m.schedule_id IS NOT NULL`;

/** The drills of Sundays, as this night's went. */
export const NIGHTS_OF_DRILLS = `
  INSERT INTO cms.drills (id, image_id, source_instance_id, operation_id, platform, namespace, resource_name, state,
    started_at, finished_at, recovery_seconds, databases_compared, tables_compared, rows_compared)
  SELECT gen_random_uuid(), m.id, m.source_instance_id, o.id, m.platform, d.namespace, 'drill-' || left(m.id::text, 13),
    'PASSED', m.taken_at + interval '5 minutes', m.taken_at + interval '6 minutes', d.recovery_seconds,
    d.databases_compared, d.tables_compared, d.rows_compared
  FROM cms.images m
  JOIN cms.operations o ON o.image_id = m.id
  JOIN cms.drills d ON d.source_instance_id = m.source_instance_id
  WHERE m.taken_at < now() - interval '12 hours' AND extract(isodow FROM m.taken_at) = 7`;

/** The runs of a schedule ($1 as above) that those images are of. */
export const RUNS_OF_NIGHTS = `
  WITH days AS (
    SELECT schedule_id, created_at, gen_random_uuid() AS id FROM cms.images WHERE schedule_id IS NOT NULL
      AND schedule_id::text IN (SELECT value FROM jsonb_each_text($1)) GROUP BY schedule_id, created_at
  ), runs AS (
    INSERT INTO cms.schedule_runs (id, schedule_id, due_at, started_at, finished_at, state)
    SELECT id, schedule_id, created_at - interval '3 minutes', created_at - interval '3 minutes',
      created_at + interval '2 minutes', 'SUCCEEDED' FROM days
  )
  INSERT INTO cms.scheduled_images (run_id, instance_id, instance_name, state, image_id, operation_id)
  SELECT d.id, m.source_instance_id, m.source_instance_name, 'SUCCEEDED', m.id, o.id
  FROM days d JOIN cms.images m ON m.schedule_id = d.schedule_id AND m.created_at = d.created_at
  JOIN cms.operations o ON o.image_id = m.id`;

/** A day of health of all that run, with some slow minutes in the night and, of one, an outage. */
export const HEALTH_OF_A_DAY = `
  INSERT INTO cms.health_checks (instance_id, at, status, latency_ms, message)
  SELECT i.id, at, CASE WHEN out THEN 'UNHEALTHY' ELSE 'HEALTHY' END,
    CASE WHEN out THEN NULL ELSE 3 + 2 * random() + 20 * greatest(0, 1 - abs(extract(epoch FROM at - (now() - interval '9 hours'))) / 1800) END,
    CASE WHEN out THEN 'no connection within 5 s' END
  FROM cms.instances i
  CROSS JOIN generate_series(now() - interval '24 hours', now() - interval '15 minutes', interval '1 minute') at
  CROSS JOIN LATERAL (SELECT i.name = 'billing' AND at BETWEEN now() - interval '15 hours 20 minutes'
    AND now() - interval '15 hours') outage (out)
  WHERE i.state = 'RUNNING'`;
