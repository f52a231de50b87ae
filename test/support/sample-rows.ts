import { randomUUID } from 'node:crypto';
import { drills, images, instances, operations } from '../../drizzle/tables/index.ts';
import type { Database } from '../../src/db/database.ts';
import { createSecretBox } from '../../src/secrets/secret-box.ts';
import { parseSecretKey } from '../../src/secrets/secret-key.ts';

export const secrets = createSecretBox({ keys: [parseSecretKey(Buffer.alloc(32, 7).toString('base64'))] });

export const PLATFORM = 'local:test';

/** Writes an instance with what a test does not care about filled in; answers with its id. */
export async function insertInstance(
  { orm }: Database,
  values: Partial<typeof instances.$inferInsert> = {},
): Promise<string> {
  const id = values.id ?? randomUUID();
  const name = values.name ?? `i-${id.slice(0, 8)}`;
  await orm.insert(instances).values({
    id,
    name,
    resourceName: `${name}-${id.slice(-8)}`,
    namespace: 'toygres-managed',
    platform: PLATFORM,
    imageType: 'STOCK',
    postgresVersion: '15',
    storageGib: 10,
    exposure: 'INTERNAL',
    state: 'RUNNING',
    encryptedPassword: secrets.encrypt(`password of ${name}`, id),
    ...values,
  });
  return id;
}

/** Writes an image; answers with its id. */
export async function insertImage(
  { orm }: Database,
  values: Partial<typeof images.$inferInsert> = {},
): Promise<string> {
  const id = values.id ?? randomUUID();
  await orm.insert(images).values({
    id,
    name: `m-${id.slice(0, 8)}`,
    state: 'AVAILABLE',
    method: 'LOGICAL',
    imageType: 'STOCK',
    postgresVersion: '15',
    sourceInstanceId: values.sourceInstanceId ?? randomUUID(),
    sourceInstanceName: 'source',
    platform: PLATFORM,
    sourceStorageGib: 10,
    encryptedPassword: secrets.encrypt('password of source', id),
    ...values,
  });
  return id;
}

/** Writes an operation without steps; answers with its id. */
export async function insertOperation(
  { orm }: Database,
  values: Partial<typeof operations.$inferInsert> = {},
): Promise<string> {
  const id = values.id ?? randomUUID();
  await orm.insert(operations).values({
    id,
    kind: 'CREATE_IMAGE',
    workflow: 'create-image',
    workflowVersion: '1.0.0',
    platform: PLATFORM,
    state: 'SUCCEEDED',
    input: {},
    excludesOnInstance: true,
    excludesOnImage: true,
    requestedBy: 'admin',
    ...values,
  });
  return id;
}

/** Writes a drill of an image with the operation that does it; answers with its id. */
export async function insertDrill(
  database: Database,
  values: Partial<typeof drills.$inferInsert> & { readonly imageId: string; readonly sourceInstanceId: string },
): Promise<string> {
  const id = values.id ?? randomUUID();
  const state = values.state === undefined || values.state === 'RUNNING' ? 'RUNNING' : 'FAILED';
  const operationId =
    values.operationId ??
    (await insertOperation(database, { kind: 'VERIFY_IMAGE', state, imageId: values.imageId, finishedAt: new Date() }));
  await database.orm.insert(drills).values({
    id,
    operationId,
    platform: PLATFORM,
    namespace: 'toygres-managed',
    resourceName: `drill-${id.slice(0, 8)}`,
    finishedAt: state === 'RUNNING' ? null : new Date(),
    ...values,
  });
  return id;
}
