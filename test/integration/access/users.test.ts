import { describe, expect, it } from 'vitest';
import { openAccessWorld, ROOT_PASSWORD } from '../../support/access-world.ts';
import { codes } from '../../support/api-execution.ts';
import { useShared } from '../../support/shared.ts';

const world = useShared(openAccessWorld);
const PASSWORD = 'a password of the tests';
const RED = [{ key: 'team', value: 'red' }];
const BLUE = [{ key: 'team', value: 'blue' }];

const update = (id: string, change: string, token?: string) => {
  const query = `mutation { updateUser(input: { userId: "${id}", ${change} }) { user { role enabled scope { key value } } } }`;
  return token === undefined ? world.root(query) : world.send(query, { token });
};
const createUser = (input: string, token: string) =>
  world.send(`mutation { createUser(input: { ${input} }) { user { id scope { key value } } password } }`, { token });
const createToken = (input: string, token: string) =>
  world.send(
    `mutation { createApiToken(input: { ${input} }) { token apiToken { prefix role scope { key value } } } }`,
    {
      token,
    },
  );

describe('a user', () => {
  it('gets a password that is shown once, and can sign in with it', async () => {
    const { data } = await world.root(
      'mutation { createUser(input: { username: "ann", role: OPERATOR }) { user { id username role scope { key } enabled lastLoginAt } password } }',
    );
    const { user, password } = data.createUser;
    expect(user).toMatchObject({ username: 'ann', role: 'OPERATOR', scope: [], enabled: true, lastLoginAt: null });
    expect((await world.login('Ann', password)).data.login.viewer.name).toBe('ann');
    const found = await world.root(`{ node(id: "${user.id}") { __typename ... on User { lastLoginAt } } }`);
    expect(found.data.node).toMatchObject({ __typename: 'User', lastLoginAt: expect.any(String) });
  });

  it.each([
    ['username: "ADMIN"', 'CONFLICT'],
    ['username: ""', 'INVALID_INPUT'],
    ['username: " x"', 'INVALID_INPUT'],
    ['username: "a\u200bb"', 'INVALID_INPUT'],
    [`username: "${'x'.repeat(64)}"`, 'INVALID_INPUT'],
    ['username: "b", password: "short"', 'INVALID_INPUT'],
    ['username: "b", scope: [{ key: "a b", value: "" }]', 'INVALID_INPUT'],
  ])('is not made of %s', async (input, code) => {
    const answer = await world.root(`mutation { createUser(input: { role: VIEWER, ${input} }) { user { id } } }`);
    expect(codes(answer)).toEqual([code]);
  });

  it('is never the last administrator to go, in whatever way, also by two requests at once', async () => {
    const { data } = await world.root('{ users(first: 100) { nodes { id username } } }');
    const { id } = data.users.nodes.find(({ username }: { username: string }) => username === 'admin');
    for (const change of ['enabled: false', 'role: OPERATOR', 'scope: [{ key: "a", value: "b" }]']) {
      const { errors } = await update(id, change);
      expect(errors[0]?.extensions).toMatchObject({ code: 'CONFLICT', rule: 'lastAdministrator' });
    }
    expect(codes(await world.root(`mutation { deleteUser(input: { userId: "${id}" }) { id } }`))).toEqual(['CONFLICT']);
    const second = await world.createUser('second-admin', PASSWORD, 'ADMIN');
    const both = await Promise.all([update(id, 'role: VIEWER'), update(second, 'role: VIEWER')]);
    expect(both.flatMap((answer) => codes(answer))).toEqual(['CONFLICT']);
    await world.root(`mutation { updateUser(input: { userId: "${id}", role: ADMIN }) { user { id } } }`);
  });

  it('who is deleted can do nothing any more, by session or by token', async () => {
    const id = await world.createUser('leaver', PASSWORD, 'OPERATOR');
    const { session } = await world.login('leaver', PASSWORD);
    const made = await world.send('mutation { createApiToken(input: { name: "x", role: OPERATOR }) { token } }', {
      cookie: session,
    });
    const { token } = made.data.createApiToken;
    expect((await world.send('{ viewer { name } }', { token })).status).toBe(200);
    const { data } = await world.root(`mutation { deleteUser(input: { userId: "${id}" }) { id } }`);
    expect(data.deleteUser.id).toBe(id);
    expect((await world.send('{ viewer { name } }', { token })).status).toBe(401);
    expect((await world.send('{ viewer { name } }', { cookie: session })).status).toBe(401);
    expect((await world.root(`{ node(id: "${id}") { id } }`)).data.node).toBeNull();
  });
});

