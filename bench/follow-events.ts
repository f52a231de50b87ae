import { randomUUID } from 'node:crypto';
import type pg from 'pg';

/** Whom the bare broadcast listens to. */
export const BROADCAST_CHANNEL = 'bench_broadcast';

const STEPS = ['Look up the source', 'Start the job', 'Dump', 'Upload', 'Verify', 'Publish', 'Mark it available'];

/** Writes an operation that no worker takes, with steps as one has. */
export async function insertOperation(client: pg.Client): Promise<string> {
  const id = randomUUID();
  await client.query(
    `INSERT INTO cms.operations (id, kind, workflow, workflow_version, platform, state, input, excludes_on_instance,
       excludes_on_image, requested_by, started_at)
     VALUES ($1, 'CREATE_IMAGE', 'create-image', '1.0.0', 'bench:follow', 'RUNNING', '{}', false, false, 'bench', now())`,
    [id],
  );
  await client.query(
    `INSERT INTO cms.operation_steps (operation_id, position, name, weight, state)
     SELECT $1, n, name, 1, 'RUNNING' FROM unnest($2::text[]) WITH ORDINALITY AS s(name, n)`,
    [id, STEPS],
  );
  return id;
}

/** Writes a job of an operation. */
export async function insertJob(
  client: pg.Client,
  operationId: string,
  { id, name, platform }: { readonly id: string; readonly name: string; readonly platform: string },
): Promise<void> {
  await client.query(
    `INSERT INTO cms.jobs (id, operation_id, kind, namespace, name, platform, state)
     VALUES ($1, $2, 'backup', 'bench', $3, $4, 'RUNNING')`,
    [id, operationId, name, platform],
  );
}

/**
 * Adds an event, as the engine does, and has the broadcast send a text, where one is given, in the same transaction.
 * Answers with the time at which it was about to be committed, as Date.now() gives it, but finer.
 */
export async function tell(client: pg.Client, operationId: string, broadcast: string | null): Promise<number> {
  const { rows } = await client.query<{ at: number }>(
    `WITH op AS (
       UPDATE cms.operations SET sequence = sequence + 1, percent = least(99, percent + 0.1) WHERE id = $1 RETURNING sequence, percent
     ), event AS (
       INSERT INTO cms.operation_events (operation_id, sequence, state, percent)
       SELECT $1::uuid, sequence, 'RUNNING', percent FROM op RETURNING sequence
     ), told AS (
       SELECT pg_notify($2, $3) WHERE $3 <> ''
     )
     SELECT (SELECT count(*) FROM told), (SELECT sequence FROM event), extract(epoch FROM clock_timestamp())::float8 * 1000 AS at`,
    [operationId, BROADCAST_CHANNEL, broadcast ?? ''],
  );
  return rows[0]?.at ?? Number.NaN;
}
