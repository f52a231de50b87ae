import type { WebSocket } from 'ws';

const PING_EVERY_MS = 12_000;

/**
 * Pings, and cuts a connection that has not answered by the next ping: half-open ones would stay for ever. From a paused
 * one no answer can be heard; that it takes what it is sent is answer enough. Returns its end.
 */
export function keepAlive(webSocket: WebSocket, everyMs = PING_EVERY_MS): () => void {
  let answered = true;
  let unread = 0;
  webSocket.on('pong', () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (webSocket.readyState !== webSocket.OPEN) return;
    if (webSocket.isPaused && webSocket.bufferedAmount !== unread) answered = true;
    unread = webSocket.bufferedAmount;
    if (!answered) {
      webSocket.terminate();
      return;
    }
    answered = false;
    webSocket.ping();
  }, everyMs);
  return () => clearInterval(timer);
}
