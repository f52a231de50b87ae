import { AppError } from '../../../schema/errors.ts';
import { ENCRYPTED_SUFFIX } from '../../secrets/age/suffix.ts';
import { JobFailure } from '../attempt/failure.ts';

/** How files of an image stand in the store: as they are, or encrypted while they pass. The worker sees neither key nor cipher. */
export interface Sealing {
  /** The name in the store of a file that the worker calls so. */
  storedName(name: string): string;
  /** The worker's name of what is stored so. Throws a final JobFailure for a file that is not as all of the image are. */
  plainName(storedName: string): string;
  seal(plain: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** Throws a final JobFailure that names the file when it was altered, cut or encrypted for another image. */
  open(stored: AsyncIterable<Uint8Array>, name: string): AsyncIterable<Uint8Array>;
  readonly isEncrypted: boolean;
}

const PLAIN: Sealing = {
  storedName: (name) => name,
  plainName: (name) => name,
  seal: (content) => content,
  open: (content) => content,
  isEncrypted: false,
};

/** `fileKey`: an identity of the age format, a secret; null: files are stored as they are. */
export function createSealing(fileKey: string | null): Sealing {
  if (fileKey === null) return PLAIN;
  return {
    storedName: (name) => `${name}${ENCRYPTED_SUFFIX}`,
    plainName: (storedName) => {
      if (storedName.endsWith(ENCRYPTED_SUFFIX)) return storedName.slice(0, -ENCRYPTED_SUFFIX.length);
      throw new JobFailure(`the image is damaged: ${storedName} is not encrypted, as all of its files must be`, {
        final: true,
      });
    },
    seal: async function* (plain) {
      const { encryptFile } = await format();
      yield* encryptFile(plain, fileKey);
    },
    open: async function* (stored, name) {
      const { decryptFile } = await format();
      yield* opened(decryptFile(stored, fileKey), name);
    },
    isEncrypted: true,
  };
}

/** Only where it is needed: most images are not encrypted. */
const format = () => import('../../secrets/age/age-file.ts');

async function* opened(content: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new JobFailure(`the image is damaged: ${name} is not what was written (${error.message})`, {
      final: true,
      cause: error,
    });
  }
}
