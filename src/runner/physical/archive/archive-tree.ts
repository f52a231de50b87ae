import type { TarMember } from './read-tar.ts';

/** What a file system takes as one name, and PostgreSQL as a whole path. */
const LONGEST_PART = 255;
const LONGEST_PATH = 1_023;
/** Where a tablespace lay on the source: its files come in an archive of their own, into a directory of the same name. */
const TABLESPACE_LINK = /^pg_tblspc\/\d{1,10}$/;

/** A member that may lie below a data directory, by its path there (its bytes, one a character). */
export interface Admitted {
  readonly path: string;
  /** `root`: the directory of the archive itself. */
  readonly kind: 'root' | 'directory' | 'file' | 'tablespace link';
}

/** What is wrong with a member, in words for users, behind its name. */
export class RefusedMember extends Error {
  override readonly name = 'RefusedMember';
}

/** The path below the data directory; null for one that leads elsewhere, or that no file system takes. */
function pathOf(name: string): string | null {
  const path = name.replace(/^\.\//, '').replace(/\/$/, '');
  if (name === '.' || path === '' || path === '.') return '';
  const parts = path.split('/');
  const isInside = parts.every((part) => part !== '' && part !== '.' && part !== '..' && part.length <= LONGEST_PART);
  return isInside && !path.includes('\0') && path.length <= LONGEST_PATH ? path : null;
}

/**
 * What a member of an archive is to be below the data directory. Throws RefusedMember for whatever has another place, is a
 * link, or is neither a file nor a directory: an archive may come from anybody.
 */
export function admitMember({ name, type }: TarMember): Admitted {
  const path = pathOf(name);
  if (path === null) throw new RefusedMember('has a place outside');
  if (path === '') {
    if (type === 'directory') return { path, kind: 'root' };
    throw new RefusedMember('has no name');
  }
  switch (type) {
    case 'directory':
      return { path, kind: 'directory' };
    case 'file':
      return { path, kind: 'file' };
    case 'symlink':
      if (TABLESPACE_LINK.test(path)) return { path, kind: 'tablespace link' };
      throw new RefusedMember('is a link');
    default:
      throw new RefusedMember('is neither a file nor a directory');
  }
}

/** All paths of a backup, from whatever archive: each once, and each in a directory that came before it. */
export interface ArchiveTree {
  /** Takes a member in; `below`: the directory of its archive, `''` or ending in a slash. Throws RefusedMember. */
  take(member: TarMember, below: string): Admitted;
}

/** Holds what a backup has against what a restore of it can make: a file system has no two things of one name. */
export function createArchiveTree(): ArchiveTree {
  const directories = new Set<string>(['']);
  const others = new Set<string>();
  return {
    take: (member, below) => {
      const admitted = admitMember(member);
      const { kind } = admitted;
      if (kind === 'root') return admitted;
      const path = below + admitted.path;
      const isDirectory = kind === 'directory';
      if (others.has(path) || (!isDirectory && directories.has(path))) throw new RefusedMember('comes twice');
      const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      if (!directories.has(parent) && `${parent}/` !== below) throw new RefusedMember('lies in no directory');
      (isDirectory ? directories : others).add(path);
      return { ...admitted, path };
    },
  };
}
