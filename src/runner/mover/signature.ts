import * as z from 'zod/mini';
import { JobFailure } from '../attempt/failure.ts';

/** What lets its bearer do something in the store, a secret: a query string without `?`, or one for each file by its name. */
export type Signature = string | ReadonlyMap<string, string>;

const OfEach = z.record(z.string(), z.string());

/** Reads the secret in which a grant comes. Throws where it is neither; what it holds is in no message. */
export function parseSignature(text: string): Signature {
  if (!text.startsWith('{')) return text.replace(/^\?/, '');
  return new Map(Object.entries(OfEach.parse(JSON.parse(text))));
}

/** The query string for one file. Throws a final JobFailure for a file that the job was given no leave for. */
export function signatureOf(signature: Signature, name: string): string {
  const found = typeof signature === 'string' ? signature : signature.get(name);
  if (found !== undefined) return found;
  throw new JobFailure(`the job has no leave to read ${name}: it is no file of its image`, { final: true });
}
