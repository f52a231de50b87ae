import { readFile } from 'node:fs/promises';
import { RawName } from '../../guarded-postgres/raw-name.ts';
import { finalFailure } from '../attempt/failure.ts';
import type { Arriving } from '../load/data/dump-files.ts';
import type { ImageFile } from './receive-each.ts';
import type { ArrivingImage } from './receive-image.ts';

/** The files of an image as they lie here, but those of rows, which are found by their names in the directory of their dump. */
export interface ImageFiles {
  find(name: string): ImageFile | undefined;
  /** Files that may still be on their way. */
  readonly arriving: Arriving;
  /** How large all files below a directory are together. */
  bytesBelow(directory: string): number;
  /** Null where the image has no such file. */
  read(name: string): Promise<Buffer | null>;
  /** The fields of a file in which each is ended by a NUL. Throws a final failure where the file is missing or cut. */
  fields(name: string): Promise<Buffer[]>;
}

export function imageFiles(image: Pick<ArrivingImage, 'files' | 'arriving' | 'bytesBelow'>): ImageFiles {
  const files = new Map(image.files.map((file) => [file.name, file]));
  const read = async (name: string) => {
    const file = files.get(name);
    return file === undefined ? null : readFile(file.path);
  };
  return {
    arriving: image.arriving,
    find: (name) => files.get(name),
    bytesBelow: (directory) => image.bytesBelow.get(directory) ?? 0,
    read,
    fields: async (name) => {
      const content = await read(name);
      if (content === null) throw finalFailure(`the image has no ${name}`);
      return splitFields(content) ?? fail(`${name} is not understood`);
    },
  };
}

function fail(message: string): never {
  throw finalFailure(message);
}

/** Null where the last field has no end. */
function splitFields(content: Buffer): Buffer[] | null {
  const fields: Buffer[] = [];
  let from = 0;
  for (let at = content.indexOf(0); at !== -1; at = content.indexOf(0, from)) {
    fields.push(content.subarray(from, at));
    from = at + 1;
  }
  return from === content.length ? fields : null;
}

/** A database of the image. */
export interface ImageDatabase {
  readonly oid: string;
  readonly encoding: string;
  readonly sizeBytes: number;
  readonly name: RawName;
}

/** Databases that the image holds. Throws a final failure where there are none, or where it is not understood. */
export async function readImageDatabases(files: ImageFiles): Promise<ImageDatabase[]> {
  const fields = await files.fields('databases.nul');
  const databases: ImageDatabase[] = [];
  for (let index = 0; index < fields.length; index += 4) {
    const [oid = '', encoding = '', size = ''] = fields
      .slice(index, index + 3)
      .map((field) => field.toString('latin1'));
    const name = fields[index + 3];
    if (
      name === undefined ||
      !/^\d{1,10}$/.test(oid) ||
      !/^\d{1,15}$/.test(size) ||
      !/^[A-Za-z0-9_]+$/.test(encoding)
    ) {
      throw finalFailure('databases.nul is not understood');
    }
    databases.push({ oid, encoding, sizeBytes: Number(size), name: RawName.of(name) });
  }
  if (databases.length === 0) throw finalFailure('the image names no database');
  return databases;
}

/** What was set on the source, beside its databases and roles. */
export interface ImageSettings {
  /** By ALTER SYSTEM. */
  readonly system: ReadonlyMap<string, string>;
  /** What initdb takes from the machine, and by what names are found where files or the command line said so. */
  readonly locale: ReadonlyMap<string, string>;
  /** What its files and its command line told the extensions of the source; none in images of before that was asked for. */
  readonly extensions: ReadonlyMap<string, string>;
  /** `shared_preload_libraries` as the source had it, from wherever it was told. */
  readonly libraries: string;
}

/** The search_path that the source's server had of its own; null where nobody set one. */
export function serverPath({ system, locale }: Pick<ImageSettings, 'system' | 'locale'>): string | null {
  return locale.get('search_path') ?? system.get('search_path') ?? null;
}

export async function readImageSettings(files: ImageFiles): Promise<ImageSettings> {
  const fields = (await files.fields('settings.nul')).map((field) => field.toString('utf8'));
  const system = new Map<string, string>();
  const locale = new Map<string, string>();
  const extensions = new Map<string, string>();
  let libraries = '';
  for (let index = 0; index + 2 < fields.length; index += 3) {
    const [kind, name = '', value = ''] = fields.slice(index, index + 3);
    if (!/^[A-Za-z_][A-Za-z0-9_.$]*$/.test(name)) throw finalFailure('settings.nul is not understood');
    if (kind === 'system') system.set(name, value);
    else if (kind === 'locale') locale.set(name, value);
    else if (kind === 'extension') extensions.set(name, value);
    else if (kind === 'library') libraries = value;
  }
  return { system, locale, extensions, libraries };
}
