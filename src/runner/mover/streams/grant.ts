import type { WorkloadIdentityCredential } from '@azure/identity';
import { BlockBlobClient } from '@azure/storage-blob';
import { AppError } from '../../../../schema/errors.ts';

/** A permission to write or to read below the prefix of one image. */
export interface Grant {
  /** `https://account.../container/<image id>`, no query. */
  readonly url: string;
  /** A query string without `?`, a secret; null: the pod's own identity signs in. */
  readonly sas: string | null;
}

/** Opens files of one image by their names. */
export type OpenBlob = (name: string) => BlockBlobClient;

const FILE_NAME = /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/;

/** Throws STEP_FAILED for a name that is none of an image's files. */
export async function openGrant(grant: Grant): Promise<OpenBlob> {
  const credential = grant.sas === null ? await podIdentity() : null;
  return (name) => {
    if (!FILE_NAME.test(name) || name.split('/').includes('..')) {
      throw new AppError('STEP_FAILED', 'A file of the image has a name that no image has.');
    }
    const url = `${grant.url}/${name}`;
    return credential === null ? new BlockBlobClient(`${url}?${grant.sas}`) : new BlockBlobClient(url, credential);
  };
}

/** Only where it is needed: the package takes a second and its memory. */
async function podIdentity(): Promise<WorkloadIdentityCredential> {
  const identity = await import('@azure/identity');
  return new identity.WorkloadIdentityCredential();
}
