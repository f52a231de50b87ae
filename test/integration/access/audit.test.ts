import { describe, expect, it } from 'vitest';
import { openAccessWorld, ROOT_PASSWORD } from '../../support/access-world.ts';
import { insertInstance } from '../../support/sample-rows.ts';
import { useShared } from '../../support/shared.ts';

const world = useShared(openAccessWorld);
const ENTRIES = `query ($filter: AuditFilter) { auditLog(first: 100, filter: $filter) {
  totalCount nodes { at actor { kind id name } address action target outcome code detail } } }`;

/** The newest entries, those of this action alone. */
async function entriesOf(action: string) {
  const { data, errors } = await world.root(ENTRIES, { filter: { action: [action] } });
  expect(errors).toEqual([]);
  return data.auditLog.nodes;
}

describe('the audit log', () => {
  it('has a line of what was allowed, with who, from where and what it was done to', async () => {
    const { data } = await world.root('mutation { createInstance(input: { name: "audited" }) { instance { id } } }');
    expect(await entriesOf('createInstance')).toMatchObject([
      {
        actor: { kind: 'USER', id: null, name: 'admin' },
        address: '127.0.0.1',
        target: data.createInstance.instance.id,
        outcome: 'ALLOWED',
        code: null,
      },
    ]);
  });

  it('names what something was done to, as it stands now, and says of what is gone what it was', async () => {
    const made = await world.root(`mutation {
      createInstance(input: { name: "named-in-the-log" }) { instance { id } operation { id } }
      createUser(input: { username: "named", role: VIEWER }) { user { id } }
      createWebhook(input: { name: "gone", url: "https://example.com/", events: [ALERT_OPENED] }) { webhook { id } }
    }`);
    const { createInstance, createUser, createWebhook } = made.data;
    await world.root(
      `mutation { cancelOperation(input: { operationId: "${createInstance.operation.id}" }) { operation { id } } }`,
    );
    await world.root(`mutation { deleteWebhook(input: { webhookId: "${createWebhook.webhook.id}" }) { id } }`);
    const subjectOf = async (target: string) => {
      const { data, errors } = await world.root(
        `query ($filter: AuditFilter) { auditLog(first: 1, filter: $filter) { nodes { targetKind subject { __typename
          ... on Instance { name } ... on Operation { kind } ... on User { username } ... on Webhook { name } } } } }`,
        { filter: { target } },
      );
      expect(errors).toEqual([]);
      return data.auditLog.nodes[0];
    };
    expect(await subjectOf(createInstance.instance.id)).toEqual({
      targetKind: 'INSTANCE',
      subject: { __typename: 'Instance', name: 'named-in-the-log' },
    });
    expect(await subjectOf(createInstance.operation.id)).toEqual({
      targetKind: 'OPERATION',
      subject: { __typename: 'Operation', kind: 'CREATE_INSTANCE' },
    });
    expect(await subjectOf(createUser.user.id)).toEqual({
      targetKind: 'USER',
      subject: { __typename: 'User', username: 'named' },
    });
    expect(await subjectOf(createWebhook.webhook.id)).toEqual({ targetKind: 'WEBHOOK', subject: null });
  });

  it('has one line of each refusal: by role, by form, by what is there', async () => {
    const viewer = await world.createToken('VIEWER');
    const id = await insertInstance(world.database, { deletionProtection: true });
    await world.send(`mutation { deleteInstance(input: { instanceId: "${id}" }) { operation { id } } }`, {
      token: viewer,
    });
    await world.root(`mutation { deleteInstance(input: { instanceId: "${id}" }) { operation { id } } }`);
    await world.root('mutation { deleteInstance(input: { instanceId: "no id" }) { operation { id } } }');
    expect(await entriesOf('deleteInstance')).toMatchObject([
      { actor: { kind: 'USER' }, target: null, outcome: 'REFUSED', code: 'NOT_FOUND' },
      { actor: { kind: 'USER' }, target: id, outcome: 'REFUSED', code: 'CONFLICT' },
      { actor: { kind: 'TOKEN', name: 't' }, target: id, outcome: 'REFUSED', code: 'FORBIDDEN' },
    ]);
  });

  it('has sign-ins, failed ones without a name, and ends of sessions', async () => {
    const { session } = await world.login('admin', ROOT_PASSWORD);
    await world.send('mutation { logout { ok } }', { cookie: session });
    await world.login('admin', 'wrong');
    await world.login('nobody at all', 'wrong');
    const [unknown, wrong, allowed] = await entriesOf('login');
    expect(allowed).toMatchObject({ actor: { kind: 'USER', name: 'admin' }, outcome: 'ALLOWED' });
    expect(allowed.target).toBe(allowed.actor.id);
    expect(wrong).toMatchObject({ actor: null, target: allowed.target, outcome: 'REFUSED', code: 'UNAUTHENTICATED' });
    expect(unknown).toMatchObject({ actor: null, target: null, outcome: 'REFUSED', detail: null });
    expect(await entriesOf('logout')).toMatchObject([{ actor: { name: 'admin' }, outcome: 'ALLOWED' }]);
  });

  it('has no line of sign-ins that are out of form: a stranger could send as many as it likes', async () => {
    const before = (await entriesOf('login')).length;
    for (const [name, password] of [
      ['x'.repeat(201), 'x'],
      ['admin', 'x'.repeat(1001)],
    ] as const) {
      const { errors } = await world.login(name, password);
      expect(errors[0]?.extensions?.code).toBe('INVALID_INPUT');
    }
    expect(await entriesOf('login')).toHaveLength(before);
  });

  it('has each read of credentials, also of those that nobody gets', async () => {
    const id = await insertInstance(world.database);
    const read = `{ instanceCredentials(instanceId: "${id}") { username } }`;
    await world.root(read);
    await world.send(read, { token: await world.createToken('OPERATOR') });
    expect(await entriesOf('readCredentials')).toMatchObject([
      { target: id, outcome: 'REFUSED', code: 'FORBIDDEN' },
      { target: id, outcome: 'ALLOWED' },
    ]);
  });

  it('is found by actor, outcome, target and time', async () => {
    const { data } = await world.root(ENTRIES, {
      filter: {
        actorName: 'admin',
        outcome: ['REFUSED'],
        after: '2020-01-01T00:00:00Z',
        before: '2100-01-01T00:00:00Z',
      },
    });
    expect(data.auditLog.totalCount).toBeGreaterThan(0);
    expect(data.auditLog.nodes.every(({ outcome }: { outcome: string }) => outcome === 'REFUSED')).toBe(true);
    const nothing = await world.root(ENTRIES, { filter: { target: "x' OR true --" } });
    expect(nothing.data.auditLog.totalCount).toBe(0);
  });

  it('holds no secret of what it tells of', async () => {
    await world.createUser('with-a-secret', 'hunter2 hunter2 hunter2');
    const { rows } = await world.database.pool.query<{ text: string }>(
      'SELECT string_agg(a::text, chr(10)) AS text FROM cms.audit_entries a',
    );
    expect(rows[0]?.text).not.toMatch(/hunter2|toygres_\w{10}|wrong/);
  });

  it.each(['UPDATE cms.audit_entries SET code = null', 'DELETE FROM cms.audit_entries', 'TRUNCATE cms.audit_entries'])(
    'is only added to: %s',
    async (statement) => {
      await expect(world.database.pool.query(statement)).rejects.toThrow('only added to');
    },
  );
});
