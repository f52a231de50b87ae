import { once } from 'node:events';
import type { Server } from 'node:http';
import { AppError } from '../../../schema/errors.ts';

/**
 * Begins to take requests; port 0 is any free one. Answers with the root of its URLs, without a slash. Throws UNAVAILABLE
 * when the port can't be had, with the name of the variable that says which.
 */
export async function listenOn(
  server: Server,
  port: number,
  host: string,
  variable = 'PORT',
): Promise<{ readonly port: number; readonly root: string }> {
  try {
    await once(server.listen(port, host), 'listening');
  } catch (error) {
    throw explainListenError(error, port, host, variable);
  }
  const address = server.address();
  const taken = typeof address === 'object' && address !== null ? address.port : port;
  return { port: taken, root: buildRoot(host, taken) };
}

/** The URL that this machine can open, also where the server listens on all of its addresses. */
function buildRoot(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

function explainListenError(cause: unknown, port: number, host: string, variable: string): AppError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const why =
    code === 'EADDRINUSE'
      ? 'another program has it'
      : code === 'EACCES'
        ? 'this user may not take it'
        : 'this machine has no such address';
  const message = `Port ${port} of ${host} cannot be taken, ${why}: set ${variable} and HOST to others.`;
  return new AppError('UNAVAILABLE', message, { cause });
}
