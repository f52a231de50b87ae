import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeInstall, ensureDebianPackages, listMissingPackages } from '../../../src/embedded/debian-packages.ts';
import { ensureAzcopy } from '../../../src/platform/local/jobs/azcopy.ts';
import { readServerIdentity, spawnOptionsFor } from '../../../src/postgres-programs/identity.ts';
import { captureLog } from '../../support/capture-log.ts';

const run = promisify(execFile);

describe('the programs that a machine needs', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp('/tmp/toygres-programs-');
    await chmod(directory, 0o755);
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  test('azcopy of the npm package is made runnable for the user that jobs run as, once', async () => {
    const azcopy = await ensureAzcopy(directory);
    const made = await stat(azcopy);
    const identity = await readServerIdentity();
    const { stdout } = await run(azcopy, ['--version'], {
      ...spawnOptionsFor(identity),
      cwd: '/',
      env: { HOME: '/nonexistent', PATH: '/usr/bin', AZCOPY_DISABLE_SYSLOG: 'true' },
    });
    expect(stdout).toMatch(/azcopy version \d+\.\d+/);
    const [again, meanwhile] = await Promise.all([ensureAzcopy(directory), ensureAzcopy(directory)]);
    expect([again, meanwhile]).toEqual([azcopy, azcopy]);
    expect((await stat(azcopy)).ino).toBe(made.ino);
  });

  test('a half-copied azcopy is copied again', async () => {
    const azcopy = await ensureAzcopy(directory);
    const { size } = await stat(azcopy);
    await writeFile(azcopy, 'half');
    await ensureAzcopy(directory);
    expect((await stat(azcopy)).size).toBe(size);
  });

  test('nothing is installed where nothing is missing', async () => {
    const { log, messages } = captureLog();
    const azcopyPath = await ensureAzcopy(directory);
    expect(await ensureDebianPackages({ hasPostgres: true, azcopyPath, log })).toBe(false);
    expect(messages).toEqual([]);
  });

  test('a missing server and a program that lacks its library are named by their Debian packages', async () => {
    const unloadable = path.join(directory, 'unloadable');
    await writeFile(unloadable, '#!/bin/sh\necho "error while loading shared libraries" >&2\nexit 127\n', {
      mode: 0o755,
    });
    expect(await listMissingPackages({ hasPostgres: false, azcopyPath: unloadable })).toEqual([
      'postgresql',
      'libsecret-1-0',
    ]);
    expect(await listMissingPackages({ hasPostgres: true, azcopyPath: null })).toEqual([]);
  });

  test('who may not install is told the exact command in one line', () => {
    const packages = ['postgresql', 'libsecret-1-0'];
    const asUser = describeInstall(packages, { isRoot: false, isDebian: true });
    expect(asUser).toBe(
      'Install what is missing with: sudo apt-get install --yes --no-install-recommends postgresql libsecret-1-0',
    );
    expect(describeInstall(packages, { isRoot: false, isDebian: false })).toContain('postgresql and libsecret-1-0');
  });
});
