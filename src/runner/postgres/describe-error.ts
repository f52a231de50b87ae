import { ServerError } from '../../guarded-postgres/server-error.ts';
import { JobFailure } from '../attempt/failure.ts';

const SYSTEM: Readonly<Record<string, string>> = {
  ENOSPC: 'No space left on device',
  EDQUOT: 'Disk quota exceeded',
  EIO: 'Input/output error',
};

/** What went wrong, in the words of who said it, with PostgreSQL's detail and hint. */
export function describeError(error: unknown): string {
  if (error instanceof ServerError) return error.words;
  if (error instanceof Error) {
    const known = SYSTEM['code' in error ? String(error.code) : ''];
    return known === undefined ? error.message : `${known} (${error.message})`;
  }
  return 'it ended without a word';
}

/** Whatever the work throws becomes a failure that says of what it is; one that says so itself stays as it is. */
export async function failingAs<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof JobFailure) throw error;
    throw new JobFailure(`${what} failed: ${describeError(error)}`, { cause: error });
  }
}
