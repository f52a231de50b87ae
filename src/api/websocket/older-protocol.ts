import type { WebSocket } from 'ws';
import * as z from 'zod';

/** The protocol of subscriptions-transport-ws, whose name is that of the library which replaced it. */
export const OLDER_PROTOCOL = 'graphql-ws';
/** What who speaks it, or nothing, is told. At most 123 bytes: it is also the reason of the close. */
export const WRONG_PROTOCOL =
  'Subprotocol not acceptable: speak graphql-transport-ws (npm graphql-ws), not that of subscriptions-transport-ws';
export const WRONG_PROTOCOL_CODE = 4406;

/** Its client hears no reason of a close: what it is told in its own words is given so long to be read. */
const TELL_MS = 1000;
const Message = z.object({ type: z.string(), id: z.string().optional() });

/** Tells a client of the older protocol, in that protocol, that nobody speaks it here, and closes with 4406. */
export function refuseOlderProtocol(webSocket: WebSocket): void {
  const payload = { message: WRONG_PROTOCOL };
  const close = () => webSocket.close(WRONG_PROTOCOL_CODE, WRONG_PROTOCOL);
  const timer = setTimeout(close, TELL_MS);
  webSocket.once('close', () => clearTimeout(timer));
  webSocket.on('error', () => webSocket.terminate());
  webSocket.on('message', (data) => {
    const message = readMessage(String(data));
    if (message?.type === 'connection_init') {
      webSocket.send(JSON.stringify({ type: 'connection_error', payload }));
    } else if (message?.type === 'start') {
      webSocket.send(JSON.stringify({ type: 'error', id: message.id, payload }), close);
    }
  });
}

function readMessage(text: string): z.infer<typeof Message> | null {
  try {
    return Message.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
