import pg from 'pg';

/** What is on record, whoever reads it. */
export const RECORDS = { instances: 2_000, images: 10_000, operations: 20_000, steps: 100_000, jobs: 20_000 } as const;

const IMAGES_EACH = RECORDS.images / RECORDS.instances;
const OPERATIONS_EACH = RECORDS.operations / RECORDS.instances;
const STEPS_EACH = RECORDS.steps / RECORDS.operations;

/** Foreign keys that the product leaves out, since its records outlive what they name; the peer finds relations by them. */
const RELATIONS = [
  ['images', 'source_instance_id', 'instances'],
  ['operations', 'instance_id', 'instances'],
  ['operations', 'image_id', 'images'],
] as const;

/** Work on a connection of its own, where no trigger fires. */
async function onConnection(connectionString: string, work: (run: pg.Client['query']) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString, application_name: 'toygres bench' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await work(client.query.bind(client) as pg.Client['query']);
  } finally {
    await client.end();
  }
}

/** Fills migrated records with what lives: instances with labels, images and operations of each, with steps and a job. */
export function fillForApi(connectionString: string, platform: string): Promise<void> {
  return onConnection(connectionString, async (run) => {
    await run('SET session_replication_role = replica');
    await run(
      `INSERT INTO cms.instances (id, name, resource_name, namespace, platform, image_type, postgres_version, storage_gib,
         exposure, state, health, labels, endpoint, encrypted_password, created_at, updated_at)
       SELECT gen_random_uuid(), 'shop-' || n, 'shop-' || n || '-0a1b2c3d', 'test', $1, 'STOCK', '15', 1 + n % 40, 'INTERNAL',
         CASE WHEN n % 50 = 0 THEN 'STOPPED' ELSE 'RUNNING' END, CASE WHEN n % 30 = 0 THEN 'UNHEALTHY' ELSE 'HEALTHY' END,
         jsonb_build_object('team', 'team-' || n % 50, 'stage', 'production', 'region', 'region-' || n % 4),
         jsonb_build_object('host', '10.0.0.1', 'port', 5432, 'dnsName', NULL), 'x',
         now() - make_interval(mins => n), now() - make_interval(mins => n)
       FROM generate_series(1, $2::int) n`,
      [platform, RECORDS.instances],
    );
    await run(
      `INSERT INTO cms.images (id, name, state, method, image_type, postgres_version, source_instance_id, source_instance_name,
         platform, databases, extensions, size_bytes, database_bytes, source_storage_gib, labels, created_at, taken_at, verified_at)
       SELECT gen_random_uuid(), i.name || '-nightly-' || k, 'AVAILABLE', CASE WHEN k = 2 THEN 'PHYSICAL' ELSE 'LOGICAL' END,
         'STOCK', '15', i.id, i.name, platform,
         '[{"name": "app", "owner": "app", "sizeBytes": 104857600}, {"name": "postgres", "owner": "postgres", "sizeBytes": 7340032}]',
         '[{"database": "app", "name": "plpgsql", "version": "1.0"}]', 5242880 + 977 * k, 112197632, 1, i.labels,
         i.created_at + make_interval(secs => k), i.created_at + make_interval(secs => k), i.created_at + make_interval(secs => k + 9)
       FROM generate_series(1, $1::int) k CROSS JOIN cms.instances i`,
      [IMAGES_EACH],
    );
    await run(
      `INSERT INTO cms.operations (id, kind, workflow, workflow_version, platform, state, input, requested_by,
         excludes_on_instance, excludes_on_image, instance_id, image_id, sequence, percent, created_at, started_at, finished_at)
       SELECT gen_random_uuid(), CASE WHEN k % 5 = 0 THEN 'STOP_INSTANCE' ELSE 'CREATE_IMAGE' END, 'create-image', '1.0.0',
         i.platform, CASE WHEN k % 7 = 0 THEN 'FAILED' ELSE 'SUCCEEDED' END, '{}', 'admin', false, false, i.id,
         (SELECT m.id FROM cms.images m WHERE m.source_instance_id = i.id AND m.name = i.name || '-nightly-' || (1 + k % $2::int)),
         3, 100, at, at, at + interval '1 minute'
       FROM generate_series(1, $1::int) k CROSS JOIN cms.instances i
       CROSS JOIN LATERAL (SELECT i.created_at + make_interval(secs => k) AS at) moment`,
      [OPERATIONS_EACH, IMAGES_EACH],
    );
    await run(
      `INSERT INTO cms.operation_steps (operation_id, position, name, weight, state, attempt, progress, started_at, finished_at)
       SELECT id, k, (ARRAY['Look up the source', 'Start the job', 'Dump and upload', 'Verify what is there', 'Publish'])[1 + (k - 1) % 5],
         20, 'SUCCEEDED', 1, CASE WHEN k = 3 THEN '{"percent": 100, "bytesDone": 4194304, "bytesTotal": 4194304,
         "bytesPerSecond": 1048576, "secondsLeft": 0, "message": "dumping public.orders"}'::jsonb END,
         started_at + make_interval(secs => k), started_at + make_interval(secs => k + 1)
       FROM cms.operations CROSS JOIN generate_series(1, $1::int) k`,
      [STEPS_EACH],
    );
    await run(
      `INSERT INTO cms.jobs (id, operation_id, platform, kind, namespace, name, state, attempts, exit_code, started_at, finished_at, created_at)
       SELECT gen_random_uuid(), id, platform, 'backup', 'test', 'backup-' || id, 'SUCCEEDED', 1, 0, started_at, finished_at, created_at
       FROM cms.operations`,
    );
    await run('SELECT cms.count_records()');
    await run('VACUUM ANALYZE');
  });
}

/** Says to a copy of the records how they hang together, and leaves out what the peer has no types for and nobody asks for. */
export function addRelations(connectionString: string): Promise<void> {
  return onConnection(connectionString, async (run) => {
    await run('DROP TABLE cms.changes, cms.changes_forgotten');
    for (const [table, column, target] of RELATIONS) {
      await run(`ALTER TABLE cms.${table} ADD FOREIGN KEY (${column}) REFERENCES cms.${target} (id)`);
    }
    await run('VACUUM ANALYZE');
  });
}
