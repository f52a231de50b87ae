import { finalFailure } from '../../attempt/failure.ts';

/** The data directory, without what lies in tablespaces. */
export const BASE_ARCHIVE = 'base.tar.zst';
/** PostgreSQL's own list of the files, with their checksums. */
export const BACKUP_MANIFEST = 'backup_manifest';
/** The list of all other files, written last. */
export const CHECKSUMS_FILE = 'checksums.tsv';
/** What the server is, and what a restore has to compare with. */
export const SERVER_FILE = 'server.json';
/** It is read whole. */
export const LARGEST_SERVER_FILE = 64 << 20;

const ARCHIVE = /^(base|\d{1,10})\.tar\.zst\.(\d{4})$/;

/** A part of an archive: parts put together in the order of their names are the archive. */
export function partName(archive: string, part: number): string {
  return `${archive}.${String(part).padStart(4, '0')}`;
}

/** An archive of the image and the names of its parts in order. */
export interface StoredArchive {
  /** The oid of the tablespace; null for the data directory. */
  readonly tablespace: string | null;
  readonly parts: readonly string[];
}

/** The archives among the files of an image, the data directory first. Throws a JobFailure when a part is missing. */
export function findArchives(names: readonly string[]): readonly StoredArchive[] {
  const found = new Map<string, string[]>();
  for (const name of [...names].sort()) {
    const [, archive, part] = ARCHIVE.exec(name) ?? [];
    if (archive === undefined) continue;
    const parts = found.get(archive) ?? [];
    if (Number(part) !== parts.length) throw incomplete();
    found.set(archive, [...parts, name]);
  }
  const base = found.get('base');
  if (base === undefined) throw incomplete();
  found.delete('base');
  return [{ tablespace: null, parts: base }, ...[...found].map(([tablespace, parts]) => ({ tablespace, parts }))];
}

function incomplete(): Error {
  return finalFailure('the image is damaged: a part of an archive is missing');
}
