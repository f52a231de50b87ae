import { connect } from 'node:net';
import type { Address } from '../../../../jobs/ports/platform/servers.ts';

const TIMEOUT_MS = 1_000;

/** Whether somebody takes a connection there; says nothing to whoever it is. */
export function knock({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: TIMEOUT_MS });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
