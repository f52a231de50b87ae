import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { azuriteConnectionString, startAzurite } from '../support/azurite.ts';
import { type CrashCluster, startCrashCluster } from '../support/crash-cluster.ts';
import { createE2eClient, type E2eClient } from '../support/e2e-client.ts';
import { type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';

type Mode = 'api' | 'worker';

/** One place for a server process: when it is killed, another is started in it. */
export interface Berth {
  readonly mode: Mode;
  server: E2eServer | null;
  /** Of an API; null while it is down. */
  client: E2eClient | null;
}

/** Servers of one home, and proxies on their ways to one CMS and one blob store. */
export interface Fleet {
  readonly berths: readonly Berth[];
  readonly cms: FaultProxy;
  readonly blobs: FaultProxy;
  readonly cluster: CrashCluster;
  readonly container: ContainerClient;
  /** What a process needs to reach the same things by no proxy. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stateDirectory: string;
  /** Ends the process of a berth, as a crash does. */
  kill(berth: Berth): Promise<void>;
  /** Has it end by itself. */
  retire(berth: Berth): Promise<void>;
  /** Starts one where none is. While the CMS is away it cannot start: then it is tried until it can. */
  man(berth: Berth): Promise<void>;
  stop(): Promise<void>;
}

export async function launchFleet(modes: readonly Mode[]): Promise<Fleet> {
  await using stops = new AsyncDisposableStack();
  const home = await makeE2eHome('chaos');
  stops.defer(() => home.stop());
  const cluster = await startCrashCluster();
  stops.defer(() => cluster.stop());
  const azurite = await startAzurite();
  stops.defer(() => azurite.stop());
  const cms = await startFaultProxy({ port: cluster.port });
  stops.defer(() => cms.stop());
  const blobs = await startFaultProxy({ port: azurite.port });
  stops.defer(() => blobs.stop());
  const secrets = {
    TOYGRES_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    TOYGRES_API_TOKEN: randomBytes(24).toString('hex'),
    TOYGRES_JOB_CONCURRENCY: '3',
    LOG_LEVEL: 'warn',
  };
  const reached = (database: number, store: number) => ({
    ...secrets,
    DATABASE_URL: cluster.url(database),
    AZURE_STORAGE_CONNECTION_STRING: azuriteConnectionString(store),
  });
  const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('images');
  await container.createIfNotExists();
  const berths: Berth[] = modes.map((mode) => ({ mode, server: null, client: null }));
  let ended = false;

  const leave = async (berth: Berth) => {
    const { client } = berth;
    berth.client = null;
    berth.server = null;
    await client?.stop().catch(() => undefined);
  };
  const fleet: Fleet = {
    berths,
    cms,
    blobs,
    cluster,
    container,
    environment: { ...reached(cluster.port, azurite.port), TOYGRES_HOME: home.directory },
    stateDirectory: path.join(home.directory, 'state'),
    async kill(berth) {
      const { server } = berth;
      await leave(berth);
      await server?.kill();
    },
    async retire(berth) {
      const { server } = berth;
      await leave(berth);
      await server?.stop();
    },
    async man(berth) {
      while (!ended && berth.server === null) {
        const server = await home.start(berth.mode, reached(cms.port, blobs.port)).catch(() => null);
        if (server === null) continue;
        berth.server = server;
        berth.client = berth.mode === 'api' ? createE2eClient(server) : null;
      }
    },
    async stop() {
      ended = true;
      for (const berth of berths) await fleet.retire(berth);
      await kept.disposeAsync();
    },
  };
  for (const berth of berths) await fleet.man(berth);
  const kept = stops.move();
  return fleet;
}
