import { randomInt } from 'node:crypto';
import { RawName } from '../../guarded-postgres/raw-name.ts';
import type { Session } from '../../guarded-postgres/session.ts';
import { quoteIdentifier, sql } from '../../guarded-postgres/sql.ts';
import type { ThrowawayServer } from '../server/throwaway-server.ts';
import type { ImageDatabase } from './image-files.ts';

/** A database to work from while those of the image are made. */
export interface HelperDatabase {
  readonly name: string;
  open(): Promise<Session>;
  /** When no session of it is open any more. */
  drop(): Promise<void>;
}

/**
 * Makes one, by a name that the image does not have. It has no encoding, so that names go through it byte for byte: the dump of
 * a LATIN1 database holds the bytes of its catalogue under the label LATIN1, which another database would convert.
 */
export async function makeHelper(
  server: ThrowawayServer,
  databases: readonly ImageDatabase[],
): Promise<HelperDatabase> {
  const taken = new Set(databases.map(({ name }) => name.key));
  let name: string;
  do name = `toygres_loading_${randomInt(1e9)}`;
  while (taken.has(name));
  const first = await server.open('template1');
  await first.run(
    sql`CREATE DATABASE ${quoteIdentifier(RawName.of(name))} TEMPLATE template0 ENCODING 'SQL_ASCII'
      LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'`,
  );
  await first.close();
  return {
    name,
    open: () => server.open(name),
    async drop() {
      const last = await server.open('template1');
      await last.run(sql`DROP DATABASE ${quoteIdentifier(RawName.of(name))}`);
      await last.close();
    },
  };
}

/** template1 and postgres give way to those of the source; a database of another name stays. */
export async function giveWay(session: Session, { name }: ImageDatabase): Promise<void> {
  if (name.text !== 'template1' && name.text !== 'postgres') return;
  await session.run(`ALTER DATABASE ${name.text} IS_TEMPLATE false`);
  await session.run(`DROP DATABASE ${name.text}`);
}
