const DIRECTORY = /^attempt-\d{1,9}\.\d{1,9}\//;

/**
 * Below the prefix of an image, where an attempt writes: with a slash at its end, or nothing for the first attempt of all.
 * Later ones write beside what is there, which a store may allow nobody to write over.
 */
export function attemptDirectory(run: number, attempt: number): string {
  return run === 1 && attempt === 1 ? '' : `attempt-${run}.${attempt}/`;
}

/** Which of these a file of an image lies in, by its name in the store. */
export function directoryOf(storedName: string): string {
  return DIRECTORY.exec(storedName)?.[0] ?? '';
}
