import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { azuriteConnectionString } from './azurite.ts';

/** A store whose container is under a retention policy, as Azure keeps one: what is written stays, and as it is. */
export interface ImmutableStore {
  readonly connectionString: string;
  /** Called with the name of each blob that came to be, before whoever wrote it hears of that. */
  onWritten: (name: string) => Promise<void>;
  /** The requests that were refused, as `PUT name` or `DELETE name`. */
  readonly refused: readonly string[];
  /** The policy is over: what is there may be changed and removed. */
  lift(): void;
  stop(): Promise<void>;
}

const BODY =
  '<?xml version="1.0" encoding="utf-8"?><Error><Code>BlobImmutableDueToPolicy</Code><Message>This operation is not permitted as the blob is immutable due to a policy.</Message></Error>';

/** `/account/container/name`, decoded; null for what is no blob. */
function nameOf(url: string): string | null {
  const [, , container, ...rest] = new URL(url, 'http://store').pathname.split('/');
  return container === undefined || rest.length === 0 ? null : decodeURIComponent(rest.join('/'));
}

/** Stands before an emulator, which knows no policies, and answers as Azure does where one would be broken. */
export async function startImmutableStore(azuritePort: number): Promise<ImmutableStore> {
  const committed = new Set<string>();
  const refused: string[] = [];
  let isLifted = false;
  const store = { onWritten: async (_name: string): Promise<void> => undefined };

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = incoming;
    const name = nameOf(url);
    const changes = method === 'PUT' || method === 'DELETE';
    if (name !== null && changes && !isLifted && committed.has(name)) {
      refused.push(`${method} ${name}`);
      incoming.resume();
      outgoing.writeHead(409, {
        'content-type': 'application/xml',
        'x-ms-error-code': 'BlobImmutableDueToPolicy',
        'content-length': Buffer.byteLength(BODY),
      });
      outgoing.end(BODY);
      return;
    }
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const onward = request({ host: '127.0.0.1', port: azuritePort, method, path: url, headers }, resolve);
      onward.once('error', reject);
      pipeline(incoming, onward).catch(reject);
    });
    const part = new URL(url, 'http://store').searchParams.get('comp');
    const isWhole = method === 'PUT' && (part === null || part === 'blocklist') && answer.statusCode === 201;
    if (name !== null && isWhole) {
      committed.add(name);
      await store.onWritten(name);
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    await pipeline(answer, outgoing);
  }

  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(store, {
    connectionString: azuriteConnectionString(port),
    refused,
    lift: () => {
      isLifted = true;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
