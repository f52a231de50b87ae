import { AppError } from '../../schema/errors.ts';

/** The result of the work, or UNAVAILABLE when it takes longer. The work itself goes on; its late failure is nobody's. */
export async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new AppError('UNAVAILABLE', `No answer within ${timeoutMs / 1000} s.`)),
    timeoutMs,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
