import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { Agent, request } from 'undici';

/** An API server that is asked through us: says which rights were used. */
export interface RecordingProxy {
  readonly url: string;
  /** `verb group/resource`, as a Role names them. */
  readonly used: ReadonlySet<string>;
  /** Calls so far that were answered with 403. */
  readonly refused: readonly string[];
  /** How many calls there were so far; a stream is one. */
  readonly calls: number;
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

/** The cluster of KUBECONFIG without its login: a client certificate would win over the caller's token. */
async function openAnonymously() {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromDefault();
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { ca, rejectUnauthorized = true, servername } = options;
  const connect = { ...(ca === undefined ? {} : { ca }), ...(servername === undefined ? {} : { servername }) };
  const dispatcher = new Agent({ connect: { ...connect, rejectUnauthorized } });
  return { server: config.getCurrentCluster()?.server.replace(/\/$/, '') ?? '', dispatcher };
}

/** Passes every call on to the API server of KUBECONFIG's cluster, with the caller's own token. */
export async function startRecordingProxy(): Promise<RecordingProxy> {
  const used = new Set<string>();
  const refused: string[] = [];
  let calls = 0;
  const { server: target, dispatcher } = await openAnonymously();

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = incoming;
    const right = rightOf(method, url);
    used.add(right);
    calls += 1;
    const leaving = new AbortController();
    outgoing.once('close', () => leaving.abort());
    const { authorization = '', accept = '*/*', 'content-type': type } = incoming.headers;
    const answer = await request(`${target}${url}`, {
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
    get calls() {
      return calls;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await dispatcher.destroy();
    },
  };
}
