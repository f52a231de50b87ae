import { randomUUID } from 'node:crypto';
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { CloseCode, handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '../../log/logger.ts';
import { describeError } from '../errors/describe-error.ts';
import { LIMITS } from '../limits/limits.ts';
import { keepAlive } from './keep-alive.ts';
import { CloseConnection, type Connection, createProtocol, type ProtocolParts } from './protocol.ts';
import { createTurns } from './turns.ts';

/** How long clients have to answer a close before their sockets are cut. */
const CLOSE_GRACE_MS = 1000;
const MAX_REASON_BYTES = 123;

/** What the WebSocket side is made of. */
export interface WebSocketParts extends ProtocolParts {
  readonly path: string;
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
  const webSockets = new WebSocketServer({ noServer: true, maxPayload: LIMITS.messageBytes, handleProtocols });
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
    const asked = request.url?.split('?', 1)[0]?.replace(/(?<=.)\/$/, '');
    if (stopping || asked !== path) {
      socket.end(`HTTP/1.1 ${stopping ? '503 Service Unavailable' : '404 Not Found'}\r\nConnection: close\r\n\r\n`);
      return;
    }
    const address = parts.sources.ofSocket(request).address ?? '';
    if (!count(address, 1)) {
      socket.end('HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nConnection: close\r\n\r\n');
      return;
    }
    socket.once('close', () => count(address, -1));
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = serve(webSocket, request).finally(() => connections.delete(connection));
      connections.add(connection);
    });
  }

  function serve(webSocket: WebSocket, request: IncomingMessage): Promise<void> {
    webSocket.on('error', (error) => log.debug({ error: describeError(error) }, 'a WebSocket broke'));
    const turns = createTurns(webSocket);
    const connection: Connection = {
      request,
      send: turns.send,
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
