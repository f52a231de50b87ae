import { chmod, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../../../src/log/logger.ts';
import { createLocalPlatform, type LocalPlatform } from '../../../src/platform/local/local-platform.ts';
import { createServerProbe } from '../../../src/platform/server-probe.ts';
import { readServerIdentity } from '../../../src/postgres-programs/identity.ts';
import { findPostmaster, listServerProcesses } from '../../../src/postgres-programs/postmaster.ts';
import { type DurablePrograms, makeDurablePrograms } from '../../support/durable/durable-programs.ts';
import { findDurableWorker } from '../../support/durable/durable-server.ts';
import { eventually } from '../../support/eventually.ts';
import { serverSpec } from '../../support/platform-specs.ts';

const MINUTES = 60_000;
const login = { username: 'postgres', password: 'a password of the tests' };
const spec = serverSpec({ imageType: 'PG_DURABLE' });
let durable: DurablePrograms;
let directory: string;
let platform: LocalPlatform;
let data: string;

beforeAll(async () => {
  durable = await makeDurablePrograms();
  directory = await mkdtemp('/tmp/toygres-stop-');
  await chmod(directory, 0o755);
  const stateDirectory = path.join(directory, 'state');
  const templates = path.resolve(import.meta.dirname, '../../../templates');
  platform = await createLocalPlatform({
    homeId: 'test',
    stateDirectory,
    programs: [durable.programs],
    identity: await readServerIdentity(),
    azcopyPath: null,
    scriptsDirectory: path.join(templates, 'scripts'),
    runnerDirectory: '/nowhere',
    jobConcurrency: 1,
    namespaces: [spec.namespace],
    log: createLogger('silent'),
    stopGraceMs: 2_000,
  });
  data = path.join(stateDirectory, 'servers', spec.namespace, spec.resourceName, 'volume/pgdata');
  await platform.ensureVolume(spec);
  await platform.ensureSecret(spec, login);
  await platform.ensureConfiguration(spec);
}, 2 * MINUTES);
afterAll(async () => {
  await platform?.suspend();
  await platform?.stop();
  await rm(directory, { recursive: true, force: true });
  await durable?.stop();
});

/** Starts the server and waits until its worker has connections of its own. */
async function startWithWorker(): Promise<number> {
  await platform.ensureServer(spec);
  const status = await eventually(
    () => platform.readServer(spec),
    ({ phase }) => phase === 'READY',
    MINUTES,
  );
  const address = status.endpoint ?? { host: '', port: 0 };
  const probe = createServerProbe();
  await probe.ensureDurableExtension(address, login, { timeoutMs: 10_000 });
  await eventually(
    () => probe.connect(address, login, { timeoutMs: 10_000, durable: true }),
    ({ durableWorkerRunning }) => durableWorkerRunning === true,
    MINUTES,
  );
  return findDurableWorker((await findPostmaster(data))?.process.pid ?? 0);
}

it(
  'a server whose worker holds connections is shut down fast and in order: nothing is to be made good at its next start',
  async () => {
    await startWithWorker();
    await platform.stopServer(spec);
    expect(await listServerProcesses(data)).toEqual([]);
    await startWithWorker();
    const lines: string[] = [];
    const signal = new AbortController().signal;
    for await (const { text } of platform.followServerLogs(spec, {
      tailLines: null,
      since: null,
      follow: false,
      signal,
    })) {
      lines.push(text);
    }
    expect(lines.join('\n')).toContain('received fast shutdown request');
    expect(lines.join('\n')).not.toContain('was not properly shut down');
  },
  2 * MINUTES,
);

it(
  'a server whose worker hangs and never ends is ended all the same, when the time for a fast shutdown is over',
  async () => {
    const worker = await startWithWorker();
    process.kill(worker, 'SIGSTOP');
    await platform.stopServer(spec);
    expect(await listServerProcesses(data)).toEqual([]);
    expect(await platform.readServer(spec)).toMatchObject({ phase: 'STOPPED' });
  },
  2 * MINUTES,
);
