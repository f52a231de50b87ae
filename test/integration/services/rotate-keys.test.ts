import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageStore } from '../../../jobs/ports/image-store.ts';
import type { ImageManifest } from '../../../jobs/ports/manifest.ts';
import { AppError } from '../../../schema/errors.ts';
import { fileKeyContext } from '../../../src/secrets/file-key-context.ts';
import { ownerContext } from '../../../src/secrets/owner-context.ts';
import { createSecretBox } from '../../../src/secrets/secret-box.ts';
import { parseSecretKey } from '../../../src/secrets/secret-key.ts';
import { requireKnownKeys, rotateKeys } from '../../../src/services/keys/rotate-keys.ts';
import { decodeManifest, encodeManifest } from '../../../src/storage/manifest-file.ts';
import { PLACES } from '../../../src/stores/upkeep/key-ids.ts';
import { sampleManifest } from '../../support/sample-manifest.ts';
import { insertImage, insertInstance } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

const [older, newer] = [0, 1].map(() => parseSecretKey(randomBytes(32).toString('base64')));
if (older === undefined || newer === undefined) throw new Error('no keys');
const before = createSecretBox({ keys: [older] });
const between = createSecretBox({ keys: [newer, older] });
const after = createSecretBox({ keys: [newer] });

let world: TestDatabase;
let files: Map<string, Buffer>;
beforeEach(async () => {
  world = await createTestDatabase();
  files = new Map();
});
afterEach(() => world?.stop());

const store = {
  readManifest: async (id) => {
    const bytes = files.get(id);
    if (bytes === undefined) throw new AppError('NOT_FOUND', `There is no manifest of ${id}.`);
    return decodeManifest(bytes, id, between);
  },
  writeManifest: async (id, manifest) => void files.set(id, encodeManifest(manifest, between)),
} as Pick<ImageStore, 'readManifest' | 'writeManifest'> as ImageStore;

type Column = 'encrypted_password' | 'encrypted_owner_password' | 'next_encrypted_password' | 'encrypted_file_key';

async function secretOf(
  table: 'instances' | 'images',
  id: string,
  column: Column = 'encrypted_password',
): Promise<string> {
  const { rows } = await world.database.pool.query(`SELECT ${column} AS kept FROM cms.${table} WHERE id = $1`, [id]);
  return rows[0].kept;
}

async function makeRecords() {
  const [instanceId, imageId] = [randomUUID(), randomUUID()];
  await insertInstance(world.database, {
    id: instanceId,
    encryptedPassword: before.encrypt('of the server', instanceId),
    encryptedOwnerPassword: before.encrypt('of its owner', ownerContext(instanceId)),
    nextEncryptedPassword: before.encrypt('of the server from now on', instanceId),
  });
  const encryptedPassword = before.encrypt('of the source', imageId);
  const encryptedOwnerPassword = before.encrypt('of the owner', ownerContext(imageId));
  const encryptedFileKey = before.encrypt('AGE-SECRET-KEY-1TEST', fileKeyContext(imageId));
  const kept = { encryptedPassword, encryptedOwnerPassword, encrypted: true, encryptedFileKey };
  await insertImage(world.database, { id: imageId, state: 'AVAILABLE', ...kept });
  const keyId = older?.id ?? '';
  const superuser = { username: 'postgres', encryptedPassword, keyId };
  const owner = { username: 'app', encryptedPassword: encryptedOwnerPassword, keyId };
  const encryption = { format: 'age-encryption.org/v1', encryptedKey: encryptedFileKey, keyId } as const;
  const manifest: ImageManifest = sampleManifest(imageId, { superuser, owner, encryption });
  files.set(imageId, encodeManifest(manifest, before));
  const webhookId = randomUUID();
  await world.database.pool.query(
    `INSERT INTO cms.webhooks (id, name, url, events, enabled, encrypted_secret, encrypted_old_secret)
     VALUES ($1, 'hook', 'https://example.com', '[]', true, $2, $3)`,
    [webhookId, before.encrypt('of the hook', webhookId), before.encrypt('of the hook before', webhookId)],
  );
  return { instanceId, imageId, webhookId, manifest };
}

