import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openHome } from '../../../src/embedded/home.ts';
import { readOrCreateEncryptionKey, readOrCreateToken, tokenFile } from '../../../src/embedded/kept-secret.ts';
import { readServerIdentity } from '../../../src/postgres-programs/identity.ts';
import { captureLog } from '../../support/capture-log.ts';
import { killHard, startProcess } from '../../support/control-process.ts';

const identity = await readServerIdentity();

describe('TOYGRES_HOME', () => {
  let directory: string;
  const { log, messages } = captureLog();
  const modeOf = async (file: string) => (await stat(file)).mode & 0o777;

  beforeEach(async () => {
    directory = await mkdtemp('/tmp/toygres-home-');
    await chmod(directory, 0o755);
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  test('is made when it is absent, and keeps its id when it is moved', async () => {
    const home = await openHome({ directory: path.join(directory, 'a', 'b'), identity, exclusive: true, log });
    expect(home.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(home.stateDirectory).toBe(path.join(directory, 'a', 'b', 'state'));
    await home.release();
    const again = await openHome({ directory: path.join(directory, 'a', 'b'), identity, exclusive: true, log });
    expect(again.id).toBe(home.id);
    await again.release();
  });

  test('an ordinary user has it for himself alone', async () => {
    const home = await openHome({ directory: path.join(directory, 'own'), identity: null, exclusive: true, log });
    expect(await modeOf(home.directory)).toBe(0o700);
    expect(await modeOf(home.stateDirectory)).toBe(0o700);
    await home.release();
  });

  test('is open to one server: a second one is told who has it, and changes nothing', async () => {
    const first = await openHome({ directory, identity, exclusive: true, log });
    const id = await readFile(path.join(directory, 'id'), 'utf8');
    await expect(openHome({ directory, identity, exclusive: true, log })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    expect(await readFile(path.join(directory, 'id'), 'utf8')).toBe(id);
    await first.release();
    await (await openHome({ directory, identity, exclusive: true, log })).release();
  });

  test.each([':', '*', '%', '\n'])('with %j in its path is refused before anything is made', async (character) => {
    const odd = path.join(directory, `a${character}b`);
    await expect(openHome({ directory: odd, identity, exclusive: true, log })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/^TOYGRES_HOME .* in a path means something else .*without it\.$/),
    });
    expect(await readdir(directory)).toEqual([]);
  });

  test.each(['a b', "it's", 'Überraschung', '-x', '$HOME', '[0]', 'a,b'])('with %j in its path works', async (name) => {
    await (await openHome({ directory: path.join(directory, name), identity, exclusive: true, log })).release();
  });

  test.runIf(process.getuid?.() === 0)(
    'on a mount from which no program runs is refused, and left as it was',
    async () => {
      const mounted = path.join(directory, 'mounted');
      await mkdir(mounted);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'noexec,mode=755', 'tmpfs', mounted]);
      try {
        await expect(openHome({ directory: mounted, identity, exclusive: true, log })).rejects.toMatchObject({
          code: 'UNAVAILABLE',
          message: expect.stringContaining('no program can be run there (noexec)'),
        });
        expect((await readdir(mounted)).filter((name) => name.startsWith('.trial'))).toEqual([]);
      } finally {
        execFileSync('umount', [mounted]);
      }
    },
  );

  test('is free again when the server that had it was killed', async () => {
    const child = await startProcess('embedded-process.ts', directory);
    await expect(openHome({ directory, identity, exclusive: true, log })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(`process ${child.pid}`),
    });
    await killHard(child);
    await (await openHome({ directory, identity, exclusive: true, log })).release();
  });

  test('that cannot be a directory is refused with what to do', async () => {
    await writeFile(path.join(directory, 'file'), '');
    for (const place of ['file', 'file/below']) {
      await expect(
        openHome({ directory: path.join(directory, place), identity, exclusive: true, log }),
      ).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringContaining('Set TOYGRES_HOME to a directory'),
      });
    }
    // Nobody, not even root, can make a directory there.
    await expect(openHome({ directory: '/proc/toygres', identity, exclusive: true, log })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  });

  test.skipIf(identity === null)(
    'that the unprivileged user cannot enter keeps its clusters elsewhere, and says so',
    async () => {
      const closed = path.join(directory, 'closed');
      await mkdir(closed, { mode: 0o700 });
      const home = await openHome({ directory: path.join(closed, 'home'), identity, exclusive: true, log });
      try {
        expect(home.stateDirectory).toBe(`/var/lib/toygres/${home.id}`);
        expect(messages.filter((message) => message.includes(home.stateDirectory))).toHaveLength(1);
      } finally {
        await home.release();
        await rm(home.stateDirectory, { recursive: true, force: true });
      }
    },
  );

  test('is shared by servers that need not be alone, and closed to one that must be', async () => {
    const options = { directory, identity, log };
    const [one, two] = await Promise.all([
      openHome({ ...options, exclusive: false }),
      openHome({ ...options, exclusive: false }),
    ]);
    expect(two.id).toBe(one.id);
    await one.release();
    await expect(openHome({ ...options, exclusive: true })).rejects.toMatchObject({ code: 'CONFLICT' });
    await two.release();
    const alone = await openHome({ ...options, exclusive: true });
    await expect(openHome({ ...options, exclusive: false })).rejects.toMatchObject({ code: 'CONFLICT' });
    await alone.release();
  });

  test.skipIf(identity === null)('a strict umask does not shut out the user that servers run as', async () => {
    const home = path.join(directory, 'strict');
    const child = await startProcess('embedded-process.ts', home, 'umask');
    await killHard(child);
    expect(await modeOf(home)).toBe(0o711);
    expect(await modeOf(path.join(home, 'state'))).toBe(0o711);
  });

  test('keeps a token and a key of 32 random bytes each, in files of mode 0600', async () => {
    const [token, again] = await Promise.all([readOrCreateToken(directory), readOrCreateToken(directory)]);
    expect(token).toBe(again);
    const key = await readOrCreateEncryptionKey(directory);
    expect(key).not.toBe(token);
    for (const secret of [token, key]) expect(Buffer.from(secret, 'base64')).toHaveLength(32);
    expect(await modeOf(tokenFile(directory))).toBe(0o600);
    expect(await modeOf(path.join(directory, 'encryption-key'))).toBe(0o600);
    expect(await readOrCreateToken(directory)).toBe(token);
  });

  test('an empty token and a damaged key are never taken for good ones', async () => {
    await writeFile(tokenFile(directory), '\n');
    await expect(readOrCreateToken(directory)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await writeFile(path.join(directory, 'encryption-key'), 'c2hvcnQ=\n');
    await expect(readOrCreateEncryptionKey(directory)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
