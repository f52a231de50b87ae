import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageStore, StoredFile } from '../../../jobs/ports/image-store.ts';
import type { ImageManifest } from '../../../jobs/ports/manifest.ts';
import { AppError } from '../../../schema/errors.ts';
import type { Database } from '../../../src/db/database.ts';
import { fileKeyContext } from '../../../src/secrets/file-key-context.ts';
import { ownerContext } from '../../../src/secrets/owner-context.ts';
import { createSecretBox } from '../../../src/secrets/secret-box.ts';
import { type FoundImage, rebuildCatalog } from '../../../src/services/images/rebuild-catalog.ts';
import { createImageRecords } from '../../../src/stores/images/records.ts';
import { sampleManifest } from '../../support/sample-manifest.ts';
import { insertImage, PLATFORM, secrets } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let test: TestDatabase;
let database: Database;
beforeAll(async () => {
  test = await createTestDatabase();
  database = test.database;
});
afterAll(() => test?.stop());

/** A store that holds these images, with the files that their manifests name. */
function storeOf(manifests: readonly ImageManifest[], others: Partial<ImageStore> = {}): ImageStore {
  const byId = new Map(manifests.map((manifest) => [manifest.imageId, manifest]));
  const store: Pick<ImageStore, 'listImageIds' | 'readManifest' | 'listFiles'> = {
    listImageIds: async () => [...byId.keys()],
    readManifest: async (id) => {
      const found = byId.get(id);
      if (found === undefined) throw new AppError('NOT_FOUND', `There is no manifest of ${id}.`);
      return found;
    },
    listFiles: async (id): Promise<readonly StoredFile[]> => [
      ...(byId.get(id)?.files ?? []),
      { name: 'manifest.json', sizeBytes: 1, md5: null },
    ],
  };
  return { ...store, ...others } as ImageStore;
}

function manifestOf(changes: Partial<ImageManifest> = {}): ImageManifest {
  const imageId = changes.imageId ?? randomUUID();
  const encryptedPassword = secrets.encrypt('the password of the source', imageId);
  const superuser = { username: 'postgres', encryptedPassword, keyId: secrets.keyIdOf(encryptedPassword) };
  const ofOwner = secrets.encrypt('of the owner', ownerContext(imageId));
  const encryptedKey = secrets.encrypt('AGE-SECRET-KEY-1TEST', fileKeyContext(imageId));
  const encryption = { format: 'age-encryption.org/v1', encryptedKey, keyId: secrets.keyIdOf(encryptedKey) } as const;
  const owner = { username: 'app', encryptedPassword: ofOwner, keyId: secrets.keyIdOf(ofOwner) };
  return sampleManifest(imageId, {
    imageName: `found-${imageId.slice(0, 8)}`,
    superuser,
    owner,
    encryption,
    ...changes,
  });
}

async function rebuild(store: ImageStore): Promise<FoundImage[]> {
  const images = createImageRecords(database, secrets);
  const found: FoundImage[] = [];
  for await (const one of rebuildCatalog({ database, store, secrets, images, platformId: PLATFORM })) found.push(one);
  return found;
}

const rowOf = async (id: string) => (await database.pool.query('SELECT * FROM cms.images WHERE id = $1', [id])).rows[0];
const allRows = async () => (await database.pool.query('SELECT * FROM cms.images ORDER BY id')).rows;

