import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { joinPieces } from '../execution/join-pieces.ts';
import { LIMITS } from '../limits/limits.ts';

/** Messages that may wait for their turn; with more, no further ones are read from the network. */
const WAITING_MAX = 50;
/** How long one connection has its turn while others wait for theirs. */
const TURN_MS = 5;

const AS_TEXT = { binary: false } as const;

/** What one connection says and hears, in an order that is fair to all others. */
export interface Turns {
  /** Resolves when the text has left for the network; what is for a closed connection is dropped. */
  send(text: string): Promise<void>;
  /** The same of a text in UTF-8 that is made of these pieces, which are not copied where they are long. */
  sendPieces(...pieces: readonly Buffer[]): Promise<void>;
  /**
   * Hands on one message after another and lets everything else have its turn every few milliseconds: who sends a thousand
   * operations at once keeps nobody waiting until all are begun. Begins nothing while much of what was answered is unread.
   */
  onMessage(take: (text: string) => void): void;
}

/** The turns of a connection that was just opened, on this socket. */
export function createTurns(webSocket: WebSocket, socket: Duplex): Turns {
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

  /** Each piece is a frame of its message. */
  function send(...pieces: readonly (string | Buffer)[]): Promise<void> {
    return new Promise((resolve) => {
      if (!isOpen()) return resolve();
      // A failed send means that the connection is going, which its close will say.
      const onSent = () => {
        resolve();
        goOn();
      };
      const last = pieces.length - 1;
      socket.cork();
      pieces.forEach((piece, at) => {
        webSocket.send(piece, { ...AS_TEXT, fin: at === last }, at === last ? onSent : undefined);
      });
      socket.uncork();
    });
  }

  webSocket.once('close', () => goOn());
  return {
    send: (text) => send(text),
    sendPieces: (...pieces) => send(...joinPieces(pieces)),
    onMessage(take) {
      webSocket.on('message', (data) => {
        if (waiting.push(String(data)) >= WAITING_MAX && isOpen()) webSocket.pause();
        if (!isTaking) void takeAll(take);
      });
    },
  };
}
