import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import type { OperationRecord } from '../../../resolvers/ports/records.ts';
import { fakeServices, sampleOperation } from '../../support/api-fakes.ts';
import { type ApiServer, send, startApi, TOKEN } from '../../support/api-server.ts';
import { createFakeStreams } from '../../support/api-streams.ts';
import { eventually } from '../../support/eventually.ts';
import { type FrontServer, findProgram, startCaddy, startNginx } from '../../support/front-servers.ts';
import { ROOT } from '../../support/source-files.ts';

const page = await readFile(path.join(ROOT, 'docs/where-it-runs.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, block]) => block ?? '');
const [nginx = ''] = blocks('nginx');
const [caddy = '', caddyBelow = ''] = blocks('caddyfile');

const operations = createFakeStreams<OperationRecord>();
let api: ApiServer;
beforeAll(async () => {
  api = await startApi(
    fakeServices({ events: { followOperations: (_criteria, signal) => operations.open(signal) } }),
    async () => [],
    { publicUrl: 'http://example.com/toygres' },
  );
});
afterAll(() => api.stop());

const port = () => Number(new URL(api.url).port);
const SUBSCRIPTION = { query: 'subscription { operationChanged { percent } }' };

const isFollowed = () =>
  eventually(
    () => operations.live,
    (live) => live === 1,
  );

describe.each([
  ['nginx', 'nginx', () => startNginx(nginx, port())],
  ['nginx below a path', 'nginx', () => startNginx(nginx, port(), '/toygres')],
  ['Caddy', 'caddy', () => startCaddy(caddy, port())],
  ['Caddy below a path', 'caddy', () => startCaddy(caddyBelow, port(), '/toygres')],
] as const)('%s as the page has it', (_name, program, startFront) => {
  describe.skipIf(findProgram(program) === null)('in front of the API', () => {
    let front: FrontServer;
    beforeAll(async () => {
      front = await startFront();
    });
    afterAll(() => front?.stop());

    test('answers every POST, also over connections that rested', async () => {
      const statuses: number[] = [];
      for (let round = 0; round < 12; round += 1) {
        const asked = Array.from({ length: 30 }, () => send(front.url, { query: '{ viewer { name } }' }));
        for (const { status } of await Promise.all(asked)) statuses.push(status);
        await delay(100);
      }
      expect(statuses).toHaveLength(360);
      expect(new Set(statuses)).toEqual(new Set([200]));
    });

    test('passes a WebSocket on, with its token in the header', async () => {
      const socket = new WebSocket(`${front.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
        headers: { authorization: `Bearer ${TOKEN}` },
      });
      const messages: { type: string; payload?: unknown }[] = [];
      socket.on('message', (data) => messages.push(JSON.parse(String(data))));
      await once(socket, 'open');
      socket.send('{"type":"connection_init"}');
      await eventually(
        () => messages.at(-1)?.type,
        (type) => type === 'connection_ack',
      );
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: SUBSCRIPTION }));
      await isFollowed();
      operations.push(sampleOperation({ percent: 12 }));
      await eventually(
        () => messages.at(-1)?.payload,
        (payload) => JSON.stringify(payload) === '{"data":{"operationChanged":{"percent":12}}}',
      );
      socket.close();
      await eventually(
        () => operations.live,
        (live) => live === 0,
      );
    });

    test('passes each event of a stream on when it comes', async () => {
      const leave = new AbortController();
      const response = await fetch(`${front.url}/graphql`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${TOKEN}`,
          'content-type': 'application/json',
          accept: 'text/event-stream',
        },
        body: JSON.stringify(SUBSCRIPTION),
        signal: leave.signal,
      });
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      await isFollowed();
      let text = '';
      for (const percent of [1, 2, 3]) {
        operations.push(sampleOperation({ percent }));
        // The next is not sent before this one is here.
        while (!text.includes(`"percent":${percent}`)) text += (await reader?.read())?.value ?? '';
      }
      leave.abort();
      await eventually(
        () => operations.live,
        (live) => live === 0,
      );
    });
  });
});

test.skipIf(findProgram('nginx') === null)(
  'a nginx that takes Upgrade out is told what it has to pass on',
  async () => {
    const front = await startNginx(nginx.replace(/^.*(proxy_set_header Upgrade|Connection \$).*\n/gm, ''), port());
    try {
      const socket = new WebSocket(`${front.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
      const [, response] = await once(socket, 'unexpected-response');
      expect(response.statusCode).toBe(426);
      socket.on('error', () => undefined).terminate();
    } finally {
      await front.stop();
    }
  },
);

describe.skipIf(findProgram('systemd-analyze') === null)('the unit for systemd', () => {
  async function verify(change: (unit: string) => string): Promise<string> {
    const unit = await readFile(path.join(ROOT, 'deploy/systemd/toygres@.service'), 'utf8');
    const directory = await mkdtemp('/tmp/toygres-systemd-');
    try {
      const file = path.join(directory, 'toygres@standalone.service');
      await writeFile(file, change(unit.replaceAll('/opt/toygres', ROOT.replace(/\/$/, ''))));
      return execFileSync('sh', ['-c', 'systemd-analyze verify --man=no "$1" 2>&1 || true', 'sh', file], {
        encoding: 'utf8',
      });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  test('is one that systemd can read and start', async () => {
    expect(await verify((unit) => unit)).toBe('');
  });

  test('would be refused with a setting that is none, or a program that is not there', async () => {
    expect(await verify((unit) => unit.replace('KillMode=mixed', 'KillMode=sometimes'))).toMatch(/kill mode/);
    expect(await verify((unit) => unit.replace('toygres.sh', 'nothing.sh'))).toContain('nothing.sh');
  });
});
