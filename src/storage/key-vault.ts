import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
} from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import * as z from 'zod';
import { AppError } from '../../schema/errors.ts';
import { NO_PROXIES, type Proxies } from '../machine/proxies.ts';
import { createStoreConnections } from '../machine/store-connections.ts';

const API_VERSION = '7.4';
const ALGORITHM = 'RSA-OAEP-256';
const SCOPE = 'https://vault.azure.net/.default';
/** What stands in TOYGRES_ENCRYPTION_KEY in the place of a key: the URL of the vault's key, and what it wrapped. */
const WRAPPED =
  /^(https?:\/\/[A-Za-z0-9.-]+(?::\d+)?\/keys\/[A-Za-z0-9-]{1,127}\/[0-9a-f]{32})#([A-Za-z0-9_-]{43,2048})$/;
const LARGEST_ANSWER = 64 << 10;

const Answer = z.object({ value: z.string().regex(/^[A-Za-z0-9_-]{1,4096}$/) });

/** How a vault is asked; by default as DefaultAzureCredential signs in. */
export interface VaultLogin {
  /** Default: none. */
  readonly proxies?: Proxies;
  readonly credential?: Pick<TokenCredential, 'getToken'>;
  /** Also over http, for a stand-in. Default: https alone. */
  readonly allowHttp?: boolean;
}

/** Whether this is a key that a vault has wrapped. */
export function isWrapped(part: string): boolean {
  return WRAPPED.test(part.trim());
}

const transport = createDefaultHttpClient();

/** The same connections for the vault and for whoever signs in to it. */
function openConnections({ proxies = NO_PROXIES }: VaultLogin): HttpClient & { stop(): void } {
  const connections = createStoreConnections(proxies);
  return {
    sendRequest(request) {
      request.agent = connections.agentFor(request.url) as NonNullable<typeof request.agent>;
      return transport.sendRequest(request);
    },
    stop: connections.stop,
  };
}

async function readToken({ credential }: VaultLogin, httpClient: HttpClient): Promise<string> {
  // Takes most of a second to load, and only a vault needs it.
  const asker = credential ?? new (await import('@azure/identity')).DefaultAzureCredential({ httpClient });
  const token = await asker.getToken(SCOPE);
  if (token === null) throw new Error('no token was given');
  return token.token;
}

/** The vault's answer; what it says of a refusal, and neither key, in what is thrown. */
async function ask(keyUrl: string, verb: 'wrapkey' | 'unwrapkey', value: string, login: VaultLogin): Promise<string> {
  const http = openConnections(login);
  try {
    return await askOver(http, keyUrl, verb, value, login);
  } finally {
    http.stop();
  }
}

async function askOver(
  http: HttpClient,
  keyUrl: string,
  verb: 'wrapkey' | 'unwrapkey',
  value: string,
  login: VaultLogin,
): Promise<string> {
  const fail = (why: string, cause?: unknown) =>
    new AppError(
      'UNAVAILABLE',
      `Key Vault does not ${verb === 'wrapkey' ? 'wrap' : 'unwrap'} with ${keyUrl} (${why}): this process must be signed in ` +
        'to Azure and have the role "Key Vault Crypto User" on that key.',
      { cause },
    );
  const token = await readToken(login, http).catch((error: unknown) => {
    throw fail('signing in failed', new Error(error instanceof Error ? error.name : 'unknown'));
  });
  const request = createPipelineRequest({
    url: `${keyUrl}/${verb}?api-version=${API_VERSION}`,
    method: 'POST',
    headers: createHttpHeaders({ authorization: `Bearer ${token}`, 'content-type': 'application/json' }),
    body: JSON.stringify({ alg: ALGORITHM, value }),
    allowInsecureConnection: login.allowHttp === true,
  });
  const { status, bodyAsText } = await http.sendRequest(request).catch((error: unknown) => {
    throw fail('it does not answer', new Error(error instanceof Error ? error.name : 'unknown'));
  });
  if (status !== 200) throw fail(`status ${status}`);
  if ((bodyAsText?.length ?? 0) > LARGEST_ANSWER) throw fail('its answer cannot be');
  try {
    return Answer.parse(JSON.parse(bodyAsText ?? '')).value;
  } catch {
    throw fail('its answer cannot be');
  }
}

/**
 * The keys of TOYGRES_ENCRYPTION_KEY in base64, between commas: those that a vault has wrapped are unwrapped there, the
 * others stay as they are. Throws UNAVAILABLE that says which key of which vault cannot be used.
 */
export async function unwrapKeys(text: string, login: VaultLogin = {}): Promise<string> {
  const parts = text.split(',').map(async (part) => {
    const [, keyUrl, wrapped] = WRAPPED.exec(part.trim()) ?? [];
    if (keyUrl === undefined || wrapped === undefined) return part.trim();
    return Buffer.from(await ask(keyUrl, 'unwrapkey', wrapped, login), 'base64url').toString('base64');
  });
  return (await Promise.all(parts)).join(',');
}

/**
 * What TOYGRES_ENCRYPTION_KEY is to hold for this key, given as base64, once a key of a vault has wrapped it.
 * `keyUrl`: with the version of the key. Throws INVALID_INPUT for any other URL, UNAVAILABLE as above.
 */
export async function wrapKey(keyUrl: string, key: string, login: VaultLogin = {}): Promise<string> {
  if (!isWrapped(`${keyUrl.replace(/^http:/, login.allowHttp ? 'https:' : 'http:')}#${'A'.repeat(43)}`)) {
    throw new AppError(
      'INVALID_INPUT',
      'The key of a vault is named with its version: https://NAME.vault.azure.net/keys/KEY/VERSION, VERSION being 32 hex digits.',
    );
  }
  return `${keyUrl}#${await ask(keyUrl, 'wrapkey', Buffer.from(key, 'base64').toString('base64url'), login)}`;
}
