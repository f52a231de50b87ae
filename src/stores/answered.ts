import { translateDatabaseError } from '../db/errors.ts';

/** The answer of a statement outside of a transaction; a connection that broke is UNAVAILABLE, as it is inside of one. */
export async function answered<T>(statement: PromiseLike<T>): Promise<T> {
  try {
    return await statement;
  } catch (error) {
    throw translateDatabaseError(error);
  }
}
