import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServerProbe } from '../../../src/platform/server-probe.ts';
import { initCluster, startCluster, stopCluster } from '../../../src/postgres-programs/cluster.ts';
import { findPostgresPrograms } from '../../../src/postgres-programs/find.ts';
import { readServerIdentity } from '../../../src/postgres-programs/identity.ts';
import { checkServer } from '../../../src/upkeep/health/check-server.ts';
import { captureLog } from '../../support/capture-log.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';

const run = promisify(execFile);
const PASSWORD = 'a password of the tests';

/**
 * PostgreSQL finds its libraries relative to its own program, so that a copy of the programs beside links to the libraries
 * is an installation of its own, in which one can be changed as an upgrade of the package changes them all.
 */
async function copyInstallation(root: string) {
  const [programs] = await findPostgresPrograms(null);
  if (programs === undefined) throw new Error('no PostgreSQL is installed');
  const config = async (option: string) => {
    const { stdout } = await run(path.join(programs.directory, 'pg_config'), [option]);
    return stdout.trim();
  };
  const [libraries, share] = [await config('--pkglibdir'), await config('--sharedir')];
  const bin = path.join(root, programs.directory);
  await mkdir(path.join(root, libraries), { recursive: true });
  await mkdir(path.dirname(path.join(root, share)), { recursive: true });
  await run('cp', ['-rL', programs.directory, bin]);
  await run('sh', ['-c', 'ln -s "$1"/* "$2"', 'sh', libraries, path.join(root, libraries)]);
  await symlink(share, path.join(root, share));
  return { programs: { ...programs, directory: bin }, plpgsql: path.join(root, libraries, 'plpgsql.so') };
}

let directory: string;
let port: number;
let stop: () => Promise<void>;
let plpgsql: string;
beforeAll(async () => {
  directory = await mkdtemp('/tmp/toygres-upgrade-');
  await chmod(directory, 0o755);
  const [installation, identity] = [await copyInstallation(directory), await readServerIdentity()];
  plpgsql = installation.plpgsql;
  const owner = { programs: installation.programs, identity };
  const home = path.join(directory, 'home');
  await mkdir(home);
  if (identity !== null) await chown(home, identity.uid, identity.gid);
  const dataDirectory = path.join(home, 'data');
  const initdbArguments = ['--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'];
  await initCluster(owner, { dataDirectory, superuser: 'postgres', password: PASSWORD, initdbArguments });
  port = await freePort();
  const settings = { port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: '' };
  await startCluster(owner, { dataDirectory, logFile: path.join(home, 'log'), settings });
  stop = () => stopCluster(owner, dataDirectory, 5);
});
afterAll(async () => {
  await stop();
  await rm(directory, { recursive: true, force: true });
});

describe('a server whose package was upgraded under it', () => {
  it('is UNHEALTHY, and the message says that a restart is needed', async () => {
    const endpoint = { host: '127.0.0.1', port, dnsName: null };
    const instance = {
      id: '1',
      name: 'orders',
      namespace: 'test',
      resourceName: 'orders-0a1b2c3d',
      imageType: 'STOCK',
      endpoint,
      encryptedPassword: PASSWORD,
      revision: 1,
    } as const;
    const dependencies = {
      platform: {
        readServer: async () => ({ phase: 'READY', endpoint, insideAddress: endpoint, detail: null }) as const,
      },
      probe: createServerProbe(),
      secrets: { decrypt: (value: string) => value },
      log: captureLog().log,
      timeoutMs: 5_000,
    };
    await eventually(
      () => checkServer(dependencies, instance),
      ({ status }) => status === 'HEALTHY',
    );
    await writeFile(`${plpgsql}.new`, 'what the old server cannot use');
    await rename(`${plpgsql}.new`, plpgsql);
    const verdict = await checkServer(dependencies, instance);
    expect(verdict).toMatchObject({ status: 'UNHEALTHY', isDown: false });
    expect(verdict.message).toMatch(/cannot load its libraries any more.*Restart the instance\.$/);
  });
});
