import { type AddressInfo, connect, createServer } from 'node:net';
import { afterEach, expect, inject, test } from 'vitest';
import { checkLogin } from '../../../src/runner/backup/check-login.ts';
import { message } from '../../support/fake-postgres.ts';

const NOT_YET = message(
  'E',
  'SFATAL\0VFATAL\0C57P03\0Mthe database system is not yet accepting connections\0DConsistent recovery state has not been yet reached.\0\0',
);

let stop: (() => Promise<unknown>) | undefined;
afterEach(() => stop?.());

/** A server that refuses so many connections as one that recovers does, and is the real one then. */
async function startRecovering(times: number) {
  const real = new URL(inject('postgresUrl'));
  let left = times;
  const server = createServer((near) => {
    near.on('error', () => undefined);
    if (left > 0) {
      left -= 1;
      near.once('data', () => near.end(NOT_YET));
      return;
    }
    const far = connect(Number(real.port), real.hostname);
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
    near.on('close', () => far.destroy());
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop = () => new Promise((resolve) => server.close(resolve));
  const { port } = server.address() as AddressInfo;
  const said: string[] = [];
  return {
    login: { host: '127.0.0.1', port, user: real.username, password: decodeURIComponent(real.password) },
    said,
    report: { log: (text: string) => said.push(text) } as never,
  };
}

test('a server that recovers is waited for, and that is said once', async () => {
  const { login, report, said } = await startRecovering(3);
  const found = await checkLogin(login, { signal: new AbortController().signal, report });
  expect(found.maintenance).toBe('postgres');
  await found.session.close();
  expect(said).toEqual([
    expect.stringMatching(
      /^The server takes no connections yet \(.*not yet accepting connections.*Consistent.*\): waiting for it$/,
    ),
  ]);
});

test('one that takes none for too long is told with its own words, and who ends the job does not wait', async () => {
  const { login, report } = await startRecovering(Number.POSITIVE_INFINITY);
  const { signal } = new AbortController();
  await expect(checkLogin(login, { signal, report }, 100)).rejects.toThrow(
    /the server cannot be reached: .*not yet accepting connections/,
  );
  const ending = new AbortController();
  const waiting = checkLogin(login, { signal: ending.signal, report });
  ending.abort(new Error('ended by signal TERM'));
  await expect(waiting).rejects.toThrow('ended by signal TERM');
});
