import path from 'node:path';
import type { ImageStore } from '../../jobs/ports/image-store.ts';
import type { ImageManifest } from '../../jobs/ports/manifest.ts';
import { AppError } from '../../schema/errors.ts';
import { isUuid } from '../../schema/rules/id-rules.ts';
import type { Config } from '../config/env.ts';
import { findEmbeddedAzurite, startEmbeddedAzurite } from '../embedded/azurite.ts';
import { findStateDirectories, openHome } from '../embedded/home.ts';
import type { Logger } from '../log/logger.ts';
import { readPlainFile } from '../machine/whole-file.ts';
import { readServerIdentity } from '../postgres-programs/identity.ts';
import { fileKeyContext } from '../secrets/file-key-context.ts';
import { createSecretBox, type SecretBox } from '../secrets/secret-box.ts';
import { parseSecretKey } from '../secrets/secret-key.ts';
import { createAzureBlobStore } from '../storage/azure-blob-store.ts';
import type { BlobLogin } from '../storage/blob-account.ts';
import { unwrapKeys } from '../storage/key-vault.ts';
import { Stops } from './stops.ts';

type Store = Pick<ImageStore, 'listImageIds' | 'readManifest'>;

/**
 * The identity with which `age -d` reads the files of an image, by its id or name: from its manifest in the configured store
 * and the configured keys, without the database of records. Changes nothing, and a server may run meanwhile. Throws NOT_FOUND
 * for an image that the store does not have, CONFLICT for one that is not encrypted or a name that several have, UNAVAILABLE
 * that names the key which is missing here.
 */
export async function readImageKey(config: Config, log: Logger, image: string): Promise<string> {
  await using stops = new Stops(log);
  const secrets = createSecretBox({ keys: await readKeys(config) });
  const store = createAzureBlobStore({
    ...(await findBlobLogin(config, log, stops)),
    container: config.imageContainer,
    seal: secrets,
    jobLogin: 'sas',
    log,
  });
  return openKey(await findManifest(store, image), secrets);
}

function openKey({ imageId, imageName, encryption }: ImageManifest, secrets: SecretBox): string {
  if (encryption === null) {
    throw new AppError('CONFLICT', `The image "${imageName}" is not encrypted: its files are read as they are.`);
  }
  return secrets.decrypt(encryption.encryptedKey, fileKeyContext(imageId));
}

/** By id at once; a name is looked for in all manifests that can be read. */
async function findManifest(store: Store, image: string): Promise<ImageManifest> {
  if (isUuid(image)) return store.readManifest(image);
  const found: ImageManifest[] = [];
  for (const id of await store.listImageIds()) {
    const manifest = await store.readManifest(id).catch((error: unknown) => {
      if (error instanceof AppError && error.code !== 'UNAVAILABLE') return null;
      throw error;
    });
    if (manifest?.imageName === image) found.push(manifest);
  }
  const [first, ...others] = found;
  if (first === undefined) {
    throw new AppError('NOT_FOUND', `The blob store has no image "${image}" that can be read with the configured key.`);
  }
  if (others.length === 0) return first;
  const ids = found.map(({ imageId }) => imageId).join(', ');
  throw new AppError('CONFLICT', `Several images are called "${image}": name one by its id (${ids}).`);
}

/** As a server here would have them; none is made. */
async function readKeys({ encryptionKey, home, proxies }: Config) {
  const file = path.join(home, 'encryption-key');
  const text = encryptionKey ?? (await readPlainFile(file));
  if (text !== null && text.trim() !== '')
    return (await unwrapKeys(text, { proxies })).split(',').map((key) => parseSecretKey(key));
  throw new AppError('UNAVAILABLE', `There is no encryption key: set TOYGRES_ENCRYPTION_KEY, or bring ${file} back.`);
}

/** The embedded store of a server that runs is used as it runs; else it is started for as long as it is needed. */
async function findBlobLogin(config: Config, log: Logger, stops: Stops): Promise<BlobLogin> {
  if (config.storageAccount !== null) return { account: config.storageAccount };
  if (config.storageConnectionString !== null) return { connectionString: config.storageConnectionString };
  for (const directory of await findStateDirectories(config.home)) {
    const connectionString = await findEmbeddedAzurite(directory);
    if (connectionString !== null) return { connectionString };
  }
  const identity = await readServerIdentity();
  const home = await openHome({ directory: config.home, identity, exclusive: true, log });
  stops.defer('the hold on the home', () => home.release());
  const azurite = await startEmbeddedAzurite({ stateDirectory: home.stateDirectory, log });
  stops.defer('the embedded blob store', () => azurite.stop(), { withinMs: 45_000 });
  return { connectionString: azurite.connectionString };
}
