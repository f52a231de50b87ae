import { ToygresError, UnreachableError } from '../client/connect.ts';

/** What a command ends with, for the scripts that call it. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  unreachable: 5,
  interrupted: 130,
} as const;

/** A command line that cannot be meant so; its message says what to write instead. */
export class UsageError extends Error {}
/** Some of many failed, and each has been told. */
export class SomeFailedError extends Error {}

/** The code that belongs to an error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof UnreachableError) return EXIT.unreachable;
  if (!(error instanceof ToygresError)) return EXIT.failed;
  switch (error.code) {
    case 'NOT_FOUND':
      return EXIT.notFound;
    case 'UNAUTHENTICATED':
    case 'FORBIDDEN':
      return EXIT.notAllowed;
    default:
      return EXIT.failed;
  }
}
