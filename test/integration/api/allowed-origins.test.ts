import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeServices } from '../../support/api-fakes.ts';
import { type ApiServer, send, startApi, TOKEN } from '../../support/api-server.ts';
import { findChromium, launchChromium } from '../../support/chromium.ts';

const CONSOLE = 'https://console.example.com';
const executablePath = findChromium();
const VIEWER = { query: '{ viewer { name } }' };

let api: ApiServer;
beforeAll(async () => {
  api = await startApi(fakeServices({}), undefined, { allowedOrigins: [CONSOLE, 'http://localhost:3000'] });
});
afterAll(() => api.stop());

/** Asks as a browser does before it sends a page's request. */
const mayCall = (origin: string, path = '/graphql') =>
  fetch(`${api.url}${path}`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });

describe('a page of another origin', () => {
  it('may call the API when it is allowed, and read what that answers, errors too', async () => {
    const asked = await mayCall(CONSOLE);
    expect(asked.status).toBe(204);
    expect(Object.fromEntries(asked.headers)).toMatchObject({
      'access-control-allow-origin': CONSOLE,
      'access-control-allow-methods': 'GET,HEAD,POST',
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-max-age': '600',
      vary: expect.stringContaining('Origin'),
    });
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
    for (const token of [undefined, 'another token']) {
      const { status, headers } = await send(api.url, VIEWER, {
        headers: { origin: CONSOLE },
        ...(token && { token }),
      });
      expect([status, headers.get('access-control-allow-origin')]).toEqual([token ? 401 : 200, CONSOLE]);
    }
  });

  it.each(['https://console.example.com.evil.example', 'http://console.example.com', 'http://localhost:3001', 'null'])(
    'is told nothing when it is none of those: %s',
    async (origin) => {
      expect((await mayCall(origin)).headers.get('access-control-allow-origin')).toBeNull();
      const { headers } = await send(api.url, VIEWER, { headers: { origin } });
      expect(headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  it('reads nothing but the API', async () => {
    for (const path of ['/health', '/ready', '/metrics', '/']) {
      expect((await mayCall(CONSOLE, path)).headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('is as good as unknown while none is allowed', async () => {
    const other = await startApi(fakeServices({}));
    const asked = await fetch(`${other.url}/graphql`, { method: 'OPTIONS', headers: { origin: CONSOLE } });
    await other.stop();
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([405, null]);
  });
});

it.skipIf(executablePath === null)(
  'lets a page in Chromium call the API from an allowed origin alone',
  async ({ onTestFinished }) => {
    const pages = createServer((_request, response) => response.end('<title>a console</title>'));
    onTestFinished(() => void pages.close());
    await once(pages.listen(0, '127.0.0.1'), 'listening');
    const { port } = pages.address() as { port: number };
    const own = await startApi(fakeServices({}), undefined, { allowedOrigins: [`http://localhost:${port}`] });
    onTestFinished(() => own.stop());
    const browser = await launchChromium(executablePath);
    onTestFinished(() => browser.close());

    async function callFrom(origin: string): Promise<unknown> {
      const page = await browser.newPage();
      await page.goto(origin);
      return page.evaluate(
        async ([url, token, body]) => {
          const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
          const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body }).catch(() => null);
          return answer?.json() ?? null;
        },
        [own.url, TOKEN, JSON.stringify(VIEWER)] as const,
      );
    }

    expect(await callFrom(`http://localhost:${port}`)).toEqual({ data: { viewer: { name: 'admin' } } });
    expect(await callFrom(`http://127.0.0.1:${port}`)).toBeNull();
  },
);
