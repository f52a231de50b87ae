import { sql } from 'drizzle-orm';
import { listed } from '../../../drizzle/tables/listed.ts';
import type { ServerEndpoint } from '../../../jobs/ports/records.ts';
import { EVERYTHING, type Scope } from '../../../schema/rules/scope-rules.ts';
import type { HealthStatus, ImageType } from '../../../schema/states.ts';
import { ACTIVE_OPERATION_STATES } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';
import { labelsWithin } from '../access/scope.ts';
import { answered } from '../answered.ts';
import { storableText } from '../stored-text.ts';
import { type HeldLease, isHeld } from './leases.ts';

/** A running instance as those who check it need it. */
export interface WatchedInstance {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly resourceName: string;
  readonly imageType: ImageType;
  readonly endpoint: ServerEndpoint | null;
  readonly encryptedPassword: string;
  /** What a check finds is only written for the record that it was made from. */
  readonly revision: number;
}

/** What one check of an instance found. */
export interface FoundHealth {
  readonly id: string;
  readonly revision: number;
  readonly status: HealthStatus;
  readonly latencyMs: number | null;
  readonly message: string | null;
}

/** An operation that changes the instance is under way: what it does to the server is no illness. */
const isBusy = sql`EXISTS (SELECT FROM cms.operations o WHERE o.instance_id = i.id AND o.excludes_on_instance
  AND o.state IN (${sql.raw(listed(ACTIVE_OPERATION_STATES))}))`;

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly resource_name: string;
  readonly image_type: ImageType;
  readonly endpoint: ServerEndpoint | null;
  readonly encrypted_password: string;
  readonly revision: string;
}

/** The instances of the platform that are RUNNING and left in peace; of these ids, or all within the scope. One statement. */
export async function readWatched(
  { orm }: Database,
  platform: string,
  ids: readonly string[] | null,
  scope: Scope = EVERYTHING,
): Promise<readonly WatchedInstance[]> {
  const within = labelsWithin(scope, sql`i.labels`) ?? sql`true`;
  const among = ids === null ? sql`true` : sql`i.id = ANY(${sql.param(ids)}::uuid[])`;
  const { rows } = await answered(
    orm.execute<Row>(sql`
      SELECT i.id, i.name, i.namespace, i.resource_name, i.image_type, i.endpoint, i.encrypted_password, i.revision
      FROM cms.instances i WHERE i.platform = ${platform} AND i.state = 'RUNNING' AND ${among} AND ${within} AND NOT ${isBusy}
      ORDER BY i.id`),
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    namespace: row.namespace,
    resourceName: row.resource_name,
    imageType: row.image_type,
    endpoint: row.endpoint,
    encryptedPassword: row.encrypted_password,
    revision: Number(row.revision),
  }));
}

/**
 * Adds what was found to the history, and changes the health of those it differs for; in one statement, however many.
 * Left out, to be checked again: who has changed since or is not RUNNING, whom an operation is changing, whose row
 * somebody holds at the moment. Nothing is written when the lease is another's by now. Answers with whom it was written
 * for, and the revision that they have.
 */
export async function writeHealth(
  { orm }: Database,
  lease: HeldLease,
  found: readonly FoundHealth[],
): Promise<ReadonlyMap<string, number>> {
  if (found.length === 0) return new Map();
  const told = found.map((one) => ({ ...one, message: one.message === null ? null : storableText(one.message) }));
  const { rows } = await answered(
    orm.execute<{ id: string; revision: string }>(sql`
      WITH told AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(told)}::jsonb)
          AS t("id" uuid, "revision" bigint, "status" text, "latencyMs" float8, "message" text)
        WHERE ${isHeld(lease)}
      ), same AS (
        SELECT t.*, i.revision AS now FROM told t JOIN cms.instances i USING (id)
        WHERE i.state = 'RUNNING' AND i.revision = t.revision AND i.health = t.status AND NOT ${isBusy}
      ), moving AS (
        SELECT t.* FROM told t JOIN cms.instances i USING (id)
        WHERE i.state = 'RUNNING' AND i.revision = t.revision AND i.health <> t.status AND NOT ${isBusy}
        FOR NO KEY UPDATE OF i SKIP LOCKED
      ), moved AS (
        UPDATE cms.instances i SET health = m.status FROM moving m WHERE i.id = m.id RETURNING m.*, i.revision AS now
      ), written AS (
        SELECT * FROM same UNION ALL SELECT * FROM moved
      ), kept AS (
        INSERT INTO cms.health_checks (instance_id, at, status, latency_ms, message)
        SELECT id, clock_timestamp(), status, "latencyMs", message FROM written ON CONFLICT DO NOTHING
      )
      SELECT id, now AS revision FROM written`),
  );
  return new Map(rows.map(({ id, revision }) => [id, Number(revision)]));
}

/** Records where the server is reached now. No effect when the record has changed since, or the lease is another's. */
export async function writeEndpoint(
  { orm }: Database,
  lease: HeldLease,
  { id, revision }: { readonly id: string; readonly revision: number },
  { host, port, dnsName, tls }: ServerEndpoint,
): Promise<void> {
  await answered(
    orm.execute(sql`
      UPDATE cms.instances i SET endpoint = ${JSON.stringify({ host, port, dnsName, tls })}::jsonb
      WHERE i.id = ${id} AND i.revision = ${revision} AND i.state = 'RUNNING' AND NOT ${isBusy} AND ${isHeld(lease)}`),
  );
}
