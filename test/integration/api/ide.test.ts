import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationRecord } from '../../../resolvers/ports/records.ts';
import { openAccessWorld, ROOT_PASSWORD } from '../../support/access-world.ts';
import { fakeServices, sampleInstance, sampleOperation } from '../../support/api-fakes.ts';
import { type ApiServer, startApi, TOKEN } from '../../support/api-server.ts';
import { createFakeStreams } from '../../support/api-streams.ts';
import { findChromium, launchChromium } from '../../support/chromium.ts';
import { eventually } from '../../support/eventually.ts';
import { startPrefixProxy } from '../../support/prefix-proxy.ts';

const executablePath = findChromium();
const operations = createFakeStreams<OperationRecord>();

let api: ApiServer;

beforeAll(async () => {
  const page = {
    rows: [sampleInstance({ name: 'orders' })],
    hasNextPage: false,
    hasPreviousPage: false,
    totalCount: 1,
  };
  api = await startApi(
    fakeServices({
      instanceQueries: { page: async () => page },
      events: { followOperations: (_criteria, signal) => operations.open(signal) },
    }),
  );
});

afterAll(() => api.stop());

describe('GET /graphql', () => {
  const get = (accept: string, headers: Record<string, string> = {}) =>
    fetch(`${api.url}/graphql`, { headers: { accept, ...headers } });

  it('gives browsers a page that may load nothing from elsewhere and holds no token', async () => {
    const response = await get('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8');
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toMatch(/unsafe-eval|https?:|\*/);
    const html = await response.text();
    expect(html).not.toContain(TOKEN);
    expect(html).not.toMatch(/<(script|link)[^>]+(src|href)="http/);
  });

  it.each(['*/*', 'application/json', 'application/graphql-response+json, application/json;q=0.9'])(
    'gives programs that accept %s no page',
    async (accept) => {
      expect((await get(accept)).status).toBe(401);
    },
  );
});

describe.skipIf(executablePath === null)('the IDE in Chromium', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium(executablePath);
  });

  afterAll(() => browser.close());

  async function open(query: string): Promise<{ page: Page; outside: string[] }> {
    const page = await browser.newPage();
    const outside: string[] = [];
    page.on('request', (request) => {
      if (
        !request
          .url()
          .replace(/^blob:/, '')
          .startsWith(api.url)
      )
        outside.push(request.url());
    });
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) outside.push(message.text());
    });
    await page.goto(`${api.url}/graphql?query=${encodeURIComponent(query)}`);
    await page.locator('.graphiql-query-editor .CodeMirror-line').first().waitFor();
    return { page, outside };
  }

  async function run(page: Page, token: string): Promise<void> {
    await page.locator('.graphiql-editor-tool .graphiql-editor:visible').click();
    await page.keyboard.press('Control+End');
    // Behind "Bearer ", in front of the quote, space and brace that stand there already.
    for (let n = 0; n < 3; n += 1) await page.keyboard.press('ArrowLeft');
    await page.keyboard.insertText(token);
    await page.getByLabel(/^Execute query/).click();
  }

  /** What the page shows as the answer; its editor writes spaces that do not break. */
  async function answer(page: Page): Promise<string> {
    const text = await page.locator('.result-window').textContent();
    return text?.replace(/\s+/g, ' ') ?? '';
  }

  it('runs a query with the token from the Headers tab, and loads the documentation with it', async () => {
    const { page, outside } = await open('{ instances { nodes { name } } }');
    await run(page, TOKEN);
    await eventually(
      () => answer(page),
      (text) => text.includes('orders'),
    );
    await page.getByLabel('Show Documentation Explorer').click();
    await page.getByText('Query', { exact: true }).first().waitFor();
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(TOKEN);
    expect(outside).toEqual([]);
    await page.close();
  });

  it('shows a live subscription, and leaves it when told to stop', async () => {
    const { page, outside } = await open('subscription { operationChanged { kind percent } }');
    await run(page, TOKEN);
    await eventually(
      () => operations.live,
      (live) => live === 1,
    );
    for (const percent of [12.5, 87.5]) {
      operations.push(sampleOperation({ percent }));
      await eventually(
        () => answer(page),
        (text) => text.includes(`${percent}`),
      );
    }
    // What came before is still there, below.
    expect(await answer(page)).toMatch(/"count": 2.*87\.5.*12\.5/);
    await page.getByLabel(/^Stop query/).click();
    await eventually(
      () => operations.live,
      (live) => live === 0,
    );
    expect(outside).toEqual([]);
    await page.close();
  });

  it('says when there is no token, and keeps one for whatever else is asked in this tab of the browser', async () => {
    const { page } = await open('{ instances { nodes { name } } }');
    await page.getByLabel(/^Execute query/).click();
    await eventually(
      () => answer(page),
      (text) => text.includes('No token was sent'),
    );
    await run(page, TOKEN);
    await eventually(
      () => answer(page),
      (text) => text.includes('orders'),
    );
    await page.reload();
    await page.locator('.graphiql-query-editor .CodeMirror-line').first().waitFor();
    await page.getByLabel(/^Execute query/).click();
    await eventually(
      () => answer(page),
      (text) => text.includes('orders'),
    );
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(TOKEN);
    await page.close();
  });

  it('comes with all that it loads in less than a megabyte', async () => {
    const page = await browser.newPage();
    const sent: Request[] = [];
    page.on('requestfinished', (request) => sent.push(request));
    await page.goto(`${api.url}/graphql`);
    await page.locator('.graphiql-query-editor .CodeMirror-line').first().waitFor();
    await page.waitForLoadState('networkidle');
    const sizes = await Promise.all(sent.map((request) => request.sizes()));
    const bytes = sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(1_000_000);
    await page.close();
  });

  it('is not sent again to who has it', async () => {
    // Not by fetch, which says that it wants no cached answer as soon as it is given a condition.
    const ask = async (headers: Record<string, string>) => {
      const [response] = (await once(get(`${api.url}/graphql`, { headers }), 'response')) as [IncomingMessage];
      response.destroy();
      return response;
    };
    const headers = { accept: 'text/html', 'accept-encoding': 'gzip' };
    const { etag = '' } = (await ask(headers)).headers;
    const again = await ask({ ...headers, 'if-none-match': etag });
    expect([again.statusCode, again.headers['cache-control']]).toEqual([304, 'no-cache']);
  });

  it('needs no token of who has signed in in the same browser, for queries and for the documentation', async () => {
    const world = await openAccessWorld();
    try {
      const { session } = await world.login('admin', ROOT_PASSWORD);
      const context = await browser.newContext();
      const [name = '', value = ''] = session.split('=');
      const { hostname: domain } = new URL(world.url);
      await context.addCookies([{ name, value, domain, path: '/', httpOnly: true, sameSite: 'Strict' }]);
      const page = await context.newPage();
      const query = 'query Who { viewer { name } }';
      await page.goto(`${world.url}?query=${encodeURIComponent(query)}`);
      await page.getByLabel('Show Documentation Explorer').click();
      await page.getByText('Query', { exact: true }).first().waitFor();
      await page.getByLabel(/^Execute query/).click();
      await eventually(
        () => answer(page),
        (text) => text.includes('"admin"'),
      );
      await context.close();
    } finally {
      await world.stop();
    }
  });

  it('works below a path that a proxy gives it', async () => {
    const proxy = await startPrefixProxy(api.url, '/of/toygres');
    try {
      const page = await browser.newPage();
      await page.goto(`${proxy.url}/graphql?query=${encodeURIComponent('{ instances { nodes { name } } }')}`);
      await page.locator('.graphiql-query-editor .CodeMirror-line').first().waitFor();
      await run(page, TOKEN);
      await eventually(
        () => answer(page),
        (text) => text.includes('orders'),
      );
      await page.goto(
        `${proxy.url}/graphql?query=${encodeURIComponent('subscription { operationChanged { kind percent } }')}`,
      );
      await page.locator('.graphiql-query-editor .CodeMirror-line').first().waitFor();
      await run(page, TOKEN);
      await eventually(
        () => operations.live,
        (live) => live === 1,
      );
      operations.push(sampleOperation({ percent: 33 }));
      await eventually(
        () => answer(page),
        (text) => text.includes('33'),
      );
      await page.close();
    } finally {
      await proxy.stop();
    }
  });

  it('says what is wrong with a token that is not accepted', async () => {
    const { page } = await open('subscription { operationChanged { kind } }');
    await run(page, 'another-token');
    await eventually(
      () => answer(page),
      (text) => text.includes('token was not accepted'),
    );
    await page.close();
  });
});
