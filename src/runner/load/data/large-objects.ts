import type { Session } from '../../../guarded-postgres/session.ts';
import { TocError } from '../toc/byte-reader.ts';
import type { DumpFiles } from './dump-files.ts';

const PIECE_BYTES = 1 << 20;
/** Statements go together up to so many characters: each on its own would wait for an answer of its own. */
const TOGETHER = 1 << 20;

/** Fills the large objects that one list of the dump names. They are there already, empty. One transaction. */
export async function loadLargeObjects(session: Session, files: DumpFiles, list: string): Promise<void> {
  await session.run('BEGIN');
  try {
    let [statements, length]: [string[], number] = [[], 0];
    const send = async () => {
      if (statements.length > 0) await session.run(statements.join(';'));
      [statements, length] = [[], 0];
    };
    for await (const line of files.lines(list)) {
      if (line === '') continue;
      const [, number, file] = /^([0-9]{1,10}) (blob_[0-9]{1,10}\.dat)$/.exec(line) ?? [];
      if (number === undefined || file === undefined)
        throw new TocError('the list of large objects holds a line that is none');
      for await (const statement of fillings(files, number, file)) {
        statements.push(statement);
        length += statement.length;
        if (length >= TOGETHER) await send();
      }
    }
    await send();
    await session.run('COMMIT');
  } catch (error) {
    await session.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function* fillings(files: DumpFiles, number: string, file: string): AsyncGenerator<string> {
  let at = 0;
  for await (const chunk of files.read(file)) {
    for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
      const piece = chunk.subarray(from, from + PIECE_BYTES);
      yield `SELECT pg_catalog.lo_put(${number}::pg_catalog.oid, ${at}, '\\x${piece.toString('hex')}'::pg_catalog.bytea)`;
      at += piece.length;
    }
  }
}
