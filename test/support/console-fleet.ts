import pg from 'pg';
import { readRecordsLogin } from './e2e-home-services.ts';

/** As long as names of instances, and of images, can be. */
export const LONGEST_INSTANCE = 'the-longest-name-that-an-instance-has-00';
export const LONGEST_IMAGE = 'the-longest-name-that-an-image-can-have-before-it-is-refused-00';

/** What turns the order round in which a text is read, as servers and people may send it. */
const TURNED = '\u202etxt.exe\u2067\u05e9\u05dc\u05d5\u05dd';

/**
 * Records so many instances of another platform, which nobody looks after here: names as long as can be, labels, images, drills
 * and operations of all states. What is asked of them stays in the queue.
 */
export async function fillFleet(home: string, count: number): Promise<void> {
  const client = new pg.Client({ ...(await readRecordsLogin(home)), database: 'postgres' });
  await client.connect();
  const run = (sql: string, ...values: unknown[]) => client.query(sql, values);
  try {
    await run(
      `INSERT INTO cms.instances (id, name, resource_name, namespace, platform, image_type, postgres_version, storage_gib,
         exposure, state, health, labels, encrypted_password, endpoint, created_at, updated_at)
       SELECT gen_random_uuid(), CASE WHEN n = 1 THEN $2 ELSE 'shop-' || lpad(n::text, 4, '0') END, 'shop-' || n, 'elsewhere',
         'another', CASE WHEN n % 7 = 0 THEN 'PG_DURABLE' ELSE 'STOCK' END, '15', 1 + n % 90, 'INTERNAL',
         CASE WHEN n % 5 = 0 THEN 'STOPPED' WHEN n % 41 = 0 THEN 'FAILED' ELSE 'RUNNING' END,
         CASE WHEN n % 25 = 2 THEN 'UNHEALTHY' ELSE 'HEALTHY' END,
         jsonb_build_object('team', 'team-' || n % 9, 'tier', CASE WHEN n % 2 = 0 THEN 'gold' ELSE 'silver' END,
           'a-key-of-a-label-as-long-as-people-make-them', CASE WHEN n = 1 THEN 'with a value that goes on and on'
             ELSE '' END),
         'x', jsonb_build_object('host', '10.0.' || n / 250 || '.' || n % 250, 'port', 5432, 'dnsName', NULL),
         now() - make_interval(hours => n), now()
       FROM generate_series(1, $1::int) n`,
      count,
      LONGEST_INSTANCE,
    );
    await run(
      `INSERT INTO cms.images (id, name, state, method, image_type, postgres_version, source_instance_id,
         source_instance_name, platform, source_storage_gib, size_bytes, database_bytes, labels, created_at, taken_at,
         verified_at, failure)
       SELECT gen_random_uuid(), CASE WHEN i.name = $1 AND k = 1 THEN $2 ELSE 'nightly-' || k || '-of-' || i.name END,
         CASE WHEN k = 3 THEN 'FAILED' ELSE 'AVAILABLE' END, CASE WHEN k = 2 THEN 'PHYSICAL' ELSE 'LOGICAL' END,
         i.image_type, '15', i.id, i.name, i.platform, i.storage_gib, k::bigint * 300000000, k::bigint * 900000000, i.labels,
         now() - make_interval(days => 3 * k), CASE WHEN k < 3 THEN now() - make_interval(days => 3 * k) END,
         CASE WHEN k < 3 THEN now() - make_interval(days => 3 * k) END,
         CASE WHEN k = 3 THEN jsonb_build_object('code', 'STEP_FAILED', 'message', 'pg_dump: error: ' || repeat('no room ', 30),
           'step', 'Dump the databases') END
       FROM generate_series(1, 3) k CROSS JOIN cms.instances i WHERE i.name < 'shop-0200' OR i.name = $1`,
      LONGEST_INSTANCE,
      LONGEST_IMAGE,
    );
    const name = `reports${TURNED}`;
    const finding = { database: name, object: `public.${TURNED}`, remedy: `Look at ${TURNED}` };
    await run(
      `UPDATE cms.images SET description = $2, databases = $3, extensions = $4, findings = $5 WHERE name = $1`,
      LONGEST_IMAGE,
      `made by ${TURNED}`,
      JSON.stringify([
        { name, owner: TURNED, sizeBytes: 8_000_000 },
        { name: 'app', owner: 'app', sizeBytes: 1_000_000 },
      ]),
      JSON.stringify([{ database: name, name: 'citext', version: `1.6${TURNED}` }]),
      JSON.stringify([
        { ...finding, code: 'INDEX_LEFT_OUT', severity: 'WARNING', message: `The index ${TURNED} is left out` },
        { ...finding, code: 'ROWS_MISSING', severity: 'CRITICAL', message: `Rows of ${TURNED} are missing` },
      ]),
    );
    await run(
      `UPDATE cms.images SET failure = jsonb_set(failure, '{message}', to_jsonb($1 || (failure ->> 'message')))
       WHERE state = 'FAILED'`,
      TURNED,
    );
    await run(
      `INSERT INTO cms.operations (id, kind, workflow, workflow_version, platform, state, input, requested_by,
         excludes_on_instance, excludes_on_image, instance_id, image_id, percent, created_at, started_at, finished_at)
       SELECT gen_random_uuid(), 'CREATE_IMAGE', 'create-image', '1.0.0', m.platform,
         CASE m.state WHEN 'FAILED' THEN 'FAILED' ELSE 'SUCCEEDED' END, '{}', 'somebody-whose-name-is-as-long-as-a-name-can-be@example.com',
         false, false, m.source_instance_id, m.id, 100, m.created_at, m.created_at, m.created_at + interval '95 seconds'
       FROM cms.images m`,
    );
    await run(
      `INSERT INTO cms.drills (id, image_id, source_instance_id, operation_id, platform, namespace, resource_name, state,
         started_at, finished_at, recovery_seconds)
       SELECT gen_random_uuid(), image_id, instance_id, id, platform, 'elsewhere', 'drill-' || id, 'PASSED', finished_at,
         finished_at, 250 FROM cms.operations WHERE state = 'SUCCEEDED' AND id::text < '8'`,
    );
  } finally {
    await client.end();
  }
}

/** Records so many more images of an instance, one of each night. */
export async function addNights(home: string, instance: string, count: number): Promise<void> {
  const client = new pg.Client({ ...(await readRecordsLogin(home)), database: 'postgres' });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO cms.images (id, name, state, method, image_type, postgres_version, source_instance_id,
         source_instance_name, platform, source_storage_gib, size_bytes, database_bytes, labels, created_at, taken_at)
       SELECT gen_random_uuid(), 'night-' || n, CASE WHEN n % 9 = 4 THEN 'FAILED' ELSE 'AVAILABLE' END, 'LOGICAL', i.image_type,
         '15', i.id, i.name, i.platform, i.storage_gib, 9000000 * n, 9000000 * n, '{}', now() - make_interval(days => n),
         CASE WHEN n % 9 <> 4 THEN now() - make_interval(days => n) END
       FROM generate_series(1, $2::int) n CROSS JOIN cms.instances i WHERE i.name = $1`,
      [instance, count],
    );
  } finally {
    await client.end();
  }
}
