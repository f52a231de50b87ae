import type { DatabaseFacts } from '../../facts/database-facts.ts';
import type { LoadSession } from '../load-session.ts';

/** Works in the encoding of the facts, which in older images is not that of the dump. */
export async function inTheirEncoding<T>(
  session: LoadSession,
  facts: DatabaseFacts,
  encoding: string,
  work: () => Promise<T>,
): Promise<T> {
  // Names are compared as the source wrote them: with their schemas.
  await session.usePath('');
  await session.session.run(`SET client_encoding = '${facts.encoding}'`);
  try {
    return await work();
  } finally {
    await session.session.run(`SET client_encoding = '${encoding}'`);
  }
}
