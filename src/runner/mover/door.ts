import { randomBytes } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { StoreConnections } from '../../machine/store-connections.ts';
import type { ImagePlace } from './image-place.ts';
import { readSocketOwner } from './socket-owner.ts';

/** Fields of a signature: whatever a program sends of them is replaced. */
const SIGNATURE_FIELDS =
  /^(sv|ss|srt|sp|se|st|spr|sig|sr|sip|si|skoid|sktid|skt|ske|sks|skv|saoid|suoid|scid|sdd|ses|sduoid)$/i;
const HOP_HEADERS = new Set(['host', 'connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

export interface DoorOptions {
  readonly place: ImagePlace;
  /** The query string that lets its bearer in, without `?`. */
  readonly signature: string;
  readonly connections: StoreConnections;
}

/** A way into the blob store for programs of this very process's user. */
export interface Door {
  /** The image's URL by this way, with a signature that means nothing elsewhere, for a command line that all may read. */
  readonly imageUrl: (name: string) => string;
  /** Why the store could not be reached last; null when it was, since. */
  readonly failure: () => string | null;
  stop(): Promise<void>;
}

/** What a program may ask for: the image's own blobs, and lists below its prefix. */
export function isAllowed(place: ImagePlace, method: string, url: URL): boolean {
  if (!['GET', 'HEAD', 'PUT'].includes(method)) return false;
  let asked: string;
  try {
    asked = decodeURIComponent(url.pathname.slice(1));
  } catch {
    return false;
  }
  if (asked.split('/').some((part) => part === '..' || part === '.')) return false;
  if (asked === place.container || asked === `${place.container}/`) {
    if (method === 'PUT' || url.searchParams.get('restype') !== 'container') return false;
    if (url.searchParams.get('comp') !== 'list') return url.searchParams.get('comp') === null;
    return (url.searchParams.get('prefix') ?? '').startsWith(place.prefix);
  }
  return asked.startsWith(`${place.container}/${place.prefix}`) || `${asked}/` === `${place.container}/${place.prefix}`;
}

function describe(error: NodeJS.ErrnoException, account: string): string {
  const { host, hostname } = new URL(account);
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'connection refused',
    ECONNRESET: 'connection reset by peer',
    ENOTFOUND: 'no such host',
    EAI_AGAIN: 'no such host',
    ETIMEDOUT: 'i/o timeout',
    EHOSTUNREACH: 'no route to host',
    ENETUNREACH: 'network is unreachable',
    ERR_PROXY_TUNNEL: 'the proxy did not let it through',
  };
  const asked = words[error.code ?? ''] === 'no such host' ? `dial tcp: lookup ${hostname}` : `dial tcp ${host}`;
  return `${asked}: ${words[error.code ?? ''] ?? error.code ?? error.message}`;
}

/**
 * Opens the door on loopback. It adds the signature to what passes, and lets in only connections whose other end belongs to
 * this process's user: azcopy takes a signature on its command line only, where every user of the machine could read it.
 */
export async function openDoor({ place, signature, connections }: DoorOptions): Promise<Door> {
  const isTls = place.account.startsWith('https:');
  const send = isTls ? httpsRequest : httpRequest;
  const room = randomBytes(8).toString('hex');
  const sockets = new Set<Socket>();
  const let_in = new WeakSet<Socket>();
  let failure: string | null = null;

  const upstreamOf = (url: URL): URL => {
    const target = new URL(place.account + url.pathname);
    for (const [name, value] of url.searchParams) {
      if (!SIGNATURE_FIELDS.test(name)) target.searchParams.append(name, value);
    }
    for (const [name, value] of new URLSearchParams(signature)) target.searchParams.append(name, value);
    return target;
  };

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket, method = '' } = incoming;
    if (!let_in.has(socket)) {
      const port = (server.address() as AddressInfo).port;
      if ((await readSocketOwner(socket.remotePort ?? 0, port)) !== process.getuid?.()) {
        response.writeHead(403).end();
        socket.destroy();
        return;
      }
      let_in.add(socket);
    }
    const [, first = '', ...rest] = (incoming.url ?? '').split('/');
    const url = new URL(`http://door/${rest.join('/')}`);
    if (first !== room || !isAllowed(place, method, url)) {
      incoming.resume();
      response.writeHead(403).end();
      return;
    }
    const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !HOP_HEADERS.has(name)));
    const outgoing = send(upstreamOf(url), { method, headers, agent: connections.agentFor(place.account) });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve);
      outgoing.once('error', reject);
    });
    socket.once('close', () => outgoing.destroy());
    try {
      incoming.pipe(outgoing);
      const answer = await answered;
      failure = null;
      // The store says its reason in the status line too, and azcopy shows no other.
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', answer.headers);
      await pipeline(answer, response);
    } catch (error) {
      if (!socket.destroyed) failure = describe(error as NodeJS.ErrnoException, place.account);
      socket.destroy();
    }
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => incoming.socket.destroy());
  });
  server.requestTimeout = 0;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}/${room}/${place.container}/${place.prefix}`;
  const sign = 'sv=2024-11-04&sr=c&sp=rwlc&se=2099-01-01T00%3A00%3A00Z&sig=added-by-the-door';
  return {
    imageUrl: (name) => `${name === '' ? base.slice(0, -1) : base + name}?${sign}`,
    failure: () => failure,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
