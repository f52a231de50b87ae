import { describe, expect, test } from 'vitest';
import { AppError } from '../../../../schema/errors.ts';
import { choosePlatformId } from '../../../../src/platform/kubernetes/namespaces.ts';

/** Namespaces with their ids; null: it cannot be read. */
function cluster(ids: Readonly<Record<string, string | null>>) {
  return {
    readNamespace: async (name: string) => {
      const uid = ids[name];
      if (uid == null) throw new AppError('STEP_FAILED', `the namespace ${name} does not exist`);
      return { metadata: { name, uid } };
    },
  };
}
const records =
  (...known: string[]) =>
  async (ids: readonly string[]) =>
    ids.filter((id) => known.includes(id));

describe('what the records call a cluster', () => {
  const two = cluster({ first: 'u1', second: 'u2' });

  test('is its first namespace while nothing is recorded', async () => {
    expect(await choosePlatformId(two, ['first', 'second'], records())).toBe('kubernetes:u1/first');
    expect(await choosePlatformId(two, ['first'])).toBe('kubernetes:u1/first');
  });

  test('stays what it was when namespaces are added and change their order', async () => {
    const known = records('kubernetes:u1/first');
    expect(await choosePlatformId(two, ['second', 'first'], known)).toBe('kubernetes:u1/first');
  });

  test('does not depend on a namespace that cannot be read, where the records know another', async () => {
    const closed = cluster({ first: null, second: 'u2' });
    expect(await choosePlatformId(closed, ['first', 'second'], records('kubernetes:u2/second'))).toBe(
      'kubernetes:u2/second',
    );
    await expect(choosePlatformId(closed, ['first', 'second'], records())).rejects.toThrow('first does not exist');
  });

  test('is another one when a namespace of that name was made again: whose it is has to be said', async () => {
    const again = cluster({ first: 'u9' });
    expect(await choosePlatformId(again, ['first'], records('kubernetes:u1/first'))).toBe('kubernetes:u9/first');
  });
});
