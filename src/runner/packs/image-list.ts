import type { Attempt } from '../attempt/attempt.ts';
import { requireParameter } from '../attempt/attempt.ts';
import { finalFailure } from '../attempt/failure.ts';
import { imageDirectory } from '../attempt/image-directory.ts';
import type { WantedFile } from '../mover/file-mover.ts';
import { isFileName } from '../mover/protocol.ts';
import { withoutSealing } from '../mover/stored-names.ts';

/** The list of all other files of an image, written last. */
export const LIST = 'checksums.tsv';
const LINE = /^(\d{1,16})\t[0-9a-f]{32}\t([0-9a-f]{64})\t([A-Za-z0-9._/-]{1,512})$/;
/** Lists of images of before there were packs name each file. */
const LARGEST_LIST = 256 << 20;

/** The list of files that the manifest vouches for, each once. Throws a final failure where it is not what was written. */
export async function readImageList(attempt: Attempt): Promise<readonly WantedFile[]> {
  const sha256 = requireParameter(attempt, 'TOYGRES_CHECKSUMS_SHA256', /[0-9a-f]{64}/);
  const sizeBytes = Number(requireParameter(attempt, 'TOYGRES_CHECKSUMS_BYTES', /[1-9][0-9]{0,9}/));
  const list = await readWhole(attempt, { name: LIST, sizeBytes, sha256 }, LARGEST_LIST);
  return parseImageList(list, imageDirectory(attempt.parameters, attempt.number));
}

/** One line a file: size, MD5, SHA-256, path in the store. */
function parseImageList(list: Buffer, directory: string): readonly WantedFile[] {
  const names = new Set<string>();
  return list
    .toString('latin1')
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      const [, size, sha256, storedName] = LINE.exec(line) ?? [];
      const name = withoutSealing(storedName?.slice(directory.length) ?? '');
      const isHere = storedName?.startsWith(directory) === true;
      if (!isHere || size === undefined || sha256 === undefined || !isFileName(name) || names.has(name)) {
        throw finalFailure('the image is damaged: its list of files cannot be read');
      }
      names.add(name);
      return { name, sizeBytes: Number(size), sha256 };
    });
}

/** A small file in memory. Throws a final failure for one that is larger than it can be, or not what it must be. */
export async function readWhole(
  { files }: Pick<Attempt, 'files'>,
  file: WantedFile,
  largestBytes: number,
): Promise<Buffer> {
  if (file.sizeBytes > largestBytes) throw finalFailure(`the image is damaged: ${file.name} is larger than it can be`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of files.read(file)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
