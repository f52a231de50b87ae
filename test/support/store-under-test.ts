import { createHash } from 'node:crypto';
import type { ImageStore } from '../../jobs/ports/image-store.ts';

/** What the suite needs beside the store: a way to put files there that the store did not write. */
export interface StoreUnderTest {
  readonly store: ImageStore;
  /** Writes a blob with the right MD5, or with the one that is given. */
  put(name: string, content: Uint8Array, md5?: Uint8Array): Promise<void>;
  /** Whether there is such a blob. */
  has(name: string): Promise<boolean>;
  stop(): Promise<void>;
}

/** As the store keeps it. */
export const md5 = (content: Uint8Array) => createHash('md5').update(content).digest();
