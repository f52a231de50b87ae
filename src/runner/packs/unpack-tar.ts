import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { finalFailure } from '../attempt/failure.ts';
import type { Intake } from '../attempt/size-budget.ts';
import { isFileName } from '../mover/protocol.ts';
import { readTar } from '../physical/archive/read-tar.ts';
import { createWriteBehind } from '../physical/archive/write-behind.ts';
import { unpackZstd, ZSTD_SUFFIX } from '../physical/archive/zstd.ts';

/** A file that a pack held. */
export interface UnpackedFile {
  readonly name: string;
  readonly sizeBytes: number;
}

/**
 * Writes the files of the pack of this name below a directory, as `unpackTar` does. What cannot be unpacked is read to its end
 * all the same: a content that is not what was written says so there, and better. `took` is told of each. `intake`: counts what it
 * unpacks to.
 */
export async function unpackPack(
  name: string,
  content: AsyncIterable<Uint8Array>,
  directory: string,
  took: (file: UnpackedFile) => void,
  intake: Intake | null = null,
): Promise<void> {
  const source = content[Symbol.asyncIterator]();
  // Whoever unpacks may leave early; the content is not left with him.
  const lent = { [Symbol.asyncIterator]: () => ({ next: () => source.next() }) };
  try {
    const unpacked = name.endsWith(ZSTD_SUFFIX) ? unpackZstd(lent) : lent;
    await unpackTar(intake === null ? unpacked : intake.pass(name, unpacked), directory, took);
  } catch (error) {
    while ((await source.next()).done !== true);
    throw error;
  } finally {
    await source.return?.();
  }
}

/**
 * Writes the files of an archive below a directory, each as a new one, and tells of them: there may be millions. Throws a final failure for a member
 * that is none of an image's: an image may come from anybody.
 */
export async function unpackTar(
  archive: AsyncIterable<Uint8Array>,
  directory: string,
  took: (file: UnpackedFile) => void,
): Promise<void> {
  const writer = createWriteBehind();
  const reading = readTar(archive, ({ name, type, sizeBytes }) => {
    if (type !== 'file' || !isFileName(name)) {
      throw finalFailure(
        `the image is damaged: a pack holds ${JSON.stringify(name.slice(0, 200))}, which is no file of an image`,
      );
    }
    const target = path.join(directory, name);
    mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
    took({ name, sizeBytes });
    return writer.create(target, 'wx', 0o600);
  });
  await writer.follow(reading);
}
