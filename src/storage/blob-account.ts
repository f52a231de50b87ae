import { createDefaultHttpClient, type HttpClient, RestError } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import {
  BlobSASPermissions,
  BlobServiceClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  newPipeline,
  SASProtocol,
  StorageSharedKeyCredential,
  type UserDelegationKey,
} from '@azure/storage-blob';
import { AppError } from '../../schema/errors.ts';
import type { Proxies } from '../machine/proxies.ts';
import { createStoreConnections, requestsUse, type StoreConnections } from '../machine/store-connections.ts';

/** How the control plane signs in to the blob store: as itself (workload identity, az login ...), or with a key. */
export type BlobLogin = { readonly account: string } | { readonly connectionString: string };

/** A signed-in account of the blob store. */
export interface BlobAccount {
  readonly service: BlobServiceClient;
  /**
   * A query string that lets its bearer do this in this container until then, and nothing else.
   * With a key it is signed here; signed in as itself, with a user delegation key, which reaches no further than the
   * login's own roles and 7 days. `policy`: the stored access policy that it ends with. `blob`: the one that it is for.
   */
  sign(container: string, permissions: string, expiresAt: Date, policy: string | null, blob?: string): Promise<string>;
  /** Whether signatures of this login can name a stored access policy of the container; the store must keep it, too. */
  readonly hasPolicies: boolean;
}

const OPTIONS = {
  // The engine retries steps by itself: here only what passes within seconds is worth waiting for.
  retryOptions: { maxTries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 2_000 },
  userAgentOptions: { userAgentPrefix: 'toygres' },
};

const transport = createDefaultHttpClient();
/** For credentials, of which some take no policy. Who was silent is not asked again here: a managed identity is, six times. */
function createClient(connections: StoreConnections): HttpClient {
  return {
    async sendRequest(request) {
      request.agent = connections.agentFor(request.url);
      try {
        return await transport.sendRequest(request);
      } catch (error) {
        if (!(error instanceof RestError) || error.code !== 'ETIMEDOUT') throw error;
        throw Object.assign(new RestError(error.message, { code: RestError.REQUEST_SEND_ERROR, request }), {
          cause: error,
        });
      }
    },
  };
}

type Credential = TokenCredential | StorageSharedKeyCredential;

function openService(url: string, credential: Credential, connections: StoreConnections): BlobServiceClient {
  const pipeline = newPipeline(credential, OPTIONS);
  pipeline.factories.push(requestsUse(connections));
  return new BlobServiceClient(url, pipeline);
}

const MINUTE = 60_000;

/** How long `az account get-access-token` and its like may take. */
const PROGRAM_MS = 30_000;

/** Opens no connection yet. Throws INVALID_INPUT for a connection string that cannot be read or holds no account key. */
export async function openBlobAccount(login: BlobLogin, proxies: Proxies): Promise<BlobAccount> {
  const connections = createStoreConnections(proxies);
  return 'account' in login
    ? openAsItself(login.account, connections)
    : openWithKey(login.connectionString, connections);
}

async function openAsItself(account: string, connections: StoreConnections): Promise<BlobAccount> {
  // Takes most of a second to load, and only this way of signing in needs it.
  const { DefaultAzureCredential } = await import('@azure/identity');
  const url = `https://${account}.blob.core.windows.net`;
  const credential = new DefaultAzureCredential({
    httpClient: createClient(connections),
    processTimeoutInMs: PROGRAM_MS,
  });
  const service = openService(url, credential, connections);
  let key: UserDelegationKey | null = null;

  return {
    service,
    // What a user delegation key signed ends with that key, and names no policy.
    hasPolicies: false,
    async sign(containerName, permissions, expiresOn, _policy, blob) {
      if (key === null || key.signedExpiresOn < expiresOn) {
        key = await service.getUserDelegationKey(new Date(Date.now() - 10 * MINUTE), expiresOn);
      }
      const grant = { containerName, ...reachOf(permissions, blob), expiresOn, protocol: SASProtocol.Https };
      return generateBlobSASQueryParameters(grant, key, account).toString();
    },
  };
}

function openWithKey(connectionString: string, connections: StoreConnections): BlobAccount {
  const { url, credential } = readConnectionString(connectionString);
  if (!(credential instanceof StorageSharedKeyCredential)) {
    throw new AppError(
      'INVALID_INPUT',
      'AZURE_STORAGE_CONNECTION_STRING must hold AccountName and AccountKey: jobs get a signature made with that key.',
    );
  }
  const protocol = url.startsWith('https:') ? SASProtocol.Https : SASProtocol.HttpsAndHttp;
  return {
    service: openService(url, credential, connections),
    hasPolicies: true,
    async sign(containerName, permissions, expiresOn, policy, blob) {
      const named = policy === null ? {} : { identifier: policy };
      const grant = { containerName, ...reachOf(permissions, blob), expiresOn, protocol, ...named };
      return generateBlobSASQueryParameters(grant, credential).toString();
    },
  };
}

function reachOf(permissions: string, blobName: string | undefined) {
  return blobName === undefined
    ? { permissions: ContainerSASPermissions.parse(permissions) }
    : { permissions: BlobSASPermissions.parse(permissions), blobName };
}

function readConnectionString(connectionString: string): BlobServiceClient {
  try {
    return BlobServiceClient.fromConnectionString(connectionString);
  } catch {
    // What the client says of it may quote it.
    throw new AppError(
      'INVALID_INPUT',
      'AZURE_STORAGE_CONNECTION_STRING cannot be read: copy it again from the access keys of the storage account.',
    );
  }
}
