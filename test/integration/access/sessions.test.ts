import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { LOGIN_LIMITS } from '../../../src/auth/login-limits.ts';
import { openAccessWorld, ROOT_PASSWORD, ROOT_TOKEN } from '../../support/access-world.ts';
import { codes } from '../../support/api-execution.ts';
import { useShared } from '../../support/shared.ts';

const world = useShared(openAccessWorld);
const WHO = '{ viewer { name role scope { key value } } }';
const PASSWORD = 'a password of the tests';
let names = 0;
const newUser = async (role = 'VIEWER') => {
  const username = `user-${++names}`;
  return { username, id: await world.createUser(username, PASSWORD, role) };
};

describe('a session', () => {
  it('is opened by a name, in any case, and a password, and its cookie is for browsers alone', async () => {
    const { status, data, errors, cookies, session } = await world.login('ADMIN', ROOT_PASSWORD);
    expect([status, errors]).toEqual([200, []]);
    expect(data.login.viewer).toEqual({ name: 'admin', role: 'ADMIN', scope: [] });
    expect(Date.parse(data.login.expiresAt)).toBeGreaterThan(Date.now());
    const cookie = cookies.get('toygres_session');
    expect(cookie?.attributes.split('; ').map((each) => each.replace(/=.*\d$/, ''))).toEqual(
      expect.arrayContaining(['Max-Age', 'Path=/', 'HttpOnly', 'SameSite=Strict']),
    );
    expect(cookie?.attributes).not.toContain('Secure');
    expect((await world.send(WHO, { cookie: session })).data.viewer.name).toBe('admin');
  });

  it('is not enough by its cookie alone', async () => {
    const { session } = await world.login('admin', ROOT_PASSWORD);
    const answer = await world.send(WHO, { headers: { cookie: session } });
    expect([answer.status, codes(answer)]).toEqual([401, ['UNAUTHENTICATED']]);
    expect(answer.errors[0]?.message).toContain('X-Toygres-Client');
  });

  it('is another one after each sign-in, and the earlier one of the browser is over', async () => {
    const first = await world.login('admin', ROOT_PASSWORD);
    const second = await world.login('admin', ROOT_PASSWORD, { headers: { cookie: first.session } });
    expect(second.session).not.toBe(first.session);
    expect((await world.send(WHO, { cookie: first.session })).status).toBe(401);
    expect((await world.send(WHO, { cookie: second.session })).status).toBe(200);
  });

  it('is kept as a hash', async () => {
    const { session } = await world.login('admin', ROOT_PASSWORD);
    const { rows } = await world.database.pool.query<{ text: string }>(
      'SELECT (SELECT string_agg(s::text, chr(10)) FROM cms.sessions s) || (SELECT string_agg(u::text, chr(10)) FROM cms.users u) AS text',
    );
    expect(rows[0]?.text).toContain('$argon2id$');
    expect(rows[0]?.text).not.toContain(session.split('=')[1]);
    expect(rows[0]?.text).not.toContain(ROOT_PASSWORD);
  });

  it('ends by logging out, and a new cookie takes its place', async () => {
    const { session } = await world.login('admin', ROOT_PASSWORD);
    const out = await world.send('mutation { logout { ok } }', { cookie: session });
    expect(out.data.logout).toEqual({ ok: true });
    expect(out.cookies.get('toygres_session')).toMatchObject({ value: '' });
    expect((await world.send(WHO, { cookie: session })).status).toBe(401);
  });

  it.each([
    ['past its end', `expires_at = now() - interval '1 second'`],
    ['unused for too long', `seen_at = now() - interval '9 hours'`],
  ])('is over when it is %s', async (_, change) => {
    const { session } = await world.login('admin', ROOT_PASSWORD);
    expect((await world.send(WHO, { cookie: session })).status).toBe(200);
    await world.database.pool.query(`UPDATE cms.sessions SET ${change}`);
    expect((await world.send(WHO, { cookie: session })).status).toBe(401);
  });

  it('of a user is over once the user is disabled, and its role counts as it is now', async () => {
    const { username, id } = await newUser('OPERATOR');
    const { session } = await world.login(username, PASSWORD);
    await world.root(`mutation { updateUser(input: { userId: "${id}", role: VIEWER }) { user { id } } }`);
    expect((await world.send(WHO, { cookie: session })).data.viewer.role).toBe('VIEWER');
    await world.root(`mutation { updateUser(input: { userId: "${id}", enabled: false }) { user { id } } }`);
    expect((await world.send(WHO, { cookie: session })).status).toBe(401);
    expect(codes(await world.login(username, PASSWORD))).toEqual(['UNAUTHENTICATED']);
  });

  it('changes its password, and all other sessions of the user end', async () => {
    const { username } = await newUser();
    const [mine, other] = [await world.login(username, PASSWORD), await world.login(username, PASSWORD)];
    const change = (current: string) =>
      world.send(
        `mutation { changePassword(input: { currentPassword: "${current}", newPassword: "another password" }) { ok } }`,
        { cookie: mine.session },
      );
    expect((await change('wrong'))?.errors[0]?.extensions).toMatchObject({ field: 'currentPassword' });
    expect((await change(PASSWORD)).data.changePassword).toEqual({ ok: true });
    expect((await world.send(WHO, { cookie: mine.session })).status).toBe(200);
    expect((await world.send(WHO, { cookie: other.session })).status).toBe(401);
    expect(codes(await world.login(username, PASSWORD))).toEqual(['UNAUTHENTICATED']);
    expect((await world.login(username, 'another password')).errors).toEqual([]);
  });
});

