import { readFile, rename, symlink } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import type { ServerSpec } from '../../jobs/ports/platform/servers.ts';
import { useServerBench } from '../support/server-bench.ts';

const NEXT = { username: 'postgres', password: 'one that is to be' };

describe('a login that is set without the one before it, on the local platform', () => {
  const bench = useServerBench();

  const socketOf = async (spec: ServerSpec) => {
    const directory = String(await bench.ask(spec, 'SHOW unix_socket_directories')).replaceAll('"', '');
    return path.join(directory, `.s.PGSQL.${await bench.untilReady(spec)}`);
  };
  const accessOf = async (spec: ServerSpec) =>
    Promise.all(
      ['pg_hba.conf', 'pg_ident.conf'].map((name) =>
        readFile(path.join(bench.directoryOf(spec), 'configuration', name), 'utf8'),
      ),
    );

  test('is not the one of another server, where the socket leads there', async () => {
    const [spec, other] = [await bench.create(), await bench.create()];
    const before = await accessOf(spec);
    const [socket, target] = [await socketOf(spec), await socketOf(other)];
    await rename(socket, `${socket}.aside`);
    await symlink(target, socket);
    await expect(bench.platform.ensureLogin(spec, NEXT)).rejects.toMatchObject({ code: 'STEP_FAILED' });
    // It takes the password that it had.
    expect(await bench.ask(other, 'SELECT 1')).toBe(1);
    expect(await accessOf(spec)).toEqual(before);
  });

  test('is not set at a server that lets us in and is another one', async () => {
    const [spec, other] = [await bench.create(), await bench.create()];
    const [socket, target] = [await socketOf(spec), await socketOf(other)];
    await rename(socket, `${socket}.aside`);
    await symlink(target, socket);
    // Both at once: for a moment the other one lets us in as well.
    const asked = await Promise.allSettled([
      bench.platform.ensureLogin(spec, NEXT),
      bench.platform.ensureLogin(other, { username: 'postgres', password: 'hunter22' }),
    ]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(await bench.ask(other, 'SELECT 1')).toBe(1);
  });

  test('two at once are one after the other, and the last one counts', async () => {
    const spec = await bench.create();
    const logins = ['first', 'second'].map((password) => ({ username: 'postgres', password }));
    await Promise.all(logins.map((login) => bench.platform.ensureLogin(spec, login)));
    const port = await bench.untilReady(spec);
    const taken = await Promise.all(
      logins.map(async ({ password }) => {
        const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password });
        client.on('error', () => undefined);
        return client.connect().then(
          () => client.end().then(() => true),
          () => false,
        );
      }),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
  });
});
