import http from 'node:http';
import https from 'node:https';
import { WebSocket } from 'ws';

/** A server that is known by a name which no DNS here knows, with a certificate that nobody here trusts. */
export interface Front {
  readonly address: string;
  readonly host: string;
}

export interface FrontAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
}

const trusting = ({ host }: Front) => ({ servername: host, rejectUnauthorized: false, headers: { host } });

export function askFront(front: Front, protocol: 'http' | 'https', path: string): Promise<FrontAnswer> {
  const { get } = protocol === 'https' ? https : http;
  return new Promise((resolve, reject) => {
    get({ host: front.address, path, timeout: 10_000, agent: false, ...trusting(front) }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    })
      .on('timeout', () => reject(new Error('no answer within 10 s')))
      .on('error', reject);
  });
}

/** Opens a WebSocket to the API with the token and gives the first thing that it says. */
export async function greetFront(front: Front, token: string): Promise<unknown> {
  const socket = new WebSocket(`wss://${front.address}/graphql`, 'graphql-transport-ws', trusting(front));
  try {
    return await new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('open', () =>
        socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })),
      );
      socket.once('message', (data) => resolve(JSON.parse(String(data))));
    });
  } finally {
    socket.terminate();
  }
}
