import { once } from 'node:events';
import { request } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket, { type ClientOptions } from 'ws';
import { fakeServices } from '../../support/api-fakes.ts';
import { type ApiServer, send, startApi, TOKEN } from '../../support/api-server.ts';
import { openSocket } from '../../support/raw-socket.ts';

const QUERY = { query: '{ viewer { name } }' };
const WRONG = /speak graphql-transport-ws/;
let api: ApiServer;

beforeEach(async () => {
  api = await startApi(fakeServices({}), async () => [], { publicUrl: 'https://example.com/toygres' });
});
afterEach(() => api.stop());

/** What the server answers to a connection that shows `payload`, opened with these headers. */
async function introduce(payload: unknown, options: ClientOptions = {}, path = '/graphql') {
  const socket = new WebSocket(`${api.url.replace('http', 'ws')}${path}`, 'graphql-transport-ws', options);
  const answered = Promise.race([
    once(socket, 'message').then(([data]) => JSON.parse(String(data)).type),
    once(socket, 'close').then(([code]) => code),
  ]);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  const answer = await answered;
  socket.close();
  return answer;
}

/** A request as it is written, and the whole answer to it. */
async function sendRaw(lines: readonly string[], body = ''): Promise<string> {
  const socket = connectSocket(Number(new URL(api.url).port), '127.0.0.1');
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
  return text(socket);
}

describe('the token of a WebSocket', () => {
  const authorization = `Bearer ${TOKEN}`;
  it.each([
    ['in connectionParams', { authorization }, {}],
    ['among the headers of connectionParams', { headers: { Authorization: authorization } }, {}],
    ['in the header of the request that opens it', undefined, { authorization }],
    ['in that header, beside other parameters', { headers: null, locale: 'en' }, { authorization }],
    ['in connectionParams, beside what a proxy wants', { authorization }, { authorization: 'Basic YTpi' }],
    ['in connectionParams, which count first', { authorization }, { authorization: 'Bearer another-token' }],
  ])('counts %s', async (_where, payload, headers) => {
    expect(await introduce(payload, { headers })).toBe('connection_ack');
  });

  it.each([
    ['among the headers of connectionParams', { headers: { authorization: 'Bearer another-token' } }, {}],
    ['in the header', undefined, { authorization: 'Bearer another-token' }],
    ['in connectionParams, whatever the header says', { authorization: 'Bearer x' }, { authorization }],
  ])('that is another one is refused %s', async (_where, payload, headers) => {
    expect(await introduce(payload, { headers })).toBe(4401);
  });
});

describe('a WebSocket of another protocol', () => {
  it('is told so in the older one, for the connection and for each operation, and closed with 4406', async () => {
    const raw = await openSocket(api.url, 'graphql-ws');
    raw.send({ type: 'connection_init', payload: { authorization: `Bearer ${TOKEN}` } });
    expect(await raw.receive()).toMatchObject({
      type: 'connection_error',
      payload: { message: expect.stringMatching(WRONG) },
    });
    raw.send('no JSON');
    raw.send({ id: '1', type: 'start', payload: QUERY });
    expect(await raw.receive()).toMatchObject({
      type: 'error',
      id: '1',
      payload: { message: expect.stringMatching(WRONG) },
    });
    expect(await raw.closed).toEqual({ code: 4406, reason: expect.stringMatching(WRONG) });
  });

  it('is served when it offers the newer one as well', async () => {
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`, ['graphql-ws', 'graphql-transport-ws']);
    await once(socket, 'open');
    expect(socket.protocol).toBe('graphql-transport-ws');
    socket.close();
  });

  it('is closed with 4406 and told why when it names none', async () => {
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`);
    const [code, reason] = await once(socket, 'close');
    expect([code, String(reason)]).toEqual([4406, expect.stringMatching(WRONG)]);
  });

  it('is answered with 400 and told why when it names another', async () => {
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`, 'soap');
    const [, response] = await once(socket, 'unexpected-response');
    expect(response.statusCode).toBe(400);
    expect(await text(response)).toMatch(WRONG);
  });
});

describe('what a proxy makes of a request', () => {
  it('is answered on a connection that stays longer than load balancers keep theirs: who sends closes first', async () => {
    const socket = connectSocket(Number(new URL(api.url).port), '127.0.0.1');
    socket.write('GET /health HTTP/1.1\r\nHost: here\r\nConnection: keep-alive\r\n\r\n');
    const [answer] = await once(socket, 'data');
    socket.destroy();
    const [, seconds] = /^Keep-Alive: timeout=(\d+)/im.exec(String(answer)) ?? [];
    // Azure's Application Gateway keeps them the longest, 180 s.
    expect(Number(seconds)).toBeGreaterThan(180);
  });

  it('for a WebSocket, without Upgrade, is answered with 426 and with what the proxy has to pass on', async () => {
    const answer = await sendRaw([
      'GET /graphql HTTP/1.1',
      'Host: here',
      'Connection: close',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Protocol: graphql-transport-ws',
    ]);
    expect(answer).toMatch(/^HTTP\/1\.1 426 /);
    expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({
      errors: [{ message: expect.stringMatching(/proxy.*Upgrade.*Connection/), extensions: { field: 'Upgrade' } }],
    });
  });

  it('that would like HTTP/2 is answered as any other', async () => {
    const asked = request(`${api.url}/graphql`, {
      method: 'POST',
      headers: {
        connection: 'Upgrade, HTTP2-Settings',
        upgrade: 'h2c',
        'http2-settings': 'AAMAAABkAARAAAAAAAIAAAAA',
        'content-type': 'application/json',
        authorization: `Bearer ${TOKEN}`,
      },
    });
    asked.end(JSON.stringify(QUERY));
    const [response] = await once(asked, 'response');
    expect(JSON.parse(await text(response))).toEqual({ data: { viewer: { name: 'admin' } } });
  });

  it('below the path of the public URL is the same as without it', async () => {
    expect((await send(`${api.url}/toygres`, QUERY)).data).toEqual({ viewer: { name: 'admin' } });
    expect((await fetch(`${api.url}/toygres/health`)).status).toBe(200);
    expect(await introduce({ authorization: `Bearer ${TOKEN}` }, {}, '/toygres/graphql')).toBe('connection_ack');
    expect((await send(api.url, QUERY)).status).toBe(200);
    expect((await fetch(`${api.url}/toygresque/health`)).status).toBe(404);
  });
});
