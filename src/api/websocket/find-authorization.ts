import type { IncomingMessage } from 'node:http';
import { readAuthorization as ofHeader } from '../http/read-authorization.ts';

type Named = Readonly<Record<string, unknown>>;

/**
 * What a connection shows of who it is for, wherever its client can put it: `connectionParams.authorization`, else
 * `connectionParams.headers`, else the header of the request that opened it. Undefined where nothing is said.
 *
 * What the client says of itself comes first: the header may be what a proxy asked a browser for.
 */
export function findAuthorization(connectionParams: unknown, request: Pick<IncomingMessage, 'headers'>): unknown {
  const params = isNamed(connectionParams) ? connectionParams : {};
  return readAuthorization(params) ?? readAuthorization(readHeaders(params)) ?? ofHeader(request);
}

/** Headers are written in any case, and clients copy them as they are. */
function readAuthorization(named: Named): unknown {
  return Object.entries(named).find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? undefined;
}

function readHeaders({ headers }: Named): Named {
  return isNamed(headers) ? headers : {};
}

function isNamed(value: unknown): value is Named {
  return typeof value === 'object' && value !== null;
}
