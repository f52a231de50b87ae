import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SIGNED_EACH_AT_MOST } from '../../../jobs/ports/mover-secrets.ts';
import { isPackName, roomFor } from '../../../jobs/ports/pack-sizes.ts';
import type { Attempt } from '../attempt/attempt.ts';
import { finalFailure } from '../attempt/failure.ts';
import { requireScratch } from '../attempt/scratch-room.ts';
import type { Intake } from '../attempt/size-budget.ts';
import type { Arriving } from '../load/data/dump-files.ts';
import type { WantedFile } from '../mover/file-mover.ts';
import { readImageList } from '../packs/image-list.ts';
import { type UnpackedFile, unpackPack } from '../packs/unpack-tar.ts';
import { type ImageFile, receiveEach } from './receive-each.ts';

/** Files that come at a time. */
const LANES = 3;
/** What a server is loaded from when it is there already. */
const ROWS = /^databases\/\d+\/(?:\d+|blob_\d+)\.dat/;

/** An image that is brought here. */
export interface ArrivingImage {
  /** Every file but those of rows, of which there may be millions: they are found where they lie. */
  readonly files: readonly ImageFile[];
  /** How large all files below each directory are together, also those that are still on their way. */
  readonly bytesBelow: ReadonlyMap<string, number>;
  /** Files that may still be on their way, by their paths: their sizes, and when they are here, whole. */
  readonly arriving: Arriving;
  /** Resolves when all is here; rejects with the first failure. */
  readonly complete: Promise<void>;
}

/**
 * Brings an image here: the phases `download` and `check`. It resolves when all small files are here, and large ones are on
 * their way. Every file is what the list of checksums says, which is what the manifest says, before anybody reads it; files of
 * packs lie where they lay before. `intake`: counts what packs unpack to. Throws a final failure that names what is not so.
 */
export async function receiveImage(attempt: Attempt, intake: Intake | null = null): Promise<ArrivingImage> {
  const { report, files } = attempt;
  const listed = await readImageList(attempt);
  await requireScratch(attempt, neededRoom(attempt, listed), 'the files of the image on the disk of the job');
  if (listed.length > SIGNED_EACH_AT_MOST && !listed.some(({ name }) => isPackName(name))) {
    const each = createTally();
    for (const file of await receiveEach(attempt, listed)) each.add(file);
    return { ...each, arriving: new Map(), complete: Promise.resolve() };
  }
  const directory = path.join(attempt.scratch, 'image');
  await mkdir(directory, { mode: 0o700 });
  const first = listed.filter(({ name }) => !ROWS.test(name));
  const rows = listed.filter(({ name }) => ROWS.test(name)).toSorted((a, b) => b.sizeBytes - a.sizeBytes);
  const coming = new Map(rows.map((file) => [path.join(directory, file.name), promised(file)]));

  report.phase('download', Math.max(1, sum(first)));
  const quiet = files.onProgress(({ stage, bytes }) => {
    if (stage === 'receive') report.progress(bytes);
  });
  try {
    const here = createTally();
    for (const { name, sizeBytes } of rows) here.add({ name, sizeBytes, path: path.join(directory, name) });
    await receiveFirst(attempt, first, directory, intake, (file) => {
      if (coming.has(file.path)) throw twice();
      here.add(file);
    });
    const complete = receiveRows(attempt, coming);
    complete.catch(() => undefined);
    report.endPhase();
    // Each is held against the list while it comes.
    report.phase('check', 1);
    report.endPhase();
    return { ...here, arriving: coming, complete };
  } finally {
    quiet();
  }
}

const twice = () => finalFailure('the image is damaged: it holds a file twice');

/** Takes note of what an image holds: of rows how large they are, of the rest where it lies. */
function createTally() {
  const names = new Set<string>();
  const files: ImageFile[] = [];
  const bytesBelow = new Map<string, number>();
  return {
    files,
    bytesBelow,
    /** Throws a final failure for a name that was there before; of rows the directory tells. */
    add(file: ImageFile): void {
      const directory = path.posix.dirname(file.name);
      bytesBelow.set(directory, (bytesBelow.get(directory) ?? 0) + file.sizeBytes);
      if (ROWS.test(file.name)) return;
      if (names.has(file.name)) throw twice();
      names.add(file.name);
      files.push(file);
    },
  };
}

/** As the image was written, where that was recorded; else what its packs hold at most. */
function neededRoom({ parameters }: Pick<Attempt, 'parameters'>, listed: readonly WantedFile[]): number {
  const recorded = parameters.TOYGRES_UNPACKED_BYTES ?? '';
  if (recorded === '') return listed.reduce((total, file) => total + roomFor(file), 0);
  if (/^[0-9]{1,16}$/.test(recorded)) return Number(recorded);
  throw finalFailure('parameter TOYGRES_UNPACKED_BYTES is not understood');
}

interface Promised {
  readonly file: WantedFile;
  readonly bytes: number;
  readonly here: Promise<void>;
  readonly settle: PromiseWithResolvers<void>;
}

function promised(file: WantedFile): Promised {
  const settle = Promise.withResolvers<void>();
  // Told to whoever waits for it.
  settle.promise.catch(() => undefined);
  return { file, bytes: file.sizeBytes, here: settle.promise, settle };
}

async function receiveFirst(
  { files }: Attempt,
  first: readonly WantedFile[],
  directory: string,
  intake: Intake | null,
  took: (file: ImageFile) => void,
): Promise<void> {
  const waiting = first.values();
  const told = ({ name, sizeBytes }: UnpackedFile) => took({ name, sizeBytes, path: path.join(directory, name) });
  const lane = async () => {
    for (const file of waiting) {
      if (isPackName(file.name)) {
        await unpackPack(file.name, files.read(file), directory, told, intake);
        continue;
      }
      told(file);
      await receiveFile(files.read(file), path.join(directory, file.name));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** The largest first: they take the longest to load, too. */
async function receiveRows({ files }: Attempt, coming: ReadonlyMap<string, Promised>): Promise<void> {
  const waiting = coming.entries();
  const lane = async () => {
    for (const [target, { file, settle }] of waiting) {
      await receiveFile(files.read(file), target);
      settle.resolve();
    }
  };
  const lanes = Array.from({ length: LANES }, lane);
  try {
    await Promise.all(lanes);
  } catch (error) {
    for (const { settle } of coming.values()) settle.reject(error);
    throw error;
  }
}

async function receiveFile(content: AsyncIterable<Uint8Array>, target: string): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
  await pipeline(Readable.from(content), createWriteStream(target, { flags: 'wx', mode: 0o600 }));
}

function sum(files: readonly WantedFile[]): number {
  return files.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
}
