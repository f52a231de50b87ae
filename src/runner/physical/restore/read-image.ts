import { z } from 'zod';
import { type Attempt, requireParameter } from '../../attempt/attempt.ts';
import { finalFailure } from '../../attempt/failure.ts';
import type { WantedFile } from '../../mover/file-mover.ts';
import { withoutSealing } from '../../mover/stored-names.ts';
import { CHECKSUMS_FILE, SERVER_FILE } from '../archive/archive-names.ts';
import { UsedCollation } from '../copy/collations.ts';

const LARGEST_LIST = 64 << 20;

/** What a restore of an image goes by. */
export interface ImageContents {
  readonly files: readonly WantedFile[];
  /** By the name of the database. */
  readonly collations: Readonly<Record<string, readonly UsedCollation[]>>;
}

const ServerFile = z.object({
  physical: z.object({ collations: z.record(z.string(), z.array(UsedCollation)) }),
});

/** Reads the list of files that the manifest vouches for, and what the image says of its server. Throws a final JobFailure. */
export async function readImage(attempt: Attempt): Promise<ImageContents> {
  const sha256 = requireParameter(attempt, 'TOYGRES_CHECKSUMS_SHA256', /[0-9a-f]{64}/);
  const sizeBytes = Number(requireParameter(attempt, 'TOYGRES_CHECKSUMS_BYTES', /[1-9][0-9]{0,9}/));
  const list = await readWhole(attempt, { name: CHECKSUMS_FILE, sizeBytes, sha256 });
  const files = parseList(list);
  const about = files.find(({ name }) => name === SERVER_FILE);
  if (about === undefined) throw finalFailure(`the image is damaged: ${SERVER_FILE} is missing`);
  const parsed = ServerFile.safeParse(parseJson(await readWhole(attempt, about)));
  if (!parsed.success) throw finalFailure(`the image is damaged: ${SERVER_FILE} cannot be read`);
  return { files, collations: parsed.data.physical.collations };
}

const LINE = /^(\d{1,16})\t[0-9a-f]{32}\t([0-9a-f]{64})\t([A-Za-z0-9._/-]{1,512})$/;

/** One line a file: size, MD5, SHA-256, path. */
function parseList(list: Buffer): readonly WantedFile[] {
  const text = list.toString('latin1');
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      const [, size, sha256, name] = LINE.exec(line) ?? [];
      if (size === undefined || sha256 === undefined || name === undefined) {
        throw finalFailure('the image is damaged: its list of files cannot be read');
      }
      return { name: withoutSealing(name), sizeBytes: Number(size), sha256 };
    });
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

async function readWhole({ files }: Attempt, file: WantedFile): Promise<Buffer> {
  if (file.sizeBytes > LARGEST_LIST) throw finalFailure(`the image is damaged: ${file.name} is larger than it can be`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of files.read(file)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
