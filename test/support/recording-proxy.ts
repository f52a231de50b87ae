import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { request } from 'undici';
import type { Connection } from '../../src/platform/kubernetes/connection.ts';

/** An API server that is asked through us: says which rights were used. */
export interface RecordingProxy {
  readonly url: string;
  /** `verb group/resource`, as a Role names them. */
  readonly used: ReadonlySet<string>;
  /** Calls so far that were answered with 403. */
  readonly refused: readonly string[];
  stop(): Promise<void>;
}

const PATH = /^\/(?:api|apis\/([^/]+))\/v\d+\/namespaces\/([^/?]+)(?:\/([^/?]+)(?:\/([^/?]+)(?:\/([^/?]+))?)?)?/;
const VERBS: Readonly<Record<string, string>> = { POST: 'create', PATCH: 'patch', DELETE: 'delete', PUT: 'update' };

function rightOf(method: string, url: string): string {
  const [, group = '', , resource = 'namespaces', name, sub] = PATH.exec(url) ?? [];
  const isWatch = /[?&]watch=true/.test(url);
  const read = name === undefined && resource !== 'namespaces' ? (isWatch ? 'watch' : 'list') : 'get';
  return `${VERBS[method] ?? read} ${group}/${resource}${sub === undefined ? '' : `/${sub}`}`;
}

/** Passes every call on to the API server over this connection, with the caller's own login. */
export async function startRecordingProxy(connection: Connection): Promise<RecordingProxy> {
  const used = new Set<string>();
  const refused: string[] = [];
  const { dispatcher } = await connection.open();

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = incoming;
    const right = rightOf(method, url);
    used.add(right);
    const leaving = new AbortController();
    outgoing.once('close', () => leaving.abort());
    const { authorization = '', accept = '*/*', 'content-type': type } = incoming.headers;
    const answer = await request(`${connection.server}${url}`, {
      dispatcher,
      method: method as 'GET',
      headers: { authorization, accept, ...(type === undefined ? {} : { 'content-type': type }) },
      body: method === 'GET' ? null : incoming,
      signal: leaving.signal,
      bodyTimeout: 0,
    });
    if (answer.statusCode === 403) refused.push(right);
    // The server made it by a patch: that takes the right to create as well.
    if (method === 'PATCH' && answer.statusCode === 201) used.add(right.replace('patch', 'create'));
    outgoing.writeHead(answer.statusCode, { 'content-type': String(answer.headers['content-type'] ?? '') });
    outgoing.flushHeaders();
    await pipeline(answer.body, outgoing);
  }

  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    used,
    refused,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
