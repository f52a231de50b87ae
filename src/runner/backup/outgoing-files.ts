import { statSync } from 'node:fs';
import { JobFailure } from '../attempt/failure.ts';
import type { FileMover, StoredFile } from '../mover/file-mover.ts';

/** The files of an image on their way: given one by one as they are finished, hashed once while they leave. */
export interface OutgoingFiles {
  /** Gives a finished file away; it goes in its turn. What fails is thrown by `hashed`, and told to `onFailure` at once. */
  give(localPath: string, name: string): void;
  /** Resolves with what is stored of them when all that was given is hashed. */
  hashed(onProgress: (bytes: number) => void): Promise<readonly StoredFile[]>;
  /** Bytes of all files that were given. */
  readonly bytes: number;
  readonly hashedBytes: number;
}

/** So many are offered to the mover at a time. */
const WIDTH = 4;
const NAME = /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/;

export function createOutgoingFiles(mover: FileMover, onFailure: (error: unknown) => void): OutgoingFiles {
  const waiting: { readonly localPath: string; readonly name: string; readonly sizeBytes: number }[] = [];
  const moved: StoredFile[] = [];
  const idle = new Set<() => void>();
  let [bytes, hashedBytes, working] = [0, 0, 0];
  let failure: { readonly error: unknown } | null = null;
  let tell: (bytes: number) => void = () => undefined;

  async function work(): Promise<void> {
    working += 1;
    try {
      for (let file = waiting.shift(); file !== undefined && failure === null; file = waiting.shift()) {
        const stored = await mover.upload(file.localPath, file.name);
        moved.push(stored);
        hashedBytes += file.sizeBytes;
        tell(hashedBytes);
      }
    } catch (error) {
      if (failure === null) onFailure(error);
      failure ??= { error };
    } finally {
      working -= 1;
      if (working === 0) for (const wake of idle) wake();
    }
  }

  return {
    give: (localPath, name) => {
      if (!NAME.test(name)) {
        throw new JobFailure(`the image holds a file that is none of its own: ${name}`, { final: true });
      }
      const facts = statSync(localPath);
      if (!facts.isFile()) throw new JobFailure(`the image holds something that is no file: ${name}`, { final: true });
      bytes += facts.size;
      waiting.push({ localPath, name, sizeBytes: facts.size });
      if (working < WIDTH) void work();
    },
    hashed: async (onProgress) => {
      tell = onProgress;
      while (working > 0) {
        await new Promise<void>((resolve) => {
          const wake = () => {
            idle.delete(wake);
            resolve();
          };
          idle.add(wake);
        });
      }
      if (failure !== null) throw failure.error;
      return moved;
    },
    get bytes() {
      return bytes;
    },
    get hashedBytes() {
      return hashedBytes;
    },
  };
}
