import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Login, openSession } from '../../../src/guarded-postgres/session.ts';
import { findPostgresPrograms } from '../../../src/postgres-programs/find.ts';
import { writeToolEnvironment } from '../../../src/runner/postgres/tool-environment.ts';
import { issueCertificate, makeAuthority } from '../../../src/secrets/certificates/make-certificates.ts';
import { int32, LET_IN, message } from '../../support/fake-postgres.ts';

const run = promisify(execFile);
const PASSWORD = 'a password that nobody is told';
const CLEARTEXT = message('R', int32(3));
const MD5 = message('R', int32(5), 'salt');

let directory = '';
const stops: (() => void)[] = [];
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'toygres-tools-'));
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await rm(directory, { recursive: true, force: true });
});

/** A server that answers the first client as it should, and each later one with a question. */
async function startTurncoat(question: Buffer, tls: { readonly key: string; readonly cert: string } | null) {
  const received: Buffer[] = [];
  let clients = 0;
  const serve = (socket: Socket) => {
    let isBegun = false;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      if (isBegun) received.push(chunk);
      else {
        clients += 1;
        socket.write(clients === 1 ? LET_IN : question);
      }
      isBegun = true;
    });
  };
  const server = createServer((socket) => {
    stops.push(() => socket.destroy());
    socket.on('error', () => undefined);
    if (tls === null) return serve(socket);
    socket.once('data', () => {
      socket.write('S');
      serve(new TLSSocket(socket, { isServer: true, ...tls }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, text: () => Buffer.concat(received).toString('latin1') };
}

async function dump(environment: Readonly<Record<string, string>>): Promise<string> {
  const [programs] = await findPostgresPrograms(null);
  const file = path.join(programs?.directory ?? '', 'pg_dump');
  const failed = await run(file, ['--no-password', '--dbname=postgres'], {
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', ...environment },
    timeout: 240_000,
  }).then(
    () => ({ stderr: 'it went well' }),
    (error: { stderr: string }) => error,
  );
  return failed.stderr;
}

test.each([
  ['in the clear', CLEARTEXT],
  ['by MD5', MD5],
])(
  'a server that let our session in without the password is not told it by tools that it asks for it %s',
  async (_, question) => {
    const server = await startTurncoat(question, null);
    const login: Login = { host: '127.0.0.1', port: server.port, user: 'postgres', password: PASSWORD };
    const session = await openSession(login, { database: 'postgres', major: 15 });
    expect(session.askedForPassword).toBe(false);
    const environment = await writeToolEnvironment(login, { major: 15, session }, directory);
    expect(await dump(environment)).toMatch(/no password supplied|fe_sendauth|authentication method requirement/);
    expect(server.text()).not.toMatch(/a password|md5[0-9a-f]/);
    await session.close();
  },
);

test.each([
  ['in the clear', CLEARTEXT],
  ['by MD5', MD5],
])('nor is one with a certificate, which has let it in by SCRAM and now asks %s', async (_, question) => {
  const authority = await makeAuthority(new Date());
  const { key, certificate } = await issueCertificate(authority, ['neighbour', '127.0.0.1'], new Date());
  const server = await startTurncoat(question, { key, cert: certificate });
  const identity = { name: 'neighbour', trusted: authority.certificate };
  const login: Login = { host: '127.0.0.1', port: server.port, user: 'postgres', password: PASSWORD, identity };
  const first = await openSession(login, { database: 'postgres', major: 15 });
  const asked = { major: 15, session: { askedForPassword: true } };
  const environment = await writeToolEnvironment(login, asked, directory);
  expect(await dump(environment)).toMatch(/channel binding|authentication method requirement/);
  expect(server.text()).not.toMatch(/a password|md5[0-9a-f]/);
  await first.close();
});
