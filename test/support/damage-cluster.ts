import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { findPostgresPrograms } from '../../src/postgres-programs/find.ts';

/** Changes bytes of a file of a relation, which stay as many. */
export type Damage = (content: Buffer) => void;

/**
 * Changes a file of a cluster that is stopped, and writes the checksums of all pages anew: what a broken disk or memory leaves
 * before the page is written. `file`: as pg_relation_filepath gives it.
 */
export async function damageFile(dataDirectory: string, file: string, damage: Damage): Promise<void> {
  const place = path.join(dataDirectory, file);
  const content = await readFile(place);
  const before = Buffer.from(content);
  damage(content);
  if (content.equals(before)) throw new Error('the damage changed nothing');
  await writeFile(place, content);
  const [programs] = await findPostgresPrograms(process.env.TOYGRES_POSTGRES_BIN ?? null);
  // PostgreSQL's programs refuse root: they run as whose the cluster is.
  const { uid, gid } = await stat(dataDirectory);
  for (const how of ['--disable', '--enable']) {
    await promisify(execFile)(
      path.join(programs?.directory ?? '', 'pg_checksums'),
      [how, '--no-sync', '-D', dataDirectory],
      { uid, gid, cwd: '/', env: { PATH: process.env.PATH ?? '' } },
    );
  }
}

/** Gives a short text, which has its length in one byte before it, another length: the one that is read ends elsewhere. */
export function lengthen(text: string, bytes: number): Damage {
  return (content) => {
    const at = content.indexOf(text);
    if (at < 1 || content[at - 1] !== ((text.length + 1) << 1) + 1) throw new Error(`no short text ${text}`);
    content[at - 1] = ((text.length + 1 + bytes) << 1) + 1;
  };
}

/** Writes another text of the same length over one, wherever it is stored. */
export function overwrite(text: string, other: string): Damage {
  return (content) => {
    for (let at = content.indexOf(text); at !== -1; at = content.indexOf(text, at + 1)) content.write(other, at);
  };
}

/**
 * Has a value that is packed in its row say that it is as large as none may be. `size`: how large it is unpacked, by which it
 * is found.
 */
export function claimHuge(size: number): Damage {
  return (content) => {
    const header = Buffer.alloc(4);
    header.writeUInt32LE(size);
    // Rows are laid from the end of a page.
    const at = content.lastIndexOf(header);
    if (at === -1) throw new Error(`no value of ${size} bytes is packed here`);
    content.writeUInt32LE(0x3fffffff, at);
  };
}
