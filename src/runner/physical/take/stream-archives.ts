import { JobFailure } from '../../attempt/failure.ts';
import { BASE_ARCHIVE, partName } from '../archive/archive-names.ts';
import { createArchiveTree } from '../archive/archive-tree.ts';
import { type Channel, openChannel } from '../archive/channel.ts';
import { packZstd, unpackZstdOnce } from '../archive/zstd.ts';
import { checkCluster, compareWithManifest, hashMembers, type Passed } from './archive-check.ts';
import { type BackupManifest, parseBackupManifest } from './backup-manifest.ts';
import type { BaseBackup } from './base-backup.ts';
import { checkLogSegments, checkRanges } from './log-segments.ts';

/** Writes one file of the image while its bytes come. */
export type PutPart = (name: string, content: AsyncIterable<Uint8Array>) => Promise<void>;

export interface StreamOptions {
  readonly put: PutPart;
  /** A part of an archive has no more than this. */
  readonly partBytes: number;
  /** Told of all that came, and throws when that is more than may. Left out: as much as comes. */
  readonly onBytes?: (bytesInAll: number) => void;
  /** Told of what the server has read. */
  readonly onProgress: (bytesDone: number) => void;
}

/** Which cluster it is to be of, as a session with it has told. */
export interface ExpectedCluster {
  readonly major: number;
  readonly systemIdentifier: string;
}

export interface StreamedBackup {
  /** The server's own list, byte for byte. */
  readonly manifest: Buffer;
  readonly parsed: BackupManifest;
}

const ON_THEIR_WAY = 4 << 20;
/** More than a text may have cannot be read. */
const LARGEST_MANIFEST = 512 << 20;

/**
 * Takes everything that the server sends: packs it where the server did not, puts it away in parts, and reads every file in
 * passing. Resolves when all is put away, what passed is what the server's manifest says, and a restore will take it; throws a
 * JobFailure otherwise.
 */
export async function streamArchives(
  backup: BaseBackup,
  cluster: ExpectedCluster,
  options: StreamOptions,
): Promise<StreamedBackup> {
  const passed: Passed = { tree: createArchiveTree(), seen: new Map(), segments: new Map(), kept: new Map() };
  const begun = new Set<string>();
  const manifest: Buffer[] = [];
  let manifestBytes = 0;
  let came = 0;
  let archive: ReturnType<typeof openArchive> | null = null;
  let inManifest = false;
  try {
    for await (const part of backup.parts()) {
      switch (part.kind) {
        case 'archive':
          await archive?.close();
          archive = openArchive(nextArchive(backup, part.tablespacePath, begun, inManifest), backup, options, passed);
          break;
        case 'manifest':
          if (inManifest) throw outOfOrder('a second list of files');
          await archive?.close();
          archive = null;
          inManifest = true;
          break;
        case 'bytes':
          came += part.bytes.length;
          options.onBytes?.(came);
          if (inManifest) {
            manifestBytes += part.bytes.length;
            if (manifestBytes > LARGEST_MANIFEST) throw new JobFailure('the list of files has no end');
            manifest.push(part.bytes);
          } else if (archive === null) throw outOfOrder('bytes of nothing');
          else await archive.write(part.bytes);
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
  const endLsn = backup.endLsn();
  const whole = Buffer.concat(manifest);
  const parsed = parseBackupManifest(whole);
  compareWithManifest(parsed, passed.seen);
  checkRanges(parsed.walRanges, backup.startLsn, endLsn);
  checkLogSegments(parsed.walRanges, passed.segments);
  checkCluster(passed.kept, cluster.major, cluster.systemIdentifier);
  return { manifest: whole, parsed };
}

/** The name of the archive that begins, and where its files belong: each comes once, and before the list of files. */
function nextArchive(
  { tablespaces }: BaseBackup,
  path: string | null,
  begun: Set<string>,
  inManifest: boolean,
): { name: string; directory: string } {
  const tablespace = tablespaces.find((one) => one.path === path);
  if (path !== null && tablespace === undefined) throw outOfOrder('a tablespace that it did not name before');
  const oid = tablespace?.oid ?? '';
  if (inManifest) throw outOfOrder('files behind the list of files');
  if (begun.has(oid)) throw outOfOrder('an archive twice');
  begun.add(oid);
  return oid === ''
    ? { name: BASE_ARCHIVE, directory: '' }
    : { name: `${oid}.tar.zst`, directory: `pg_tblspc/${oid}/` };
}

function outOfOrder(what: string): Error {
  return new JobFailure(`the server sends ${what}, which PostgreSQL never does`);
}

function openArchive(
  { name, directory }: { readonly name: string; readonly directory: string },
  { compression }: BaseBackup,
  options: StreamOptions,
  passed: Passed,
) {
  const check = openChannel(ON_THEIR_WAY, (content) =>
    hashMembers(compression === null ? content : unpackZstdOnce(content), directory, passed),
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
