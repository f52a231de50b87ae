import * as z from 'zod';
import type { Attempt } from '../../attempt/attempt.ts';
import { finalFailure } from '../../attempt/failure.ts';
import type { WantedFile } from '../../mover/file-mover.ts';
import { readImageList, readWhole } from '../../packs/image-list.ts';
import { LARGEST_SERVER_FILE, SERVER_FILE } from '../archive/archive-names.ts';
import { UsedCollation } from '../copy/collations.ts';
import { UnappliedSetting } from '../copy/unapplied-settings.ts';

/** What a restore of an image goes by. */
export interface ImageContents {
  readonly files: readonly WantedFile[];
  /** By the name of the database. */
  readonly collations: Readonly<Record<string, readonly UsedCollation[]>>;
  readonly unapplied: readonly UnappliedSetting[];
}

const ServerFile = z.object({
  physical: z.object({
    collations: z.record(z.string(), z.array(UsedCollation)),
    /** Images of before it was asked for have none. */
    unapplied: z.array(UnappliedSetting).default([]),
  }),
});

/** Reads the list of files that the manifest vouches for, and what the image says of its server. Throws a final JobFailure. */
export async function readImage(attempt: Attempt): Promise<ImageContents> {
  const files = await readImageList(attempt);
  const about = files.find(({ name }) => name === SERVER_FILE);
  if (about === undefined) throw finalFailure(`the image is damaged: ${SERVER_FILE} is missing`);
  const parsed = ServerFile.safeParse(parseJson(await readWhole(attempt, about, LARGEST_SERVER_FILE)));
  if (!parsed.success) throw finalFailure(`the image is damaged: ${SERVER_FILE} cannot be read`);
  return { files, ...parsed.data.physical };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}