describe('the catalogue that was lost', () => {
  it('has every image of the store again, with all that a restore goes by', async () => {
    const manifest = manifestOf({ method: 'PHYSICAL' });
    expect(await rebuild(storeOf([manifest]))).toEqual([
      { imageId: manifest.imageId, outcome: 'added', name: manifest.imageName, formerName: null },
    ]);
    const row = await rowOf(manifest.imageId);
    expect(row).toMatchObject({
      name: manifest.imageName,
      state: 'AVAILABLE',
      method: 'PHYSICAL',
      platform: PLATFORM,
      postgres_version: manifest.postgresVersion,
      source_instance_name: manifest.sourceInstanceName,
      source_storage_gib: manifest.sourceStorageGib,
      databases: manifest.databases,
      created_at: new Date(manifest.startedAt),
      taken_at: new Date(manifest.startedAt),
    });
    expect(secrets.decrypt(row.encrypted_password, manifest.imageId)).toBe('the password of the source');
    expect(secrets.decrypt(row.encrypted_owner_password, ownerContext(manifest.imageId))).toBe('of the owner');
    expect(row.encrypted).toBe(true);
    expect(secrets.decrypt(row.encrypted_file_key, fileKeyContext(manifest.imageId))).toBe('AGE-SECRET-KEY-1TEST');
    const { rows } = await database.pool.query('SELECT name FROM cms.image_files WHERE image_id = $1', [
      manifest.imageId,
    ]);
    expect(rows).toEqual(manifest.files.map(({ name }) => ({ name })));
  });

  it('is the same when it is rebuilt twice, and what is recorded in any state stays as it is', async () => {
    const deleted = await insertImage(database, { state: 'DELETED' });
    const store = storeOf([manifestOf(), manifestOf({ imageId: deleted })]);
    await rebuild(store);
    const before = await allRows();
    expect((await rebuild(store)).map(({ outcome }) => outcome)).toEqual(['known', 'known']);
    expect(await allRows()).toEqual(before);
  });

  it('gives an image another name where its own is held', async () => {
    const name = 'a-name-that-is-as-long-as-a-name-may-be-and-then-it-has-to-be-cu';
    const held = manifestOf({ imageName: name.slice(0, 63) });
    const second = manifestOf({ imageName: name.slice(0, 63) });
    const found = await rebuild(storeOf([held, second]));
    expect(found[1]).toMatchObject({ outcome: 'added', formerName: held.imageName });
    const { name: given } = await rowOf(second.imageId);
    expect(given).toMatch(new RegExp(`^a-name-.*-${second.imageId.slice(0, 8)}$`));
    expect(given.length).toBeLessThanOrEqual(63);
  });
});

describe('an image that cannot be used', () => {
  it('is told with its cause and not recorded, and the others are', async () => {
    const whole = manifestOf();
    const noKey = manifestOf();
    const other = createSecretBox({ keys: [{ id: 'another', key: new Uint8Array(32) }] });
    const foreign = { ...noKey.superuser, encryptedPassword: other.encrypt('x', noKey.imageId) };
    const otherKey = manifestOf();
    const wrapped = other.encrypt('x', fileKeyContext(otherKey.imageId));
    const encryption = { format: 'age-encryption.org/v1', encryptedKey: wrapped, keyId: 'another' } as const;
    const cut = manifestOf();
    const store = storeOf([{ ...noKey, superuser: foreign }, { ...otherKey, encryption }, cut, whole], {
      listFiles: async (id) => (id === cut.imageId ? [] : whole.files),
    });
    const lost = randomUUID();
    const found = await rebuild({
      ...store,
      listImageIds: async () => [lost, noKey.imageId, otherKey.imageId, cut.imageId, whole.imageId],
    });
    expect(found).toEqual([
      { imageId: lost, outcome: 'unusable', cause: expect.stringContaining('no manifest') },
      { imageId: noKey.imageId, outcome: 'unusable', cause: expect.stringContaining('key another') },
      { imageId: otherKey.imageId, outcome: 'unusable', cause: expect.stringContaining('key another') },
      { imageId: cut.imageId, outcome: 'unusable', cause: expect.stringContaining('checksums.tsv is missing') },
      expect.objectContaining({ imageId: whole.imageId, outcome: 'added' }),
    ]);
    for (const id of [lost, noKey.imageId, otherKey.imageId, cut.imageId]) expect(await rowOf(id)).toBeUndefined();
  });

  it('does not hide that the store is away', async () => {
    const away = async () => {
      throw new AppError('UNAVAILABLE', 'The blob store does not answer.');
    };
    await expect(rebuild(storeOf([manifestOf()], { readManifest: away }))).rejects.toThrow('does not answer');
  });
});
