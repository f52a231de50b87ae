import { constants, mkdirSync } from 'node:fs';
import { finalFailure } from '../../attempt/failure.ts';
import { type Admitted, admitMember, RefusedMember } from '../archive/archive-tree.ts';
import { readTar, type TarMember } from '../archive/read-tar.ts';
import { createWriteBehind } from '../archive/write-behind.ts';

const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** What is PostgreSQL's own to make, or would have the copy follow another server. */
const LEFT_OUT = new Set([
  'standby.signal',
  'recovery.signal',
  'postmaster.pid',
  'postmaster.opts',
  'backup_manifest',
  // Says where links are to lead; it is not asked for.
  'tablespace_map',
]);

export interface UnpackOptions {
  /** An existing directory that nothing else writes to. */
  readonly target: string;
  /** Told of what was written. */
  readonly onWritten: (bytes: number) => void;
}

/**
 * Writes the members of an archive below a directory: files and directories alone, of its owner alone. Whatever has another
 * place, or is a link, is refused: an image may come from anybody. Written by other threads, while this one reads and another
 * unpacks ahead of them. When it resolves, or throws, nothing is under way.
 */
export async function unpackArchive(archive: AsyncIterable<Uint8Array>, options: UnpackOptions): Promise<void> {
  const writer = createWriteBehind(options.onWritten);
  const reading = readTar(archive, (member) => {
    const { path, kind } = admit(member);
    if (LEFT_OUT.has(path)) return null;
    if (kind === 'directory') makeDirectory(placeOf(options.target, path));
    return kind === 'file' ? writer.create(placeOf(options.target, path), NEW_FILE, FILE_MODE) : null;
  });
  await writer.follow(reading);
}

function admit(member: TarMember): Admitted {
  try {
    return admitMember(member);
  } catch (error) {
    if (!(error instanceof RefusedMember)) throw error;
    const name = JSON.stringify(member.name.slice(0, 200));
    throw finalFailure(`the image is damaged: ${name} in an archive ${error.message}`);
  }
}

/** Bytes stay bytes: a name is in no encoding. */
function placeOf(target: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${target}/`), Buffer.from(name, 'latin1')]);
}

function makeDirectory(place: Buffer): void {
  mkdirSync(place, { recursive: true, mode: DIRECTORY_MODE });
}
