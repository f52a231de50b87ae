import { RestError } from '@azure/storage-blob';
import { AppError } from '../../schema/errors.ts';
import { explainRefusal, isHeldBy } from '../machine/store-refusals.ts';

/** Where the store is, for messages: without key, signature or query. */
export interface BlobPlace {
  readonly host: string;
  readonly container: string;
  /** How the control plane signs in: what helps against a refusal depends on it. */
  readonly login: 'key' | 'itself';
  /** Through which it is reached, without who signs in to that; null: directly. */
  readonly proxy: string | null;
}

type ClientError = Error & { readonly code?: string; readonly statusCode?: number };

const NETWORK_ERRORS =
  /^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|ENOTFOUND|EAI_AGAIN|ERR_PROXY_TUNNEL)$/;

const ROLE_HINT =
  'give its identity the roles "Storage Blob Data Contributor" and "Storage Blob Delegator" on the storage account, and let its network through the account\'s firewall';

/**
 * What went wrong with the store as an AppError that says which link is broken and how to mend it.
 *
 * The client's own errors carry requests with their headers and query, so neither the message nor the cause keeps more of
 * them than a code, a status and the request's id. What is an AppError already, or no error of the client, stays as it is.
 */
export function translateBlobError(error: unknown, place: BlobPlace): unknown {
  if (error instanceof AppError) return error;
  if (isLoginError(error)) {
    return new AppError(
      'UNAVAILABLE',
      `No login for the blob store ${place.host} succeeded. On AKS: the pod needs the label azure.workload.identity/use and a service account with the client id (AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_FEDERATED_TOKEN_FILE must be set in it); elsewhere: az login.`,
      { cause: reduced(error) },
    );
  }
  if (!isClientError(error)) return error;
  const [code, message] = explain(error, place);
  const isOfTheWay = NETWORK_ERRORS.test(error.code ?? '') || error.code === RestError.REQUEST_SEND_ERROR;
  const way = isOfTheWay && place.proxy !== null ? ` ${describeProxy(error, place.proxy)}` : '';
  return new AppError(code, message + way, { cause: reduced(error) });
}

/** True when the error says that a blob is not there, and not that more than that is missing. */
export function isBlobAbsent(error: unknown): boolean {
  return error instanceof RestError && error.statusCode === 404 && error.code !== 'ContainerNotFound';
}

/** True when the error says that the container is not there, or not yet gone. */
export function isContainerAbsent(error: unknown): boolean {
  return error instanceof RestError && (error.code === 'ContainerNotFound' || error.code === 'ContainerBeingDeleted');
}

/** A RestError, or what a connection that breaks in the middle of a body throws instead. */
function isClientError(error: unknown): error is ClientError {
  if (error instanceof RestError) return true;
  return (
    error instanceof Error &&
    (error.name === 'AbortError' || NETWORK_ERRORS.test(String('code' in error && error.code)))
  );
}

/** True when a connection in use was let go of by the other end, by the network, or for silence. */
export function isBrokenConnection(error: unknown): boolean {
  return isClientError(error) && (error.name === 'AbortError' || NETWORK_ERRORS.test(error.code ?? ''));
}

function explain(
  error: ClientError,
  { host, container, login }: BlobPlace,
): readonly ['UNAVAILABLE' | 'STEP_FAILED', string] {
  const said = error.code ?? error.name;
  if (error.name === 'AbortError' || brokeOffAsText(error)) {
    return ['UNAVAILABLE', `The blob store at ${host} broke off in the middle of an answer; trying again can help.`];
  }
  switch (error.code) {
    case 'AuthorizationPermissionMismatch':
    case 'AuthorizationFailure':
    case 'InsufficientAccountPermissions':
      if (login === 'key') return ['UNAVAILABLE', keyRefused(host, said)];
      return ['UNAVAILABLE', `The blob store ${host} knows who asks and refuses (403 ${said}): ${ROLE_HINT}.`];
    case 'AuthenticationFailed':
    case 'InvalidAuthenticationInfo':
      return ['UNAVAILABLE', keyRefused(host, said)];
    case 'KeyBasedAuthenticationNotPermitted':
      return [
        'UNAVAILABLE',
        `The blob store ${host} allows no account keys: set AZURE_STORAGE_ACCOUNT instead of a connection string.`,
      ];
    case 'ContainerNotFound':
    case 'ContainerBeingDeleted':
      return [
        'UNAVAILABLE',
        `The container ${container} of the blob store ${host} is missing; it is made at the next try.`,
      ];
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return [
        'UNAVAILABLE',
        `The name ${host} of the blob store cannot be resolved: check AZURE_STORAGE_ACCOUNT and this machine's DNS.`,
      ];
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EPIPE':
    case 'ERR_PROXY_TUNNEL':
    case RestError.REQUEST_SEND_ERROR:
      return [
        'UNAVAILABLE',
        `The blob store at ${host} does not answer (${said}); see that it runs and can be reached from here.`,
      ];
    default:
      if (explainRefusal(said) !== null)
        return [
          'STEP_FAILED',
          `The blob store ${host} refused a request (${error.statusCode} ${said}): ${explainRefusal(said)}.`,
        ];
      return error.statusCode === undefined || error.statusCode >= 500 || error.statusCode === 429
        ? [
            'UNAVAILABLE',
            `The blob store ${host} is not well (${[error.statusCode, said].join(' ').trim()}); trying again can help.`,
          ]
        : ['STEP_FAILED', `The blob store ${host} refused a request (${error.statusCode} ${said}).`];
  }
}

/** True when a rule of the store keeps what is there as it is. */
export function isHeld(error: unknown): error is RestError {
  return error instanceof RestError && isHeldBy(error.code ?? '');
}

/** So ends an answer that is read whole, as a list is, when its connection breaks; the client does not ask again for it. */
function brokeOffAsText({ code, message }: ClientError): boolean {
  return code === RestError.PARSE_ERROR && message.startsWith('Error reading response as text:');
}

function keyRefused(host: string, said: string): string {
  return `The blob store ${host} refuses the login (403 ${said}): check the account key, the account's firewall and this machine's clock.`;
}

const LOGIN_ERRORS =
  /^(CredentialUnavailableError|AuthenticationError|AggregateAuthenticationError|AuthenticationRequiredError)$/;

/** What the proxy said, where it said anything; its own words may hold who signed in to it. */
function describeProxy({ message }: ClientError, proxy: string): string {
  const [, status] = /HTTP\/1\.[01] (\d{3})\b/.exec(message) ?? [];
  const said = status === undefined ? '' : `, which answered ${status}${status === '407' ? ' (it wants a login)' : ''}`;
  return `It is asked through the proxy ${proxy}${said} (HTTP_PROXY, HTTPS_PROXY; NO_PROXY holds what is reached past it).`;
}

function isLoginError(error: unknown): error is Error {
  return error instanceof Error && LOGIN_ERRORS.test(error.name);
}

function reduced(error: Error): Error {
  const { code, statusCode, details } = error as { code?: string; statusCode?: number; details?: unknown };
  const requestId = (details as { requestId?: string } | undefined)?.requestId;
  return new Error([error.name, statusCode, code, requestId].filter((part) => part !== undefined).join(' '));
}
