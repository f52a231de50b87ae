import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import type { WorkloadIdentityCredential } from '@azure/identity';
import { AnonymousCredential, BlockBlobClient, newPipeline } from '@azure/storage-blob';
import { requestsUse, type StoreConnections } from '../../../machine/store-connections.ts';
import { JobFailure } from '../../attempt/failure.ts';
import type { ImagePlace } from '../image-place.ts';
import { isFileName } from '../protocol.ts';
import { type Signature, signatureOf } from '../signature.ts';

/** Opens files of one image by their names. */
export type OpenBlob = (name: string) => BlockBlobClient;

/**
 * `signature` null: the pod's own identity signs in. Opening throws a JobFailure for a name that no file of an image has, and
 * for a file that the signature is not for.
 */
export async function openPlace(
  place: ImagePlace,
  signature: Signature | null,
  connections: StoreConnections,
): Promise<OpenBlob> {
  const credential = signature === null ? await podIdentity(connections) : new AnonymousCredential();
  const pipeline = newPipeline(credential);
  pipeline.factories.push(requestsUse(connections));
  return (name) => {
    if (!isFileName(name)) throw new JobFailure('a file of an image has a name that none may have', { final: true });
    const url = `${place.account}/${place.container}/${place.prefix}${name}`;
    return new BlockBlobClient(signature === null ? url : `${url}?${signatureOf(signature, name)}`, pipeline);
  };
}

/** Only where it is needed: the package takes a second and its memory. */
async function podIdentity(connections: StoreConnections): Promise<WorkloadIdentityCredential> {
  const identity = await import('@azure/identity');
  const transport = createDefaultHttpClient();
  const httpClient: HttpClient = {
    sendRequest(request) {
      request.agent = connections.agentFor(request.url);
      return transport.sendRequest(request);
    },
  };
  return new identity.WorkloadIdentityCredential({ httpClient });
}
