import { randomUUID } from 'node:crypto';
import type { instances } from '../../../drizzle/tables/index.ts';
import type { ServerSpec } from '../../../jobs/ports/platform/servers.ts';
import { SUPERUSER_NAME } from '../../../jobs/ports/superuser.ts';
import { createListener } from '../../../src/db/listener.ts';
import type { LocalPlatform } from '../../../src/platform/local/local-platform.ts';
import { createServerProbe } from '../../../src/platform/server-probe.ts';
import { createInstanceRecords } from '../../../src/stores/instances/records.ts';
import { createUpkeepQueries } from '../../../src/stores/upkeep/queries.ts';
import { createHealthMonitor, type HealthMonitorOptions } from '../../../src/upkeep/health/health-monitor.ts';
import { captureLog } from '../../support/capture-log.ts';
import { eventually } from '../../support/eventually.ts';
import { createLocalHome } from '../../support/local-platform.ts';
import { serverSpec } from '../../support/platform-specs.ts';
import { insertInstance, secrets } from '../../support/sample-rows.ts';
import { createTestDatabase } from '../../support/test-database.ts';

const PASSWORD = 'a password of the tests';

/** Records, a listener and a local platform with real servers; monitors are the test's. */
export async function openUpkeepWorld() {
  const [test, home] = await Promise.all([createTestDatabase(), createLocalHome()]);
  const { database, url } = test;
  const platform: LocalPlatform = await home.open();
  const { log, messages } = captureLog();
  const listener = createListener({ url, log });
  await listener.start();
  const queries = createUpkeepQueries(database);
  const monitors: { stop(): Promise<void> }[] = [];
  const stopMonitors = async () => void (await Promise.all(monitors.splice(0).map((monitor) => monitor.stop())));

  async function row(id: string) {
    const { rows } = await database.pool.query(
      'SELECT state, health, revision, endpoint FROM cms.instances WHERE id = $1',
      [id],
    );
    return rows[0] as { state: string; health: string; revision: string; endpoint: { port: number } | null };
  }

  let shared: Promise<ServerSpec> | null = null;

  async function record(spec: ServerSpec, values: Partial<typeof instances.$inferInsert>): Promise<ServerSpec> {
    const { endpoint } = await platform.readServer(spec);
    await insertInstance(database, {
      id: spec.instanceId,
      resourceName: spec.resourceName,
      namespace: spec.namespace,
      platform: platform.id,
      endpoint,
      encryptedPassword: secrets.encrypt(PASSWORD, spec.instanceId),
      ...values,
    });
    return spec;
  }

  async function startServer(): Promise<ServerSpec> {
    const spec = serverSpec();
    await platform.ensureVolume(spec);
    await platform.ensureSecret(spec, { username: SUPERUSER_NAME, password: PASSWORD });
    await platform.ensureConfiguration(spec);
    await platform.ensureServer(spec);
    await eventually(
      () => platform.readServer(spec),
      ({ phase }) => phase === 'READY',
      300_000,
    );
    return spec;
  }

  return {
    database,
    url,
    home,
    platform,
    listener,
    log,
    messages,
    password: PASSWORD,
    row,
    stopMonitors,
    /** A monitor that looks often, stopped with the world. */
    async monitor(options: Partial<HealthMonitorOptions> = {}) {
      const monitor = createHealthMonitor({
        database,
        platform,
        instances: createInstanceRecords(database, secrets),
        listener,
        log,
        secrets,
        probe: createServerProbe(),
        processId: randomUUID(),
        intervalMs: 300,
        timeoutMs: 2_000,
        ...options,
      });
      monitors.push(monitor);
      await monitor.start();
      return monitor;
    },
    /** A server that runs, and its record. */
    createServer: async (values: Partial<typeof instances.$inferInsert> = {}) => record(await startServer(), values),
    /** Another record of the one server that all tests share: none of them may end it. */
    async shareServer(values: Partial<typeof instances.$inferInsert> = {}): Promise<ServerSpec> {
      shared ??= startServer();
      return record({ ...(await shared), instanceId: randomUUID() }, values);
    },
    checks: async (id: string, first = 100) => (await queries.healthChecks([id], first))[0] ?? [],
    untilHealth: (id: string, health: string) =>
      eventually(
        () => row(id),
        (found) => found.health === health,
      ),
    async stop() {
      await stopMonitors();
      await listener.stop();
      await platform.stop();
      await home.stop();
      await test.stop();
    },
  };
}

export type UpkeepWorld = Awaited<ReturnType<typeof openUpkeepWorld>>;
