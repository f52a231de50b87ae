import { finalFailure } from '../../attempt/failure.ts';
import type { ImageFiles } from '../image-files.ts';

/** The state of pg_durable that an image holds for one of its databases. */
export interface ImageState {
  readonly encoding: string;
  readonly version: string;
  /** The schema of its engine. */
  readonly engine: string;
  readonly tables: readonly StateTable[];
}

/** Rows of a table of the extension; names are as they stand in statements, one byte a character. */
export interface StateTable {
  readonly table: string;
  readonly columns: string;
  readonly path: string;
}

const NOT_UNDERSTOOD = 'what the image says of its extension is not understood';

/** Null where the database has none. Throws a final failure for what is not understood. */
export async function readImageState(files: ImageFiles, oid: string): Promise<ImageState | null> {
  if (files.find(`state/${oid}/extension.nul`) === undefined) return null;
  const [encoding = '', version = '', engine = ''] = (await files.fields(`state/${oid}/extension.nul`)).map(String);
  if (!/^[A-Za-z0-9_-]+$/.test(encoding) || !/^[A-Za-z0-9._+-]+$/.test(version) || !/^[a-z_]*$/.test(engine)) {
    throw finalFailure(NOT_UNDERSTOOD);
  }
  const fields = (await files.fields(`state/${oid}/tables.nul`)).map((field) => field.toString('latin1'));
  const tables: StateTable[] = [];
  for (let index = 0; index < fields.length; index += 3) {
    const [table = '', columns = '', name = ''] = fields.slice(index, index + 3);
    const file = /^\d+\.copy$/.test(name) ? files.find(`state/${oid}/${name}`) : undefined;
    if (file === undefined) throw finalFailure(NOT_UNDERSTOOD);
    tables.push({ table, columns, path: file.path });
  }
  return { encoding, version, engine, tables };
}
