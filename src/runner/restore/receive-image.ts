import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Attempt } from '../attempt/attempt.ts';
import { finalFailure } from '../attempt/failure.ts';
import type { WantedFile } from '../mover/file-mover.ts';
import { readImageList } from '../packs/image-list.ts';
import { isPackName } from '../packs/pack-sizes.ts';
import { unpackTar } from '../packs/unpack-tar.ts';
import { type ImageFile, receiveEach } from './receive-each.ts';
import { requireRoom } from './require-room.ts';

/** Files that come at a time. */
const LANES = 3;
/** More files than an image with packs ever has: one of before there were packs. */
const MANY_FILES = 1_000;

/**
 * Brings the whole image here: the phases `download` and `check`. Every file is what the list of checksums says, which is what
 * the manifest says; files of packs lie where they lay before. Throws a final failure that names what is not so.
 */
export async function receiveImage(attempt: Attempt): Promise<readonly ImageFile[]> {
  const { report, files } = attempt;
  const listed = await readImageList(attempt);
  await requireRoom(attempt.scratch, sum(listed), 'the files of the image on the disk of the job');
  if (listed.length > MANY_FILES) return receiveEach(attempt, listed);
  report.phase('download', sum(listed));
  const quiet = files.onProgress(({ stage, bytes }) => {
    if (stage === 'receive') report.progress(bytes);
  });
  try {
    const here = await receiveSideBySide(attempt, listed);
    report.endPhase();
    // Each was held against the list while it came.
    report.phase('check', 1);
    report.endPhase();
    return here;
  } finally {
    quiet();
  }
}

async function receiveSideBySide(attempt: Attempt, listed: readonly WantedFile[]): Promise<readonly ImageFile[]> {
  const directory = path.join(attempt.scratch, 'image');
  await mkdir(directory, { mode: 0o700 });
  const here: ImageFile[] = [];
  const waiting = listed.toSorted((a, b) => b.sizeBytes - a.sizeBytes).values();
  const names = new Set<string>();
  const lane = async () => {
    for (const file of waiting) {
      for (const name of await receiveOne(attempt, file, directory)) {
        if (names.has(name)) throw finalFailure(`the image is damaged: it holds ${name} twice`);
        names.add(name);
        here.push({ name, path: path.join(directory, name) });
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return here;
}

/** Gives the names of the files that it brought: many of a pack. */
async function receiveOne({ files }: Attempt, file: WantedFile, directory: string): Promise<readonly string[]> {
  if (isPackName(file.name)) return unpackTar(files.read(file), directory);
  const target = path.join(directory, file.name);
  await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
  await pipeline(Readable.from(files.read(file)), createWriteStream(target, { flags: 'wx', mode: 0o600 }));
  return [file.name];
}

function sum(files: readonly WantedFile[]): number {
  return files.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
}
