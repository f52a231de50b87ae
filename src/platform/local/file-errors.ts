import { AppError } from '../../../schema/errors.ts';

const CAUSES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space and try again',
  EDQUOT: 'the disk quota is used up: free some space and try again',
  EACCES: 'access was denied: check who owns the state directory',
  EPERM: 'it is not permitted: check who owns the state directory',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a file stands where a directory of ours must be: move it away',
  EEXIST: 'a file stands where a directory of ours must be: move it away',
  ELOOP: 'a symbolic link stands where a file or directory must be: remove it',
  EINVAL: 'a pipe or device stands where a file must be: remove it',
  EFBIG: 'a file is larger than it may be',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open on this machine',
  EIO: 'the disk failed',
  EAGAIN: 'the machine has no room for another process',
};

/** Says in words what the operating system refused; leaves every other error as it is. */
export function translateSystemError(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const code = (error as NodeJS.ErrnoException).code;
  const cause = code === undefined ? undefined : CAUSES[code];
  return cause === undefined
    ? error
    : new AppError('UNAVAILABLE', `The local platform cannot do this now, ${cause}.`, { cause: error });
}

/** Gives the object's async functions the platform's errors. Generators translate for themselves. */
export function withSystemErrorsTranslated<T extends object>(target: T): T {
  const wrapped = Object.entries(target).map(([name, member]) => [
    name,
    typeof member !== 'function' || name.startsWith('follow')
      ? member
      : async (...given: unknown[]) => {
          try {
            return await member.apply(target, given);
          } catch (error) {
            throw translateSystemError(error);
          }
        },
  ]);
  return Object.fromEntries(wrapped) as T;
}
