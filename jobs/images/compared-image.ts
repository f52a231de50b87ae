import * as z from 'zod';
import { AppError } from '../../schema/errors.ts';
import { Finding } from '../ports/job-protocol.ts';

const count = z.number().int().nonnegative();

/** What the job that compares a drill's server reports, whatever the method of the image. */
export const ComparedImage = z.object({
  databases: count,
  tables: count,
  rows: count,
  findings: z.array(Finding),
});
export type ComparedImage = z.infer<typeof ComparedImage>;

/** Throws STEP_FAILED when the result is not as agreed. */
export function parseComparedImage(result: unknown): ComparedImage {
  const parsed = ComparedImage.safeParse(result);
  if (parsed.success) return parsed.data;
  throw new AppError('STEP_FAILED', 'The job that compares reported a result that cannot be read.');
}
