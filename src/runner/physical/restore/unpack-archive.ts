import { constants, mkdirSync } from 'node:fs';
import { finalFailure } from '../../attempt/failure.ts';
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
/** Where a tablespace lay on the source: its files come in an archive of their own, into a directory of the same name. */
const TABLESPACE_LINK = /^pg_tblspc\/\d+$/;

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
    const name = checkName(member);
    if (LEFT_OUT.has(name)) return null;
    switch (member.type) {
      case 'directory':
        makeDirectory(placeOf(options.target, name));
        return null;
      case 'file':
      case 'contiguous-file':
        return writer.create(placeOf(options.target, name), NEW_FILE, FILE_MODE);
      case 'symlink':
        if (TABLESPACE_LINK.test(name)) return null;
        throw refused(name, 'is a link');
      default:
        throw refused(name, 'is neither a file nor a directory');
    }
  });
  await writer.follow(reading);
}

function checkName({ name }: TarMember): string {
  const relative = name.replace(/^\.\//, '').replace(/\/$/, '');
  const parts = relative.split('/');
  const isInside = parts.every((part) => part !== '' && part !== '.' && part !== '..') && !relative.includes('\0');
  if (isInside || name === './' || name === '.') return relative;
  throw refused(name, 'has a place outside');
}

function refused(name: string, why: string): Error {
  return finalFailure(`the image is damaged: ${JSON.stringify(name.slice(0, 200))} in an archive ${why}`);
}

/** Bytes stay bytes: a name is in no encoding. */
function placeOf(target: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${target}/`), Buffer.from(name, 'latin1')]);
}

function makeDirectory(place: Buffer): void {
  mkdirSync(place, { recursive: true, mode: DIRECTORY_MODE });
}
