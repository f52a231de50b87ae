import { expect, it } from 'vitest';
import { buildMetricsPage } from '../../../src/app/metrics.ts';
import { createAuthenticator } from '../../../src/auth/authenticator.ts';

const API_TOKEN = 'the-token-of-the-api';
const SCRAPER = 'a-token-that-opens-metrics-only';

function mayRead(host: string, metricsToken: string | null, authorization?: string): Promise<boolean> {
  const auth = createAuthenticator({ token: API_TOKEN, username: 'admin' });
  const page = buildMetricsPage({ render: async () => '' }, { host, metricsToken }, auth);
  return page.auth.authenticate(authorization).then(
    () => true,
    () => false,
  );
}

it.each(['127.0.0.1', '127.0.1.1', 'localhost', '::1'])('opens to everybody where HOST is %s', async (host) => {
  expect(await mayRead(host, null)).toBe(true);
  expect(await mayRead(host, null, `Bearer ${API_TOKEN}`)).toBe(true);
});

it.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', 'toygres'])(
  'wants the token of the API where HOST is %s',
  async (host) => {
    expect(await mayRead(host, null)).toBe(false);
    expect(await mayRead(host, null, `Bearer ${API_TOKEN}`)).toBe(true);
  },
);

it('wants a token on loopback too once there is one for it', async () => {
  expect(await mayRead('127.0.0.1', SCRAPER)).toBe(false);
  expect(await mayRead('127.0.0.1', SCRAPER, `Bearer ${SCRAPER}`)).toBe(true);
  expect(await mayRead('127.0.0.1', SCRAPER, `Bearer ${API_TOKEN}`)).toBe(true);
});

it('looks at a token that nobody asked for', async () => {
  expect(await mayRead('127.0.0.1', null, 'Bearer another-one')).toBe(false);
});