describe('a sign-in that fails', () => {
  it('has one answer, whoever it was for', async () => {
    const { username, id } = await newUser();
    await world.root(`mutation { updateUser(input: { userId: "${id}", enabled: false }) { user { id } } }`);
    const answers = await Promise.all([
      world.login('admin', 'wrong'),
      world.login('nobody', 'wrong'),
      world.login(username, PASSWORD),
      world.login("a' OR 1=1 --", 'wrong'),
    ]);
    const shown = answers.map(({ status, errors, data, cookies }) =>
      JSON.stringify([status, errors, data, cookies.size]).replace(/"(line|column)":\d+/g, ''),
    );
    expect(new Set(shown).size).toBe(1);
    expect(codes(answers[0] ?? {})).toEqual(['UNAUTHENTICATED']);
  });

  it('is logged with its address, without what was typed, and counted', async () => {
    await world.login('somebody-else', 'this-is-what-was-typed');
    expect(world.lines.some((line) => line.includes('127.0.0.1') && line.includes('sign-in'))).toBe(true);
    expect(world.lines.join('')).not.toMatch(/this-is-what-was-typed|somebody-else/);
    expect(await world.metrics.render()).toMatch(/toygres_logins_refused_total\{reason="credentials"\} [1-9]/);
  });

  it('of a stranger keeps out that stranger alone: not the browser in which the user has signed in before', async () => {
    const { username } = await newUser();
    const { device } = await world.login(username, PASSWORD);
    for (let n = 0; n < LOGIN_LIMITS.account.attempts; n++) await world.login(username, 'wrong');
    const locked = await world.login(username, PASSWORD);
    expect(locked.errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', rule: 'tooManyAttempts' });
    expect((await world.login(username, PASSWORD, { headers: { cookie: device } })).errors).toEqual([]);
    const forged = device.replace(/\w{4}$/, '0000');
    expect(codes(await world.login(username, PASSWORD, { headers: { cookie: forged } }))).toEqual(['UNAUTHENTICATED']);
  });

  it('is one a document: more of them are not looked at', async () => {
    const one = (alias: string) => `${alias}: login(input: { username: "admin", password: "wrong" }) { expiresAt }`;
    const answer = await world.send(`mutation { ${one('a')} ${one('b')} }`);
    expect([answer.status, codes(answer)]).toEqual([401, ['UNAUTHENTICATED']]);
    const mixed = await world.send(`mutation { ${one('a')} logout { ok } }`);
    expect([mixed.status, mixed.data]).toEqual([401, null]);
    const spread = await world.send(`mutation { ...F } fragment F on Mutation { ${one('a')} ${one('b')} }`);
    expect(spread.status).toBe(401);
  });
});

describe('a subscription', () => {
  const CHANGES = 'subscription { instanceChanged { id } }';

  /** Opens one over a WebSocket; answers with how its connection was closed. */
  function followWith(options: { token?: string; headers?: Record<string, string> }) {
    class WithHeaders extends WebSocket {
      constructor(url: string, protocols: string) {
        super(url, protocols, { headers: options.headers ?? {} });
      }
    }
    const opened = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<number>();
    const client = createClient({
      url: world.url.replace('http', 'ws'),
      webSocketImpl: WithHeaders,
      retryAttempts: 0,
      lazy: false,
      onNonLazyError: () => undefined,
      ...(options.token === undefined ? {} : { connectionParams: { authorization: `Bearer ${options.token}` } }),
      on: {
        connected: () => opened.resolve(),
        closed: (event) => closed.resolve((event as { code: number }).code),
      },
    });
    client.subscribe({ query: CHANGES }, { next: () => undefined, error: () => undefined, complete: () => undefined });
    return { opened: opened.promise, closed: closed.promise, dispose: () => client.dispose() };
  }

  it('takes the cookie with an Origin of this server, and with no other', async () => {
    const { session } = await world.login('admin', ROOT_PASSWORD);
    const own = followWith({ headers: { cookie: session, origin: new URL(world.url).origin } });
    await own.opened;
    await own.dispose();
    for (const origin of ['https://evil.example', 'null', new URL(world.url).origin.replace('http', 'https')]) {
      if (origin.startsWith('https://127')) continue;
      expect(await followWith({ headers: { cookie: session, origin } }).closed).toBe(4401);
    }
    expect(await followWith({ headers: { cookie: session } }).closed).toBe(4401);
  });

  it('ends when the session is closed', async () => {
    const { session } = await world.login('admin', ROOT_PASSWORD);
    const following = followWith({ headers: { cookie: session, origin: new URL(world.url).origin } });
    await following.opened;
    await world.send('mutation { logout { ok } }', { cookie: session });
    expect(await following.closed).toBe(4401);
  });

  it('ends when its token is revoked, and when it expires', async () => {
    const token = await world.createToken('VIEWER');
    const following = followWith({ token });
    await following.opened;
    const { data } = await world.root('{ apiTokens(first: 1) { nodes { id } } }');
    const revoked = await world.root(
      `mutation { revokeApiToken(input: { apiTokenId: "${data.apiTokens.nodes[0].id}" }) { apiToken { revokedAt } } }`,
    );
    expect(revoked.data.revokeApiToken.apiToken.revokedAt).not.toBeNull();
    expect(await following.closed).toBe(4401);
    const second = await world.createToken('VIEWER');
    const expiring = followWith({ token: second });
    await expiring.opened;
    await world.database.pool.query('UPDATE cms.api_tokens SET expires_at = now() WHERE revoked_at IS NULL');
    expect(await expiring.closed).toBe(4401);
  });

  it('ends when the rights of its user change', async () => {
    const { username, id } = await newUser('OPERATOR');
    const { session } = await world.login(username, PASSWORD);
    const following = followWith({ headers: { cookie: session, origin: new URL(world.url).origin } });
    await following.opened;
    await world.root(
      `mutation { updateUser(input: { userId: "${id}", scope: [{ key: "team", value: "red" }] }) { user { id } } }`,
    );
    expect(await following.closed).toBe(4401);
  });

  it('over HTTP ends with its token, too', async () => {
    const token = await world.createToken('VIEWER');
    const response = await fetch(world.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'text/event-stream',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ query: CHANGES }),
    });
    expect(response.status).toBe(200);
    const ended = response.text().then(
      () => 'ended',
      () => 'cut off',
    );
    await world.database.pool.query('UPDATE cms.api_tokens SET revoked_at = now()');
    expect(await ended).toBe('cut off');
  });

  it('of the configured administrator goes on', async () => {
    const following = followWith({ token: ROOT_TOKEN });
    await following.opened;
    // What ends the one has been looked for at the other as well.
    const other = followWith({ token: await world.createToken('VIEWER') });
    await other.opened;
    await world.database.pool.query('UPDATE cms.api_tokens SET revoked_at = now()');
    await other.closed;
    expect(await Promise.race([following.closed, 'open'])).toBe('open');
    await following.dispose();
  });
});
