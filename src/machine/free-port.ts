import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { AppError } from '../../schema/errors.ts';

/** Below the range from which systems take the ports of outgoing connections, so that none of these takes ours. */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;
const TRIES = 200;

/** Whether a server could listen there now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** The remembered port when it is free, else another one that is free and not in `avoid`. Throws UNAVAILABLE when none is. */
export async function chooseFreePort(
  remembered: number | null,
  avoid: ReadonlySet<number> = new Set(),
): Promise<number> {
  if (remembered !== null && !avoid.has(remembered) && (await isPortFree(remembered))) return remembered;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (!avoid.has(port) && (await isPortFree(port))) return port;
  }
  throw new AppError('UNAVAILABLE', `No free port was found between ${FIRST_PORT} and ${LAST_PORT} on 127.0.0.1.`);
}
