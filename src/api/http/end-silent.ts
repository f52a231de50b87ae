import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Ends connections on which nothing was said in the time that a request's head may take: Node begins to count with the first
 * byte, and whoever sends none would hold one for ever, until the process has no descriptor left for anybody.
 */
export function endSilent(server: Server, afterMs: number): void {
  server.on('connection', (socket: Socket) => {
    const timer = setTimeout(() => {
      if (socket.bytesRead === 0) socket.destroy();
    }, afterMs).unref();
    socket.once('close', () => clearTimeout(timer));
  });
}
