import type { TokenCredential } from '@azure/identity';
import { AZURE_PROGRAM_MS, createAzureClient } from '../machine/azure-client.ts';
import type { Proxies } from '../machine/proxies.ts';
import { createStoreConnections } from '../machine/store-connections.ts';
import { DatabaseUnavailable } from './errors.ts';
import type { ReadPassword } from './session.ts';

/** Of which all servers of Azure Database for PostgreSQL take tokens. */
const SCOPE = 'https://ossrdbms-aad.database.windows.net/.default';
/** So long before its end a token is renewed, or at the half of a shorter life: a server looks at it when one connects. */
const EARLY_MS = 300_000;

/** How a token is asked for. */
export interface EntraLoginOptions {
  readonly proxies: Proxies;
  /** Default: as DefaultAzureCredential signs in (workload identity, a managed identity, `az login`). */
  readonly credential?: Pick<TokenCredential, 'getToken'>;
}

interface Held {
  readonly token: string;
  readonly renewAt: number;
  readonly expiresAt: number;
}

/** What Entra says is wrong has a number that its documentation explains; its words are long, and not ours to show. */
function nameReason(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: 'unknown', message: '' };
  return /\bAADSTS\d+\b/.exec(message)?.[0] ?? name;
}

/**
 * A password for each new connection to the database of records: a token of Entra, renewed before it ends, by one request
 * however many ask at a time. While it cannot be renewed the one that is held serves until its end. Then it throws
 * UNAVAILABLE, as of a database that does not answer: work waits.
 */
export function createEntraLogin({ proxies, credential }: EntraLoginOptions): ReadPassword {
  let asker = credential;
  let held: Held | null = null;
  let asking: Promise<Held> | null = null;

  async function ask(): Promise<Held> {
    if (asker === undefined) {
      // Takes most of a second to load, and only this way of signing in needs it.
      const { DefaultAzureCredential } = await import('@azure/identity');
      const httpClient = createAzureClient(createStoreConnections(proxies));
      asker = new DefaultAzureCredential({ httpClient, processTimeoutInMs: AZURE_PROGRAM_MS });
    }
    const given = await asker.getToken(SCOPE);
    if (given === null) throw new Error('no token was given');
    const left = given.expiresOnTimestamp - Date.now();
    const now = performance.now();
    return { token: given.token, renewAt: now + Math.max(left / 2, left - EARLY_MS), expiresAt: now + left };
  }

  return async () => {
    if (held !== null && performance.now() < held.renewAt) return held.token;
    asking ??= ask().finally(() => {
      asking = null;
    });
    try {
      held = await asking;
      return held.token;
    } catch (error) {
      if (held !== null && performance.now() < held.expiresAt) return held.token;
      throw new DatabaseUnavailable(
        'UNAVAILABLE',
        `Microsoft Entra gives no token for the CMS database (${nameReason(error)}): this process must be signed in to Azure ` +
          'as the identity whose name is the user of DATABASE_URL, by workload identity, a managed identity or az login.',
      );
    }
  };
}
