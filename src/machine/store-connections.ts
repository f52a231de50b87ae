import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Proxies } from './proxies.ts';

/**
 * The store itself gives up on a request after 30 s and says so ("Setting timeouts for Blob service operations" in Azure's
 * reference): who is still silent then is gone. It may take 60 for a list of blocks, which can be sent again.
 */
const SILENT_MS = 35_000;

/** The connections of this process to a store and to who lets into it. */
export interface StoreConnections {
  /** For a URL: kept alive, by the way that the proxies say. */
  agentFor(url: string): HttpAgent;
  /** Closes what is idle. */
  stop(): void;
}

/**
 * Connections that fail with ETIMEDOUT when nothing came or went for so long; a proxy's connections, too, once it has let
 * them through. By themselves Azure's clients wait for ever for an answer on a connection that a firewall or a fail-over has
 * forgotten: the time limits they take are for the server to keep. What they read of the environment by themselves counts
 * for nothing: the proxies are those that they are given.
 *
 * A connection is cut, too, when it is we who do not read from it for so long.
 */
export function createStoreConnections(proxies: Proxies, silentMs: number = SILENT_MS): StoreConnections {
  const agents = new Map<string, HttpAgent>();

  function make(isTls: boolean, proxy: URL | null): HttpAgent {
    const proxyEnv = proxy === null ? {} : { HTTP_PROXY: proxy.href, HTTPS_PROXY: proxy.href };
    const options = { keepAlive: true, timeout: silentMs, proxyEnv };
    return endSilence(isTls ? new HttpsAgent(options) : new HttpAgent(options), silentMs);
  }

  return {
    agentFor(url) {
      const isTls = url.startsWith('https:');
      const proxy = proxies.find(url);
      const key = `${isTls} ${proxy?.href}`;
      const agent = agents.get(key) ?? make(isTls, proxy);
      agents.set(key, agent);
      return agent;
    },
    stop() {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

interface Sent {
  readonly url: string;
  agent?: unknown;
}

/** A step of the pipeline of Azure's clients that has each request use these connections, whatever a step before it chose. */
export function requestsUse(connections: StoreConnections) {
  return {
    create: <Answer, Request extends Sent>(next: { sendRequest(request: Request): Promise<Answer> }) => ({
      sendRequest(request: Request): Promise<Answer> {
        request.agent = connections.agentFor(request.url);
        return next.sendRequest(request);
      },
    }),
  };
}

function endSilence(agent: HttpAgent, silentMs: number): HttpAgent {
  const limit = (socket: Duplex | null | undefined) => {
    if (socket instanceof Socket) socket.setTimeout(silentMs);
  };
  const bound = (socket: Duplex | null | undefined) => {
    socket?.on('timeout', () => {
      socket.destroy(Object.assign(new Error('the other end says nothing'), { code: 'ETIMEDOUT' }));
    });
    limit(socket);
  };
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const first = connect(options, (error, socket) => {
      // What a proxy has let through is a connection of its own within the first, on which alone there is something to hear.
      if (socket !== undefined && socket !== first) {
        if (first instanceof Socket) first.setTimeout(0);
        bound(socket);
      }
      callback?.(error, socket);
    });
    bound(first);
    return first;
  };
  const reuse = agent.reuseSocket.bind(agent);
  // While it waited for its next use it had the limit that the server wished for.
  agent.reuseSocket = (socket, request) => {
    reuse(socket, request);
    limit(socket);
  };
  return agent;
}