describe('a token', () => {
  it('is shown once, kept as a hash, and known by how it begins', async () => {
    const { data } = await world.root(
      'mutation { createApiToken(input: { name: "ci", role: VIEWER }) { token apiToken { id prefix createdBy { kind name } lastUsedAt } } }',
    );
    const { token, apiToken } = data.createApiToken;
    expect(token).toMatch(/^toygres_[\w-]{43}$/);
    expect(apiToken).toMatchObject({ createdBy: { kind: 'USER', name: 'admin' }, lastUsedAt: null });
    expect(token.startsWith(apiToken.prefix)).toBe(true);
    const { data: seen } = await world.send('{ viewer { name role } }', { token });
    expect(seen.viewer).toEqual({ name: 'ci', role: 'VIEWER' });
    const { rows } = await world.database.pool.query<{ text: string; used: Date | null }>(
      'SELECT t::text AS text, last_used_at AS used FROM cms.api_tokens t WHERE id = $1',
      [apiToken.id],
    );
    expect(rows[0]?.text).not.toContain(token.slice(apiToken.prefix.length));
    expect(rows[0]?.used).not.toBeNull();
    expect((await world.send('{ viewer { name } }', { token: apiToken.prefix })).status).toBe(401);
    expect((await world.send('{ viewer { name } }', { token: `${token}x` })).status).toBe(401);
  });

  it('is never worth more than who made it: role, scope, and what becomes of both', async () => {
    const id = await world.createUser('maker', PASSWORD, 'OPERATOR', RED);
    const { session } = await world.login('maker', PASSWORD);
    const make = (input: string) =>
      world.send(
        `mutation { createApiToken(input: { name: "x", ${input} }) { token apiToken { scope { key value } } } }`,
        {
          cookie: session,
        },
      );
    expect(codes(await make('role: ADMIN'))).toEqual(['FORBIDDEN']);
    expect(codes(await make('role: VIEWER, scope: [{ key: "team", value: "blue" }]'))).toEqual(['FORBIDDEN']);
    const { data } = await make('role: OPERATOR, scope: []');
    expect(data.createApiToken.apiToken.scope).toEqual(RED);
    const { token } = data.createApiToken;
    await update(id, 'role: VIEWER');
    expect((await world.send('{ viewer { role } }', { token })).data.viewer.role).toBe('VIEWER');
    await update(id, 'scope: [{ key: "team", value: "blue" }]');
    expect((await world.send('{ viewer { role } }', { token })).status).toBe(401);
    await update(id, 'enabled: false, scope: []');
    expect((await world.send('{ viewer { role } }', { token })).status).toBe(401);
  });

  it('lasts no longer than the token that made it', async () => {
    const end = new Date(Date.now() + 3_600_000).toISOString();
    const { data } = await world.root(
      `mutation { createApiToken(input: { name: "short", role: OPERATOR, expiresAt: "${end}" }) { token } }`,
    );
    const { token } = data.createApiToken;
    const make = (input: string) =>
      world.send(
        `mutation { createApiToken(input: { name: "child", role: VIEWER${input} }) { token apiToken { expiresAt } } }`,
        { token },
      );
    expect((await make('')).data.createApiToken.apiToken.expiresAt).toBe(end);
    expect((await make(', expiresAt: null')).data.createApiToken.apiToken.expiresAt).toBe(end);
    const later = await make(`, expiresAt: "${new Date(Date.parse(end) + 1).toISOString()}"`);
    expect(later.errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', field: 'expiresAt', rule: 'atMostOwn' });
    const sooner = new Date(Date.parse(end) - 60_000).toISOString();
    const child = (await make(`, expiresAt: "${sooner}"`)).data.createApiToken;
    expect(child.apiToken.expiresAt).toBe(sooner);
    // Nor does what that one makes.
    const grandchild = await world.send(
      'mutation { createApiToken(input: { name: "grandchild", role: VIEWER }) { apiToken { expiresAt } } }',
      { token: child.token },
    );
    expect(grandchild.data.createApiToken.apiToken.expiresAt).toBe(sooner);
  });

  it('is seen and revoked by its maker and by administrators, and by nobody else', async () => {
    const [one, other] = [await world.createToken('OPERATOR'), await world.createToken('VIEWER')];
    const made = await createToken('name: "child", role: VIEWER', one);
    expect(made.errors).toEqual([]);
    const list = (token: string) => world.send('{ apiTokens(first: 100) { totalCount nodes { id name } } }', { token });
    expect((await list(one)).data.apiTokens).toMatchObject({
      totalCount: 2,
      nodes: [{ name: 'child' }, { name: 't' }],
    });
    expect((await list(other)).data.apiTokens.totalCount).toBe(1);
    const { id } = (await list(one)).data.apiTokens.nodes[0];
    const revoke = `mutation { revokeApiToken(input: { apiTokenId: "${id}" }) { apiToken { revokedAt } } }`;
    expect(codes(await world.send(revoke, { token: other }))).toEqual(['NOT_FOUND']);
    const first = await world.send(revoke, { token: one });
    expect(await world.root(revoke)).toMatchObject({ data: first.data });
    expect((await world.send('{ viewer { name } }', { token: made.data.createApiToken.token })).status).toBe(401);
  });

  it.each([
    ['name: ""', 'INVALID_INPUT'],
    ['name: "x", expiresAt: "2020-01-01T00:00:00Z"', 'INVALID_INPUT'],
  ])('is not made of %s', async (input, code) => {
    expect(codes(await world.root(`mutation { createApiToken(input: { role: VIEWER, ${input} }) { token } }`))).toEqual(
      [code],
    );
  });
});

describe('an administrator with a scope', () => {
  it('makes and sees users and tokens of that scope alone', async () => {
    const admin = await world.createToken('ADMIN', RED);
    const outside = await world.createUser('outside', PASSWORD);
    const blue = await world.createUser('blue', PASSWORD, 'VIEWER', BLUE);
    const inside = await createUser('username: "inside", role: ADMIN', admin);
    expect(inside.data.createUser.user.scope).toEqual(RED);
    expect(
      codes(await createUser('username: "y", role: VIEWER, scope: [{ key: "team", value: "blue" }]', admin)),
    ).toEqual(['FORBIDDEN']);
    const { data } = await world.send('{ users(first: 100) { totalCount nodes { username } } }', { token: admin });
    expect(data.users).toEqual({ totalCount: 1, nodes: [{ username: 'inside' }] });
    for (const id of [outside, blue]) {
      expect((await world.send(`{ node(id: "${id}") { id } }`, { token: admin })).data.node).toBeNull();
      expect(codes(await update(id, 'password: "taken over by another"', admin))).toEqual(['NOT_FOUND']);
    }
    const { id } = inside.data.createUser.user;
    expect((await update(id, 'scope: []', admin)).data.updateUser.user.scope).toEqual(RED);
  });
});

describe('the first administrator', () => {
  it('is made with the configured password once, whatever later starts say', async () => {
    expect(world.generatedPassword).toBeNull();
    expect((await world.login('admin', ROOT_PASSWORD)).errors).toEqual([]);
    const { data } = await world.root(
      '{ auditLog(filter: { action: ["createUser"] }) { nodes { actor { kind } detail } } }',
    );
    expect(data.auditLog.nodes.at(-1)).toEqual({ actor: { kind: 'SYSTEM' }, detail: 'the first administrator' });
  });
});
