import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { joinPieces } from '../execution/join-pieces.ts';

/** Proxies end a connection on which nothing comes for half a minute or so. */
const COMMENT_EVERY_MS = 12_000;

const END = Buffer.from('\n\n');

/** Writes server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export interface EventStreamWriter {
  /** Resolves when there is room for another one, or the reader is gone. `data` is without line ends; as bytes, it is UTF-8. */
  write(event: 'next' | 'complete', data: string | Buffer, id: string | null): Promise<void>;
  end(): void;
  /** Aborted when the reader is gone or the stream was ended. */
  readonly closed: AbortSignal;
}

/** Begins the answer. A comment now and then keeps the connection, and tells that a reader is gone. */
export function openEventStream(response: ServerResponse, commentEveryMs = COMMENT_EVERY_MS): EventStreamWriter {
  const closed = new AbortController();
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-store',
    Connection: 'keep-alive',
    // nginx would hold events back.
    'X-Accel-Buffering': 'no',
  });
  // Something at once, so that a client knows that its subscription was taken.
  response.write(':\n\n');
  const timer = setInterval(() => {
    // To one that does not read, nothing is added.
    if (!response.writableNeedDrain) response.write(':\n\n');
  }, commentEveryMs);
  response.once('close', () => {
    clearInterval(timer);
    closed.abort();
  });
  response.on('error', () => closed.abort());
  return {
    async write(event, data, id) {
      if (closed.signal.aborted) return;
      const head = Buffer.from(`event: ${event}\n${id === null ? '' : `id: ${id}\n`}data: `);
      let hasRoom = true;
      for (const piece of joinPieces([head, typeof data === 'string' ? Buffer.from(data) : data, END])) {
        hasRoom = response.write(piece);
      }
      if (hasRoom || closed.signal.aborted) return;
      await once(response, 'drain', { signal: closed.signal }).catch(() => undefined);
    },
    end() {
      response.end();
    },
    closed: closed.signal,
  };
}
