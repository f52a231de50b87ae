import path from 'node:path';
import pg from 'pg';
import { afterEach } from 'vitest';
import type { ServerSpec } from '../../jobs/ports/platform/servers.ts';
import type { LocalPlatform } from '../../src/platform/local/local-platform.ts';
import { findPostmaster } from '../../src/postgres-programs/postmaster.ts';
import { eventually } from './eventually.ts';
import type { LocalHome } from './local-platform.ts';
import { serverSpec } from './platform-specs.ts';
import { useLocalPlatform } from './use-local-platform.ts';

export const PASSWORD = 'hunter22';

/** Servers of one local platform for the tests of a file; what a test made is removed after it. */
export interface ServerBench {
  readonly home: LocalHome;
  readonly platform: LocalPlatform;
  directoryOf(spec: ServerSpec): string;
  dataOf(spec: ServerSpec): string;
  /** Has the server removed after the test. */
  adopt(spec: ServerSpec): ServerSpec;
  /** Volume, secret and configuration, no server yet. */
  prepare(spec?: ServerSpec, password?: string): Promise<ServerSpec>;
  /** A server that takes connections. */
  create(): Promise<ServerSpec>;
  /** Waits until the server takes connections and gives its port. */
  untilReady(spec: ServerSpec): Promise<number>;
  /** The first value of the first row. */
  ask(spec: ServerSpec, sql: string): Promise<unknown>;
  /** The pid of the server, 0 when none runs. */
  postmasterOf(spec: ServerSpec): Promise<number>;
}

/** Call it in a `describe`; what it gives can be used inside tests. */
export function useServerBench(): ServerBench {
  const local = useLocalPlatform();
  const created: ServerSpec[] = [];

  afterEach(async () => {
    for (const spec of created.splice(0)) {
      await local.platform.removeServer(spec);
      await local.platform.removeConfiguration(spec);
      await local.platform.removeSecret(spec);
      await local.platform.removeVolume(spec);
    }
  });

  const bench: ServerBench = {
    get home() {
      return local.home;
    },
    get platform() {
      return local.platform;
    },
    directoryOf: (spec) => path.join(local.home.stateDirectory, 'servers', 'test', spec.resourceName),
    dataOf: (spec) => path.join(bench.directoryOf(spec), 'volume', 'pgdata'),
    adopt: (spec) => {
      created.push(spec);
      return spec;
    },
    prepare: async (spec = serverSpec(), password = PASSWORD) => {
      bench.adopt(spec);
      await local.platform.ensureVolume(spec);
      await local.platform.ensureSecret(spec, { username: 'postgres', password });
      await local.platform.ensureConfiguration(spec);
      return spec;
    },
    create: async () => {
      const spec = await bench.prepare();
      await local.platform.ensureServer(spec);
      await bench.untilReady(spec);
      return spec;
    },
    untilReady: async (spec) => {
      const status = await eventually(
        () => local.platform.readServer(spec),
        ({ phase }) => phase === 'READY',
      );
      return status.endpoint?.port ?? 0;
    },
    ask: async (spec, sql) => {
      const port = await bench.untilReady(spec);
      const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password: PASSWORD });
      client.on('error', () => undefined);
      await client.connect();
      try {
        return (await client.query({ text: sql, rowMode: 'array' })).rows[0]?.[0];
      } finally {
        await client.end();
      }
    },
    postmasterOf: async (spec) => (await findPostmaster(bench.dataOf(spec)))?.process.pid ?? 0,
  };
  return bench;
}
