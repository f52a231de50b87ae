import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConsole } from '../../../src/api/console/read-console.ts';
import { serveConsole } from '../../../src/api/console/serve-console.ts';

const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
let directory: string;
let server: Server;
let url: string;

beforeAll(async () => {
  directory = await mkdtemp('/tmp/toygres-console-');
  await mkdir(path.join(directory, 'assets'));
  await writeFile(path.join(directory, 'index.html'), '<head><base href="./" /><title>T</title></head>');
  await writeFile(path.join(directory, 'assets/main-1234.js'), 'console.log(1);'.repeat(100));
  await writeFile(path.join(directory, 'secret.txt'), 'secret');
  const app = express();
  app.use((request, _response, next) => {
    request.url = request.url.replace(/^\/prefix(?=\/|$)/, '') || '/';
    next();
  });
  app.use(serveConsole(() => readConsole([path.join(directory, 'not-there'), directory])));
  app.use((_request, response) => void response.status(404).send('nothing'));
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  await rm(directory, { recursive: true });
});

const get = (place: string, accept = HTML) => fetch(`${url}${place}`, { headers: { accept } });

describe('the console', () => {
  it.each([
    ['/', './'],
    ['/instances', './'],
    ['/instances/x', '../'],
    ['/instances/x/images', '../../'],
    ['/instances/', '../'],
    ['/prefix/', './'],
    ['/prefix/instances/x', '../'],
  ])('answers a browser at %s with the page, whose base is %s', async (place, base) => {
    const response = await get(place);
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-cache']);
    expect(await response.text()).toContain(`<base href="${base}" />`);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*|script-src [^;]*(data|blob):/);
  });

  it('sends who asks for a prefix alone to what is below it', async () => {
    const response = await fetch(`${url}/prefix`, { headers: { accept: HTML }, redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([308, './prefix/']);
  });

  it('has files kept for good, compressed for who takes that', async () => {
    const response = await get('/assets/main-1234.js', '*/*');
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.text()).toContain('console.log(1);');
    const plain = await fetch(`${url}/assets/main-1234.js`, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
  });

  it.each(['/secret.txt', '/assets/..%2fsecret.txt', '/assets/nothing.js', '/instances'])(
    'has nothing at %s for who asks for no page',
    async (place) => expect((await get(place, '*/*')).status).toBe(404),
  );

  it.each(['/graphql', '/graphql/x', '/health', '/ready', '/metrics', '/schema.graphql', '/auth/oidc'])(
    'leaves %s to the rest of the server',
    async (place) => expect((await get(place)).status).toBe(404),
  );

  it('says how to build it where it is not', async () => {
    const app = express();
    app.use(serveConsole(() => readConsole([path.join(directory, 'not-there')])));
    const without = createServer(app).listen(0, '127.0.0.1');
    await new Promise((resolve) => without.once('listening', resolve));
    const place = `http://127.0.0.1:${(without.address() as AddressInfo).port}/`;
    const response = await fetch(place, { headers: { accept: HTML } });
    expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('npm run build')]);
    without.close();
  });
});
