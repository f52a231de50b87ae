import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * The store itself gives up on a request after 30 s and says so ("Setting timeouts for Blob service operations" in Azure's
 * reference): who is still silent then is gone. It may take 60 for a list of blocks, which can be sent again.
 */
const SILENT_MS = 35_000;

const http = new HttpAgent({ keepAlive: true, timeout: SILENT_MS });
const https = new HttpsAgent({ keepAlive: true, timeout: SILENT_MS });
const bounded = new WeakSet<HttpAgent>();

/**
 * Has a request of Azure's clients use connections that fail with ETIMEDOUT when nothing came or went for 35 s; a proxy's
 * connections, too, once it has let them through. By themselves the clients wait for ever for an answer on a connection
 * that a firewall or a fail-over has forgotten: the time limits they take are for the server to keep.
 *
 * A connection is cut, too, when it is we who do not read from it for so long.
 */
export function useBoundedConnection(request: { readonly url: string; agent?: unknown }): void {
  request.agent ??= request.url.startsWith('https:') ? https : http;
  const { agent } = request;
  if (!(agent instanceof HttpAgent) || bounded.has(agent)) return;
  bounded.add(agent);
  endSilence(agent);
}

function endSilence(agent: HttpAgent): void {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (...given) => {
    const socket = connect(...given);
    socket?.on('timeout', () => {
      socket.destroy(Object.assign(new Error('the other end says nothing'), { code: 'ETIMEDOUT' }));
    });
    limit(socket);
    return socket;
  };
  const reuse = agent.reuseSocket.bind(agent);
  // While it waited for its next use it had the limit that the server wished for.
  agent.reuseSocket = (socket, request) => {
    reuse(socket, request);
    limit(socket);
  };
}

function limit(socket: Duplex | null | undefined): void {
  if (socket instanceof Socket) socket.setTimeout(SILENT_MS);
}
