import { createWriteStream, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SMALL_BYTES } from '../packs/pack-sizes.ts';
import type { PackedFile } from '../packs/pack-tar.ts';
import { packZstdOnce, ZSTD_SUFFIX } from '../physical/archive/zstd.ts';
import { followFile } from './follow-file.ts';
import type { Inbox } from './inbox.ts';

/** A file that lies nowhere. */
export interface PutFile {
  readonly name: string;
  readonly content: Buffer;
}

/** A finished file, which is removed when it is in a pack. */
export interface LyingFile {
  readonly name: string;
  readonly localPath: string;
  readonly sizeBytes: number;
}

const PLAIN_ROWS = /^databases\/\d+\/(?:\d+|blob_\d+)\.dat$/;

/** Whether a file holds rows or a large object as they are, which are compressed on their way. */
export function isPlainRows(name: string): boolean {
  return PLAIN_ROWS.test(name);
}

/** The file as it is, for a pack that is compressed as a whole: from memory what is small, the rest piece by piece. */
export async function* packAsItIs(file: PutFile | LyingFile, signal: AbortSignal): AsyncGenerator<PackedFile> {
  if ('content' in file) return yield file;
  const { name, localPath, sizeBytes } = file;
  if (sizeBytes < SMALL_BYTES) yield { name, content: readFileSync(localPath) };
  else yield { name, sizeBytes, pieces: wholeFile(localPath, signal) };
  rmSync(localPath);
}

/**
 * The file for a pack that is a plain archive: compressed on its own, where it is not yet, so that it takes no more room when it
 * is unpacked than in the store. Below `directory` first: an archive says the size of a file before it.
 */
export async function* packAlone(
  { name, localPath, sizeBytes }: LyingFile,
  directory: string,
  signal: AbortSignal,
): AsyncGenerator<PackedFile> {
  const plain = wholeFile(localPath, signal);
  if (!isPlainRows(name)) {
    yield { name, sizeBytes, pieces: plain };
    rmSync(localPath);
    return;
  }
  const place = path.join(directory, name.replaceAll('/', '-'));
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  await pipeline(Readable.from(packZstdOnce(plain)), createWriteStream(place, { flags: 'wx', mode: 0o600 }));
  rmSync(localPath);
  yield { name: name + ZSTD_SUFFIX, sizeBytes: statSync(place).size, pieces: wholeFile(place, signal) };
  rmSync(place);
}

/**
 * The members of one pack: the first file, and those that are taken out of the inbox until it has `limit` bytes, or none comes
 * any more. `onPacked` is told of each when it is in the pack, and of the bytes that it has there.
 */
export async function* packTogether<T>(
  inbox: Inbox<T>,
  first: T,
  limit: number,
  pack: (file: T) => AsyncGenerator<PackedFile>,
  onPacked: (file: T, sizeBytes: number) => void,
): AsyncGenerator<PackedFile> {
  let inPack = 0;
  for (let file: T | null = first; file !== null; file = inPack < limit ? await inbox.next() : null) {
    for await (const member of pack(file)) {
      yield member;
      const sizeBytes = 'content' in member ? member.content.length : member.sizeBytes;
      inPack += sizeBytes;
      onPacked(file, sizeBytes);
    }
  }
}

function wholeFile(localPath: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  return followFile({ path: localPath, isWhole: () => true }, signal);
}
