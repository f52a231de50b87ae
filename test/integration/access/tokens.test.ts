import { describe, expect, it } from 'vitest';
import { openAccessWorld } from '../../support/access-world.ts';
import { codes } from '../../support/api-execution.ts';
import { useShared } from '../../support/shared.ts';

const world = useShared(openAccessWorld);

const make = async (name: string, token?: string, more = '') => {
  const query = `mutation { createApiToken(input: { name: "${name}", role: ADMIN${more} }) { token apiToken { id } } }`;
  const { data, errors } = token === undefined ? await world.root(query) : await world.send(query, { token });
  expect(errors).toEqual([]);
  return { id: data.createApiToken.apiToken.id as string, token: data.createApiToken.token as string };
};
const holds = async (token: string) => (await world.send('{ viewer { name } }', { token })).status === 200;
const REVOKE = `mutation ($id: ID!, $includeMade: Boolean) {
  revokeApiToken(input: { apiTokenId: $id, includeMade: $includeMade }) { apiToken { revokedAt } notices } }`;
const revoke = async (id: string, includeMade?: boolean) => {
  const { data, errors } = await world.root(REVOKE, { id, ...(includeMade === undefined ? {} : { includeMade }) });
  expect(errors).toEqual([]);
  expect(data.revokeApiToken.apiToken.revokedAt).not.toBeNull();
  return data.revokeApiToken.notices as string[];
};

describe('revoking a token', () => {
  it('leaves what it made, tells of that, and ends it when asked again', async () => {
    const first = await make('first');
    const [child, other] = [await make('child', first.token), await make('other', first.token)];
    const grandchild = await make('grandchild', child.token);
    const [notice, ...more] = await revoke(first.id);
    expect(more).toEqual([]);
    expect(notice).toMatch(/^3 tokens that it made .*: "child", "other", "grandchild"\. .*includeMade: true/);
    expect(await holds(first.token)).toBe(false);
    for (const { token } of [child, other, grandchild]) expect(await holds(token)).toBe(true);
    expect(await revoke(first.id, true)).toEqual([]);
    for (const { token } of [child, other, grandchild]) expect(await holds(token)).toBe(false);
  });

  it('tells of nothing that is over, and of what a token made that is over itself', async () => {
    const first = await make('first');
    const child = await make('child', first.token);
    const grandchild = await make('grandchild', child.token);
    expect(await revoke(child.id)).toHaveLength(1);
    expect(await revoke(first.id)).toEqual([
      expect.stringMatching(/^A token that it made .*: "grandchild"\. Revoke it /),
    ]);
    await revoke(grandchild.id);
    expect(await revoke(first.id)).toEqual([]);
  });

  it('names the first of many', async () => {
    const first = await make('first');
    for (let n = 1; n <= 7; n++) await make(`n${n}`, first.token);
    const [notice] = await revoke(first.id);
    expect(notice).toMatch(/^7 tokens .*: "n1", "n2", "n3", "n4", "n5" and 2 more\./);
  });

  it('ends no token of another maker', async () => {
    const [first, other] = [await make('first'), await make('other')];
    const child = await make('child', other.token);
    await revoke(first.id, true);
    for (const { token } of [other, child]) expect(await holds(token)).toBe(true);
  });

  it('lets none slip through that is being made at that moment', async () => {
    for (let round = 0; round < 8; round++) {
      const first = await make('first');
      const child = await make('child', first.token);
      const query = 'mutation { createApiToken(input: { name: "late", role: VIEWER }) { token } }';
      const makers = [first, child, first, child].map(({ token }) => world.send(query, { token }));
      const [answers] = await Promise.all([Promise.all(makers), revoke(first.id, true)]);
      for (const answer of answers) {
        if (answer.errors.length > 0) expect(codes(answer)).toEqual(['UNAUTHENTICATED']);
        else expect(await holds(answer.data.createApiToken.token)).toBe(false);
      }
    }
  });
});