describe('keys that are changed', () => {
  it('protect everything anew, and the older one can go', async () => {
    const { instanceId, imageId, webhookId, manifest } = await makeRecords();
    const { database } = world;
    expect(await rotateKeys({ database, store, secrets: between })).toEqual({
      instances: 1,
      images: 1,
      webhooks: 1,
      left: [],
    });
    expect(after.decrypt(await secretOf('instances', instanceId), instanceId)).toBe('of the server');
    expect(after.decrypt(await secretOf('images', imageId), imageId)).toBe('of the source');
    const owner = await secretOf('instances', instanceId, 'encrypted_owner_password');
    expect(after.decrypt(owner, ownerContext(instanceId))).toBe('of its owner');
    const next = await secretOf('instances', instanceId, 'next_encrypted_password');
    expect(after.decrypt(next, instanceId)).toBe('of the server from now on');
    const fileKey = await secretOf('images', imageId, 'encrypted_file_key');
    expect(after.decrypt(fileKey, fileKeyContext(imageId))).toBe('AGE-SECRET-KEY-1TEST');
    const read = decodeManifest(files.get(imageId) ?? Buffer.alloc(0), imageId, after);
    expect(after.decrypt(read.superuser.encryptedPassword, imageId)).toBe('of the source');
    expect(after.decrypt(read.owner?.encryptedPassword ?? '', ownerContext(imageId))).toBe('of the owner');
    expect(read.encryption?.keyId).toBe(after.primaryKeyId);
    expect(after.decrypt(read.encryption?.encryptedKey ?? '', fileKeyContext(imageId))).toBe('AGE-SECRET-KEY-1TEST');
    const without = { superuser: null, owner: null, encryption: null };
    expect({ ...read, ...without }).toEqual({ ...manifest, ...without });
    const { rows } = await database.pool.query('SELECT encrypted_secret, encrypted_old_secret FROM cms.webhooks');
    expect(Object.values(rows[0]).map((value) => after.decrypt(String(value), webhookId))).toEqual([
      'of the hook',
      'of the hook before',
    ]);
    await expect(requireKnownKeys(database, [after.primaryKeyId])).resolves.toBeUndefined();
    expect(await rotateKeys({ database, store, secrets: between })).toEqual({
      instances: 0,
      images: 0,
      webhooks: 0,
      left: [],
    });
  });

  it('are asked for at a start by every column that holds what was encrypted', async () => {
    const { rows } = await world.database.pool.query(
      `SELECT table_name, column_name FROM information_schema.columns
       WHERE table_schema = 'cms' AND column_name LIKE '%encrypted\\_%' ORDER BY 1, 2`,
    );
    const known = PLACES.map(({ table, column }) => `${table}.${column}`).sort();
    expect(rows.map((row) => `${row.table_name}.${row.column_name}`)).toEqual(known);
  });

  it('leave an image that is being taken, and say when to rotate again', async () => {
    const { imageId } = await makeRecords();
    await world.database.pool.query(`UPDATE cms.images SET state = 'CREATING' WHERE id = $1`, [imageId]);
    const kept = await secretOf('images', imageId);
    const { left } = await rotateKeys({ database: world.database, store, secrets: between });
    expect(left).toEqual([expect.stringContaining('rotate again afterwards')]);
    expect(await secretOf('images', imageId)).toBe(kept);
  });

  it('leave an image as it is whose manifest cannot be read, and say so', async () => {
    const { instanceId, imageId } = await makeRecords();
    files.delete(imageId);
    const kept = await secretOf('images', imageId);
    const { database } = world;
    expect(await rotateKeys({ database, store, secrets: between })).toEqual({
      instances: 1,
      images: 0,
      webhooks: 1,
      left: [expect.stringContaining(imageId)],
    });
    expect(await secretOf('images', imageId)).toBe(kept);
    expect(after.decrypt(await secretOf('instances', instanceId), instanceId)).toBe('of the server');
  });
});

describe('a start', () => {
  it('is refused without a key that the records need, with its id and what to do, and goes on with it', async () => {
    await makeRecords();
    const refusal = requireKnownKeys(world.database, [after.primaryKeyId]);
    await expect(refusal).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(refusal).rejects.toThrow(new RegExp(`the key ${older.id}, which is not configured`));
    await expect(requireKnownKeys(world.database, [newer.id, older.id])).resolves.toBeUndefined();
  });

  it('asks for no key while nothing is encrypted', async () => {
    await expect(requireKnownKeys(world.database, ['any'])).resolves.toBeUndefined();
  });
});
