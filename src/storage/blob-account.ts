import type { TokenCredential } from '@azure/identity';
import {
  AnonymousCredential,
  BlobSASPermissions,
  BlobServiceClient,
  ContainerClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  newPipeline,
  SASProtocol,
  StorageSharedKeyCredential,
  type UserDelegationKey,
} from '@azure/storage-blob';
import { AppError } from '../../schema/errors.ts';
import { AZURE_PROGRAM_MS, createAzureClient } from '../machine/azure-client.ts';
import type { Proxies } from '../machine/proxies.ts';
import { createStoreConnections, requestsUse, type StoreConnections } from '../machine/store-connections.ts';

/** How the control plane signs in to the blob store: as itself (workload identity, az login ...), or with a key. */
export type BlobLogin = { readonly account: string } | { readonly connectionString: string };

/** What a signature is for: one blob, or all below a directory of an account that has them. Left out: the container. */
export type Place = { readonly blob: string } | { readonly directory: string };

/** A signed-in account of the blob store. */
export interface BlobAccount {
  readonly service: BlobServiceClient;
  /**
   * A query string that lets its bearer do this in this container until then, and nothing else.
   * With a key it is signed here; signed in as itself, with a user delegation key, which reaches no further than the
   * login's own roles and 7 days. `policy`: the stored access policy that it ends with. `place`: what it is for.
   */
  sign(container: string, permissions: string, expiresAt: Date, policy: string | null, place?: Place): Promise<string>;
  /** The same of what a stored access policy says itself. */
  signByPolicy(container: string, policy: string): string;
  /** The container as the bearer of a signature reaches it. */
  openSigned(container: string, sas: string): ContainerClient;
  /** Whether it has directories, which a signature can be for. Where that cannot be told: no. */
  hasDirectories(): Promise<boolean>;
  /** Whether signatures of this login can name a stored access policy of the container; the store must keep it, too. */
  readonly hasPolicies: boolean;
}

const OPTIONS = {
  // The engine retries steps by itself: here only what passes within seconds is worth waiting for.
  retryOptions: { maxTries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 2_000 },
  userAgentOptions: { userAgentPrefix: 'toygres' },
};

type Credential = TokenCredential | StorageSharedKeyCredential;

function openService(url: string, credential: Credential, connections: StoreConnections): BlobServiceClient {
  const pipeline = newPipeline(credential, OPTIONS);
  pipeline.factories.push(requestsUse(connections));
  return new BlobServiceClient(url, pipeline);
}

const MINUTE = 60_000;

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
    httpClient: createAzureClient(connections),
    processTimeoutInMs: AZURE_PROGRAM_MS,
  });
  const service = openService(url, credential, connections);
  let key: UserDelegationKey | null = null;

  return {
    service,
    // What a user delegation key signed ends with that key, and names no policy.
    hasPolicies: false,
    hasDirectories: () => hasDirectories(service),
    openSigned: (container, sas) => openSigned(service, container, sas, connections),
    signByPolicy() {
      throw new Error('a user delegation key names no policy');
    },
    async sign(containerName, permissions, expiresOn, _policy, place) {
      if (key === null || key.signedExpiresOn < expiresOn) {
        key = await service.getUserDelegationKey(new Date(Date.now() - 10 * MINUTE), expiresOn);
      }
      const grant = { containerName, ...reachOf(permissions, place), expiresOn, protocol: SASProtocol.Https };
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
  const service = openService(url, credential, connections);
  return {
    service,
    hasPolicies: true,
    hasDirectories: () => hasDirectories(service),
    openSigned: (container, sas) => openSigned(service, container, sas, connections),
    signByPolicy: (containerName, identifier) =>
      generateBlobSASQueryParameters({ containerName, identifier, protocol }, credential).toString(),
    async sign(containerName, permissions, expiresOn, policy, place) {
      const named = policy === null ? {} : { identifier: policy };
      const grant = { containerName, ...reachOf(permissions, place), expiresOn, protocol, ...named };
      return generateBlobSASQueryParameters(grant, credential).toString();
    },
  };
}

function reachOf(permissions: string, place: Place | undefined) {
  if (place === undefined) return { permissions: ContainerSASPermissions.parse(permissions) };
  const blob = { permissions: BlobSASPermissions.parse(permissions) };
  if ('blob' in place) return { ...blob, blobName: place.blob };
  return { ...blob, blobName: place.directory, isDirectory: true };
}

function openSigned(
  { url }: BlobServiceClient,
  container: string,
  sas: string,
  connections: StoreConnections,
): ContainerClient {
  const pipeline = newPipeline(new AnonymousCredential(), OPTIONS);
  pipeline.factories.push(requestsUse(connections));
  return new ContainerClient(`${url.replace(/\/$/, '')}/${container}?${sas}`, pipeline);
}

async function hasDirectories(service: BlobServiceClient): Promise<boolean> {
  // Not every login may ask; then it is signed as for an account without.
  const { isHierarchicalNamespaceEnabled } = await service.getAccountInfo().catch(() => ({
    isHierarchicalNamespaceEnabled: false,
  }));
  return isHierarchicalNamespaceEnabled === true;
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
