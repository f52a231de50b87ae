import { finalFailure } from '../attempt/failure.ts';
import { type DatabaseFacts, readWrittenFacts } from '../facts/database-facts.ts';
import type { ImageFiles } from './image-files.ts';

/** What the image knows of a database beside its dump; null in images of before that was looked for. */
export async function readImageFacts(files: ImageFiles, oid: string): Promise<DatabaseFacts | null> {
  const name = `facts/${oid}.json`;
  const content = await files.read(name);
  if (content === null) return null;
  try {
    return readWrittenFacts(content.toString('utf8'));
  } catch (error) {
    throw finalFailure(`${name} is not understood`, error);
  }
}
