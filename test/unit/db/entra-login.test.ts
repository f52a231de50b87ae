import { expect, test } from 'vitest';
import { createEntraLogin } from '../../../src/db/entra-login.ts';
import { isDatabaseUnavailable } from '../../../src/db/errors.ts';
import { NO_PROXIES } from '../../../src/machine/proxies.ts';

const HOUR = 3_600_000;

/** A directory that gives `token-1`, `token-2` ..., each for so long. */
function directory(livesMs: number) {
  const given = { count: 0, scopes: new Set<string>(), livesMs, refuses: null as Error | null };
  const readPassword = createEntraLogin({
    proxies: NO_PROXIES,
    credential: {
      async getToken(scope) {
        given.scopes.add(String(scope));
        if (given.refuses !== null) throw given.refuses;
        given.count += 1;
        return { token: `token-${given.count}`, expiresOnTimestamp: Date.now() + given.livesMs };
      },
    },
  });
  return { given, readPassword };
}

test('one token serves all connections while it is fresh, asked for once however many there are', async () => {
  const { given, readPassword } = directory(HOUR);
  expect(await Promise.all([readPassword(), readPassword(), readPassword()])).toEqual(Array(3).fill('token-1'));
  expect(await readPassword()).toBe('token-1');
  expect([...given.scopes]).toEqual(['https://ossrdbms-aad.database.windows.net/.default']);
});

test('a token that is about to end is renewed for the next connection', async () => {
  const { readPassword } = directory(0);
  expect([await readPassword(), await readPassword()]).toEqual(['token-1', 'token-2']);
});

test('what cannot be renewed serves until its end, and then it is as if the database did not answer', async () => {
  const { given, readPassword } = directory(400);
  expect(await readPassword()).toBe('token-1');
  given.refuses = new Error('AADSTS700016: Application was not found. Trace: token-1');
  let refused: unknown = null;
  const seen = new Set<string>();
  while (refused === null) {
    await readPassword().then(
      (token) => seen.add(token),
      (error: unknown) => (refused = error),
    );
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect([...seen]).toEqual(['token-1']);
  expect(isDatabaseUnavailable(refused)).toBe(true);
  expect(refused).toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringMatching(/^Microsoft Entra gives no token for the CMS database \(AADSTS700016\): /),
  });
  expect(JSON.stringify(refused, Object.getOwnPropertyNames(refused))).not.toContain('token-1');
  given.refuses = null;
  expect(await readPassword()).toBe('token-2');
});
