import { randomUUID } from 'node:crypto';
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '../../log/logger.ts';
import { describeError } from '../errors/describe-error.ts';
import type { Strangers } from '../http/bound-strangers.ts';
import type { PathPrefix } from '../http/path-prefix.ts';
import { LIMITS } from '../limits/limits.ts';
import { keepAlive } from './keep-alive.ts';
import { OLDER_PROTOCOL, refuseOlderProtocol, WRONG_PROTOCOL, WRONG_PROTOCOL_CODE } from './older-protocol.ts';
import { CloseConnection, type Connection, createProtocol, type ProtocolParts } from './protocol.ts';
import { createTurns } from './turns.ts';

/** How long clients have to answer a close before their sockets are cut. */
const CLOSE_GRACE_MS = 1000;
const MAX_REASON_BYTES = 123;

/** What the WebSocket side is made of. */
export interface WebSocketParts extends ProtocolParts {
  readonly path: string;
  /** Below which the path may stand, too. */
  readonly prefix: PathPrefix;
  /** Told of sockets that are counted here. */
  readonly strangers: Strangers;
  readonly log: Logger;
}

/**
 * Serves subscriptions (and queries) on one path of an HTTP server.
 *
 * A slow client slows only its own stream: the next event is asked for when the last one has left for the network.
 * `stop` closes every connection with 1001, resolves when all their streams are left (or 2 s later, with a warning), and may be called again.
 */
export function serveWebSocket(httpServer: HttpServer, parts: WebSocketParts): { stop(): Promise<void> } {
  const { path, log } = parts;
  const protocol = createProtocol(parts);
  const connections = new Set<Promise<void>>();
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.messageBytes,
    handleProtocols: chooseProtocol,
  });
  const byAddress = new Map<string, number>();
  let stopping = false;

  /** False when too many of this address are connected already. */
  function count(address: string, change: 1 | -1): boolean {
    const connected = (byAddress.get(address) ?? 0) + change;
    if (connected > LIMITS.socketsPerAddress) return false;
    if (connected > 0) byAddress.set(address, connected);
    else byAddress.delete(address);
    return true;
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', (error) => log.debug({ error: describeError(error) }, 'a connection broke'));
    // As over HTTP, where a slash at the end is the same path.
    const asked = parts.prefix
      .strip(request.url ?? '')
      .split('?', 1)[0]
      ?.replace(/(?<=.)\/$/, '');
    if (stopping || asked !== path) {
      refuse(socket, stopping ? '503 Service Unavailable' : '404 Not Found');
      return;
    }
    if (!isSpoken(request.headers['sec-websocket-protocol'])) {
      refuse(socket, '400 Bad Request', WRONG_PROTOCOL);
      return;
    }
    const address = parts.sources.ofSocket(request).address ?? '';
    if (!count(address, 1)) {
      refuse(socket, '429 Too Many Requests', 'Too many connections: close some, or try again later', 'Retry-After: 1');
      return;
    }
    socket.once('close', () => count(address, -1));
    if (socket instanceof Socket) parts.strangers.know(socket);
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      if (webSocket.protocol === OLDER_PROTOCOL) return refuseOlderProtocol(webSocket);
      // A browser that asked for no protocol has a socket that is open: it hears why it is closed.
      if (webSocket.protocol === '') {
        webSocket.on('error', () => webSocket.terminate());
        return webSocket.close(WRONG_PROTOCOL_CODE, WRONG_PROTOCOL);
      }
      const connection = serve(webSocket, socket, request).finally(() => connections.delete(connection));
      connections.add(connection);
    });
  }

  function serve(webSocket: WebSocket, socket: Duplex, request: IncomingMessage): Promise<void> {
    webSocket.on('error', (error) => log.debug({ error: describeError(error) }, 'a WebSocket broke'));
    const turns = createTurns(webSocket, socket);
    const connection: Connection = {
      request,
      sendPieces: turns.sendPieces,
      caller: null,
      close: (code, reason) => webSocket.close(code, cut(reason)),
      unwatch: () => undefined,
    };
    const closed = protocol.opened(
      {
        protocol: webSocket.protocol,
        send: turns.send,
        close: (code, reason) => webSocket.close(code, cut(reason)),
        onMessage(take) {
          turns.onMessage((text) => {
            take(text).catch((error: unknown) => fail(webSocket, error));
          });
        },
      },
      connection,
    );
    const stopKeepingAlive = keepAlive(webSocket);
    return new Promise((resolve) => {
      webSocket.once('close', (code, reason) => {
        stopKeepingAlive();
        connection.unwatch?.();
        connection.unwatch = null;
        closed(code, String(reason))
          .catch((error: unknown) => log.error({ error: describeError(error) }, 'a connection was not left cleanly'))
          .finally(resolve);
      });
    });
  }

  function fail(webSocket: WebSocket, error: unknown): void {
    if (error instanceof CloseConnection) {
      webSocket.close(error.code, cut(error.message));
      return;
    }
    const reference = randomUUID();
    log.error({ reference, error: describeError(error) }, 'internal error');
    webSocket.close(CloseCode.InternalServerError, `internal error, reference ${reference}`);
  }

  httpServer.on('upgrade', upgrade);
  return {
    async stop() {
      stopping = true;
      for (const client of webSockets.clients) client.close(1001, 'the server is stopping');
      if (await endWithin(CLOSE_GRACE_MS, connections)) return;
      for (const client of webSockets.clients) client.terminate();
      if (await endWithin(CLOSE_GRACE_MS, connections)) return;
      log.warn({ connections: connections.size }, 'streams of closed connections did not end');
    },
  };
}

/** The newest that both speak. The older one is spoken only to say that it is not. */
function chooseProtocol(offered: ReadonlySet<string>): string | false {
  return [GRAPHQL_TRANSPORT_WS_PROTOCOL, OLDER_PROTOCOL].find((protocol) => offered.has(protocol)) ?? false;
}

function isSpoken(header: string | undefined): boolean {
  return header === undefined || chooseProtocol(new Set(header.split(',').map((name) => name.trim()))) !== false;
}

/** Answers a request for a WebSocket without opening one. */
function refuse(socket: Duplex, status: string, words = '', ...headers: readonly string[]): void {
  const head = [
    `HTTP/1.1 ${status}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(words)}`,
    ...headers,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${words}`);
}

/** Whether all have ended before the time is over. */
async function endWithin(timeMs: number, connections: Iterable<Promise<void>>): Promise<boolean> {
  const over = new AbortController();
  const ended = Promise.all(connections).then(() => true);
  const late = setTimeout(timeMs, false, { signal: over.signal }).catch(() => false);
  try {
    return await Promise.race([ended, late]);
  } finally {
    over.abort();
  }
}

/** WebSocket allows few bytes for a reason. */
function cut(reason: string | undefined): string {
  return Buffer.from(reason ?? '')
    .subarray(0, MAX_REASON_BYTES)
    .toString('utf8')
    .replace(/\uFFFD$/, '');
}
