import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { ServerSpec } from '../../jobs/ports/platform.ts';
import type { LocalPlatform } from '../../src/platform/local/local-platform.ts';
import { findPostmaster } from '../../src/postgres-programs/postmaster.ts';
import { eventually } from './eventually.ts';
import { createLocalHome, type LocalHome } from './local-platform.ts';
import { serverSpec } from './platform-specs.ts';

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
  let home: LocalHome;
  let platform: LocalPlatform;
  const created: ServerSpec[] = [];

  beforeAll(async () => {
    home = await createLocalHome();
    platform = await home.open();
  });
  afterAll(async () => {
    await platform.stop();
    await home.stop();
  });
  afterEach(async () => {
    for (const spec of created.splice(0)) {
      await platform.removeServer(spec);
      await platform.removeConfiguration(spec);
      await platform.removeSecret(spec);
      await platform.removeVolume(spec);
    }
  });

  const bench: ServerBench = {
    get home() {
      return home;
    },
    get platform() {
      return platform;
    },
    directoryOf: (spec) => path.join(home.stateDirectory, 'servers', 'test', spec.resourceName),
    dataOf: (spec) => path.join(bench.directoryOf(spec), 'volume', 'pgdata'),
    adopt: (spec) => {
      created.push(spec);
      return spec;
    },
    prepare: async (spec = serverSpec(), password = PASSWORD) => {
      bench.adopt(spec);
      await platform.ensureVolume(spec);
      await platform.ensureSecret(spec, { username: 'postgres', password });
      await platform.ensureConfiguration(spec);
      return spec;
    },
    create: async () => {
      const spec = await bench.prepare();
      await platform.ensureServer(spec);
      await bench.untilReady(spec);
      return spec;
    },
    untilReady: async (spec) => {
      const status = await eventually(
        () => platform.readServer(spec),
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
