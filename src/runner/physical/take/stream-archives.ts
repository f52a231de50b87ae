import { JobFailure } from '../../attempt/failure.ts';
import { BASE_ARCHIVE, partName } from '../archive/archive-names.ts';
import { type Channel, openChannel } from '../archive/channel.ts';
import { packZstd, unpackZstd } from '../archive/zstd.ts';
import { compareWithManifest, hashMembers, type SeenFiles } from './archive-check.ts';
import { type BackupManifest, parseBackupManifest } from './backup-manifest.ts';
import type { BaseBackup } from './base-backup.ts';
import { checkLogSegments, type LogSegments } from './log-segments.ts';

/** Writes one file of the image while its bytes come. */
export type PutPart = (name: string, content: AsyncIterable<Uint8Array>) => Promise<void>;

export interface StreamOptions {
  readonly put: PutPart;
  /** A part of an archive has no more than this. */
  readonly partBytes: number;
  /** Told of what the server has read. */
  readonly onProgress: (bytesDone: number) => void;
}

export interface StreamedBackup {
  /** The server's own list, byte for byte. */
  readonly manifest: Buffer;
  readonly parsed: BackupManifest;
}

const ON_THEIR_WAY = 4 << 20;
const LARGEST_MANIFEST = 1 << 30;

/**
 * Takes everything that the server sends: packs it where the server did not, puts it away in parts, and reads every file in
 * passing. Resolves when all is put away and what passed is what the server's manifest says; throws a JobFailure otherwise.
 */
export async function streamArchives(backup: BaseBackup, options: StreamOptions): Promise<StreamedBackup> {
  const seen: SeenFiles = new Map();
  const segments: LogSegments = new Map();
  const manifest: Buffer[] = [];
  let manifestBytes = 0;
  let archive: ReturnType<typeof openArchive> | null = null;
  let inManifest = false;
  try {
    for await (const part of backup.parts()) {
      switch (part.kind) {
        case 'archive':
          await archive?.close();
          archive = openArchive(archiveOf(backup, part.tablespacePath), backup, options, seen, segments);
          break;
        case 'manifest':
          await archive?.close();
          archive = null;
          inManifest = true;
          break;
        case 'bytes':
          if (inManifest) {
            manifestBytes += part.bytes.length;
            if (manifestBytes > LARGEST_MANIFEST) throw new JobFailure('the list of files has no end');
            manifest.push(part.bytes);
          } else await archive?.write(part.bytes);
          break;
        case 'progress':
          options.onProgress(part.bytesDone);
          break;
      }
    }
    await archive?.close();
  } catch (error) {
    await archive?.abandon(error);
    throw error;
  }
  backup.endLsn();
  const whole = Buffer.concat(manifest);
  const parsed = parseBackupManifest(whole);
  compareWithManifest(parsed, seen);
  checkLogSegments(parsed.walRanges, segments);
  return { manifest: whole, parsed };
}

/** The name of an archive in the image, and where its files belong. */
function archiveOf({ tablespaces }: BaseBackup, path: string | null): { name: string; directory: string } {
  if (path === null) return { name: BASE_ARCHIVE, directory: '' };
  const tablespace = tablespaces.find((one) => one.path === path);
  if (tablespace === undefined || !/^\d{1,10}$/.test(tablespace.oid)) {
    throw new JobFailure('the server sends a tablespace that it did not name before');
  }
  return { name: `${tablespace.oid}.tar.zst`, directory: `pg_tblspc/${tablespace.oid}/` };
}

function openArchive(
  { name, directory }: { readonly name: string; readonly directory: string },
  { compression }: BaseBackup,
  options: StreamOptions,
  seen: SeenFiles,
  segments: LogSegments,
) {
  const check = openChannel(ON_THEIR_WAY, (content) =>
    hashMembers(compression === null ? content : unpackZstd(content), directory, seen, segments),
  );
  const store = openChannel(ON_THEIR_WAY, (content) =>
    putInParts(name, compression === null ? packZstd(content) : content, options),
  );
  const both: readonly (Channel & { readonly taken: Promise<void> })[] = [check, store];
  return {
    write: async (bytes: Uint8Array) => {
      await Promise.all(both.map((channel) => channel.write(bytes)));
    },
    close: async () => {
      for (const channel of both) channel.end();
      await Promise.all(both.map(({ taken }) => taken));
    },
    /** Lets both end with the error, so that nothing goes on behind it. */
    abandon: async (error: unknown) => {
      for (const channel of both) channel.fail(error);
      await Promise.allSettled(both.map(({ taken }) => taken));
    },
  };
}

/** Cuts an archive into files of at most `partBytes`. */
async function putInParts(name: string, content: AsyncIterable<Uint8Array>, options: StreamOptions): Promise<void> {
  const source = content[Symbol.asyncIterator]();
  let rest: Uint8Array | null = null;
  let isOver = false;

  async function* onePart(): AsyncGenerator<Uint8Array> {
    for (let room = options.partBytes; room > 0; ) {
      if (rest === null) {
        const next = await source.next();
        if (next.done === true) {
          isOver = true;
          return;
        }
        rest = next.value;
      }
      const taken: Uint8Array = rest.subarray(0, room);
      rest = taken.length < rest.length ? rest.subarray(taken.length) : null;
      room -= taken.length;
      yield taken;
    }
  }
  for (let part = 0; !isOver; part += 1) await options.put(partName(name, part), onePart());
}
