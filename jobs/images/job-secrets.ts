import type { BlobGrant } from '../ports/image-store.ts';
import { FILE_KEY } from '../ports/mover-secrets.ts';

/** The secrets of a job that writes or reads an image. `fileKey`: of an image whose files are encrypted. */
export function jobSecrets(
  password: string,
  { sas }: BlobGrant,
  fileKey: string | null,
): Readonly<Record<string, string>> {
  return { password, ...(sas === null ? {} : { sas }), ...(fileKey === null ? {} : { [FILE_KEY]: fileKey }) };
}
