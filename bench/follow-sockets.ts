import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import WebSocket from 'ws';
import { TOKEN } from './api-protocol.ts';

/** Clients that follow, each on a connection of its own. */
export interface Followers {
  leave(): Promise<void>;
}

/** Told of each message of each follower, the first of which is 0, as it came from the network. */
export type OnMessage = (message: Buffer, follower: number) => void;

const AT_ONCE = 50;

/** WebSockets that say who they are and subscribe; or, without a query, only listen. */
export async function followBySockets(
  url: string,
  count: number,
  query: string | null,
  onMessage: OnMessage,
): Promise<Followers> {
  const sockets: WebSocket[] = [];
  const open = async () => {
    const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { perMessageDeflate: false });
    const follower = sockets.push(socket) - 1;
    await once(socket, 'open');
    if (query !== null) {
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${TOKEN}` } }));
      const [first] = await Promise.race([once(socket, 'message'), once(socket, 'close')]);
      if (socket.readyState !== socket.OPEN) throw new Error(`a follower was refused: ${first}`);
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
    }
    socket.on('message', (message: Buffer) => onMessage(message, follower));
  };
  for (let left = count; left > 0; left -= AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, open));
  }
  return {
    async leave() {
      await Promise.all(
        sockets.map(async (socket) => {
          const closed = once(socket, 'close');
          socket.close();
          await closed;
        }),
      );
    },
  };
}

/** The same as event streams; what comes at once counts as one message. */
export async function followByStreams(
  url: string,
  count: number,
  query: string,
  onMessage: OnMessage,
): Promise<Followers> {
  const agent = new Agent({ maxSockets: count, keepAlive: false });
  const responses: IncomingMessage[] = [];
  const open = async () => {
    const headers = {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${TOKEN}`,
    };
    const asked = request(url, { method: 'POST', headers, agent });
    asked.end(JSON.stringify({ query }));
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    const follower = responses.push(response) - 1;
    response.on('error', () => undefined);
    response.on('data', (data: Buffer) => {
      if (data.includes('event: next')) onMessage(data, follower);
    });
  };
  for (let left = count; left > 0; left -= AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, open));
  }
  return {
    async leave() {
      for (const response of responses) response.destroy();
      agent.destroy();
    },
  };
}
