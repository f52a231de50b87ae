import { expect, it } from 'vitest';
import { createAuthenticator } from '../../../src/auth/authenticator.ts';

const TOKEN = 'correct-horse-battery-staple';
const { authenticate } = createAuthenticator({ token: TOKEN, username: 'ann' });

it.each([`Bearer ${TOKEN}`, `bearer ${TOKEN}`, `BEARER   ${TOKEN}  `])(
  'takes %j for the administrator',
  async (shown) => {
    expect(await authenticate(shown)).toEqual({ kind: 'USER', id: null, name: 'ann', role: 'ADMIN' });
  },
);

it.each([
  undefined,
  null,
  '',
  TOKEN,
  'Bearer',
  'Bearer ',
  `Bearer ${TOKEN}x`,
  `Bearer ${TOKEN.slice(1)}`,
  `Bearer ${TOKEN} ${TOKEN}`,
  `Bearer ${TOKEN}\u0000`,
  `Basic ${TOKEN}`,
  `Bearer ${'x'.repeat(100_000)}`,
  [`Bearer ${TOKEN}`],
  { toString: () => `Bearer ${TOKEN}` },
])('refuses %j as UNAUTHENTICATED and does not repeat it', async (shown) => {
  const error = await authenticate(shown).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(String(error)).not.toContain('horse');
});

it('says what to send when nothing was sent', async () => {
  await expect(authenticate(undefined)).rejects.toThrow('Authorization: Bearer TOKEN');
});
