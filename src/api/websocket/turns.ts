import { setImmediate } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { LIMITS } from '../limits/limits.ts';

/** Messages that may wait for their turn; with more, no further ones are read from the network. */
const WAITING_MAX = 50;
/** How long one connection has its turn while others wait for theirs. */
const TURN_MS = 5;

const AS_TEXT = { binary: false } as const;

/** What one connection says and hears, in an order that is fair to all others. */
export interface Turns {
  /** Resolves when the text has left for the network; what is for a closed connection is dropped. */
  send(text: string | Buffer): Promise<void>;
  /**
   * Hands on one message after another and lets everything else have its turn every few milliseconds: who sends a thousand
   * operations at once keeps nobody waiting until all are begun. Begins nothing while much of what was answered is unread.
   */
  onMessage(take: (text: string) => void): void;
}

/** The turns of a connection that was just opened. */
export function createTurns(webSocket: WebSocket): Turns {
  const waiting: string[] = [];
  let isTaking = false;
  let goOn: () => void = () => undefined;

  const isOpen = () => webSocket.readyState === webSocket.OPEN;
  const isUnread = () => isOpen() && webSocket.bufferedAmount > LIMITS.unreadBytes;

  async function takeAll(take: (text: string) => void): Promise<void> {
    isTaking = true;
    let begunAt = performance.now();
    for (let text = waiting.shift(); text !== undefined && isOpen(); text = waiting.shift()) {
      take(text);
      await Promise.resolve();
      if (waiting.length === 0 || performance.now() - begunAt > TURN_MS) {
        await setImmediate();
        begunAt = performance.now();
      }
      while (isUnread()) {
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
      }
      if (waiting.length === 0 && isOpen()) webSocket.resume();
    }
    isTaking = false;
  }

  webSocket.once('close', () => goOn());
  return {
    send: (text) =>
      new Promise((resolve) => {
        if (!isOpen()) return resolve();
        // A failed send means that the connection is going, which its close will say.
        webSocket.send(text, AS_TEXT, () => {
          resolve();
          goOn();
        });
      }),
    onMessage(take) {
      webSocket.on('message', (data) => {
        if (waiting.push(String(data)) >= WAITING_MAX && isOpen()) webSocket.pause();
        if (!isTaking) void takeAll(take);
      });
    },
  };
}
