import { BlobServiceClient } from '@azure/storage-blob';
import { afterEach } from 'vitest';
import type { instances } from '../../../drizzle/tables/index.ts';
import type { ImageStore } from '../../../jobs/ports/image-store.ts';
import type { ServerSpec } from '../../../jobs/ports/platform/servers.ts';
import { createAzureBlobStore } from '../../../src/storage/azure-blob-store.ts';
import { createJobRecords } from '../../../src/stores/operations/job-records.ts';
import { createUpkeepQueries } from '../../../src/stores/upkeep/queries.ts';
import { createReconciler, type ReconcilerOptions } from '../../../src/upkeep/drift/reconciler.ts';
import { startAzurite } from '../../support/azurite.ts';
import { serverSpec } from '../../support/platform-specs.ts';
import { insertInstance, secrets } from '../../support/sample-rows.ts';
import { useShared } from '../../support/shared.ts';
import { openUpkeepWorld } from './upkeep-world.ts';

type Part = 'volume' | 'secret' | 'configuration';

/** Records, a local platform and a blob store, and a reconciler that compares them. */
async function openReconcileWorld() {
  const [upkeep, azurite] = await Promise.all([openUpkeepWorld(), startAzurite()]);
  const { database, platform, log, createServer } = upkeep;
  const { connectionString } = azurite;
  const store: ImageStore = createAzureBlobStore({ connectionString, container: 'images', seal: secrets, log });
  const jobs = createJobRecords(database, platform.id);
  const queries = createUpkeepQueries(database);

  return {
    database,
    platform,
    store,
    /** Where the store keeps its files. */
    container: BlobServiceClient.fromConnectionString(connectionString).getContainerClient('images'),
    jobs,
    createServer,
    /** One round of a reconciler without a grace time. */
    look({ store: seen = store, ...options }: Partial<ReconcilerOptions> & { store?: ImageStore } = {}) {
      const services = { platform, store: seen, jobs };
      const reconciler = createReconciler({ database, services, graceMs: 0, log, ...options });
      return reconciler.run(new AbortController().signal);
    },
    /** Every difference as `kind name state`, and its reason. */
    async drift(): Promise<Record<string, string>> {
      const found = await queries.drift({ first: 100 });
      return Object.fromEntries(found.map(({ kind, name, state, reason }) => [`${kind} ${name} ${state}`, reason]));
    },
    /** What the platform has, as `kind name`. */
    objects: async () => (await platform.listObjects()).map(({ kind, name }) => `${kind} ${name}`).sort(),
    /** The parts of a server that never ran, and the id of its record. */
    async makeParts(parts: readonly Part[] = ['volume', 'secret', 'configuration']): Promise<ServerSpec> {
      const spec = serverSpec();
      if (parts.includes('volume')) await platform.ensureVolume(spec);
      if (parts.includes('secret'))
        await platform.ensureSecret(spec, { username: 'postgres', password: 'long enough' });
      if (parts.includes('configuration')) await platform.ensureConfiguration(spec);
      return spec;
    },
    /** Writes the record of an instance that has this server. */
    record(
      { instanceId: id, resourceName, namespace }: Pick<ServerSpec, 'instanceId' | 'resourceName' | 'namespace'>,
      values: Partial<typeof instances.$inferInsert>,
    ) {
      return insertInstance(database, { id, resourceName, namespace, platform: platform.id, ...values });
    },
    /** Removes every record, object and file. */
    async clear() {
      await database.pool.query('TRUNCATE cms.instances, cms.images, cms.operations, cms.drift CASCADE');
      for (const { kind, namespace, name, ownerId } of await platform.listObjects()) {
        if (kind === 'job') await platform.removeJob({ id: ownerId ?? '', namespace, name });
        const resourceName = kind === 'server' ? name : name.replace(/-(pvc|secret|config)$/, '');
        const ref = { namespace, resourceName };
        if (kind === 'server') await platform.removeServer(ref);
        if (kind === 'secret') await platform.removeSecret(ref);
        if (kind === 'configuration') await platform.removeConfiguration(ref);
        if (kind === 'volume') await platform.removeVolume(ref);
      }
      for (const id of await store.listImageIds()) await store.removeImage(id);
    },
    async stop() {
      await upkeep.stop();
      await azurite.stop();
    },
  };
}

export type ReconcileWorld = Awaited<ReturnType<typeof openReconcileWorld>>;

/** One world for all tests of a file, emptied after each. To be called at the head of the file. */
export function useReconcileWorld(): ReconcileWorld {
  const world = useShared(openReconcileWorld);
  afterEach(() => world.clear());
  return world;
}
