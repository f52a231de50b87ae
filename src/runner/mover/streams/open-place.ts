import type { WorkloadIdentityCredential } from '@azure/identity';
import { BlockBlobClient } from '@azure/storage-blob';
import { JobFailure } from '../../attempt/failure.ts';
import type { ImagePlace } from '../image-place.ts';
import { isFileName } from '../protocol.ts';

/** Opens files of one image by their names. */
export type OpenBlob = (name: string) => BlockBlobClient;

/**
 * `signature`: a query string without `?`, a secret; null: the pod's own identity signs in. Opening throws a JobFailure for
 * a name that no file of an image has.
 */
export async function openPlace(place: ImagePlace, signature: string | null): Promise<OpenBlob> {
  const credential = signature === null ? await podIdentity() : null;
  return (name) => {
    if (!isFileName(name)) throw new JobFailure('a file of an image has a name that none may have', { final: true });
    const url = `${place.account}/${place.container}/${place.prefix}${name}`;
    return credential === null ? new BlockBlobClient(`${url}?${signature}`) : new BlockBlobClient(url, credential);
  };
}

/** Only where it is needed: the package takes a second and its memory. */
async function podIdentity(): Promise<WorkloadIdentityCredential> {
  const identity = await import('@azure/identity');
  return new identity.WorkloadIdentityCredential();
}
