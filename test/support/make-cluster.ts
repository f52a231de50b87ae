import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { type ClusterOwner, initCluster, type NewCluster } from '../../src/postgres-programs/cluster.ts';
import { spawnOptionsFor } from '../../src/postgres-programs/identity.ts';
import { makeOnce } from './make-once.ts';

const run = promisify(execFile);

const PASSWORD = 'of a template';

/** One cluster of each kind a run, made by initdb, which takes ten times as long as a copy of what it made. */
async function findTemplate(owner: ClusterOwner, { superuser, initdbArguments }: NewCluster): Promise<string> {
  const kind = JSON.stringify([owner.programs.directory, owner.identity, superuser, initdbArguments]);
  const template = path.join(inject('templates'), createHash('sha256').update(kind).digest('hex').slice(0, 16));
  await makeOnce(template, (dataDirectory) =>
    initCluster(owner, { dataDirectory, superuser, password: PASSWORD, initdbArguments }),
  );
  return template;
}

/** `postgres --single`: without a server, and without the password among its arguments. */
async function setPassword(owner: ClusterOwner, { dataDirectory, superuser, password }: NewCluster): Promise<void> {
  const options = { ...spawnOptionsFor(owner.identity), cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' } };
  const quoted = (text: string, quote: string) => quote + text.replaceAll(quote, quote + quote) + quote;
  const program = path.join(owner.programs.directory, 'postgres');
  const words = ['--single', '-j', '-F', '-c', 'exit_on_error=on', '-c', 'standard_conforming_strings=on'];
  const running = run(program, [...words, '-D', dataDirectory, 'postgres'], options);
  running.child.stdin?.end(`ALTER ROLE ${quoted(superuser, '"')} PASSWORD ${quoted(password, "'")};\n\n`);
  await running;
}

/**
 * Makes a cluster as initCluster does, of a template of this run. Two of one kind have the same system identifier: tests of what
 * tells clusters apart call initCluster.
 */
export async function makeTestCluster(owner: ClusterOwner, cluster: NewCluster): Promise<void> {
  // Programs that use the same supports have no run to keep one for.
  if (process.env.VITEST === undefined) return initCluster(owner, cluster);
  const template = await findTemplate(owner, cluster);
  try {
    await run('cp', ['-a', '--reflink=auto', '--', template, cluster.dataDirectory]);
    await setPassword(owner, cluster);
  } catch (error) {
    await rm(cluster.dataDirectory, { recursive: true, force: true });
    throw error;
  }
}
