import { attemptDirectory, directoryOf } from '../../../jobs/ports/attempt-directory.ts';
import type { FileMover } from '../mover/file-mover.ts';
import { finalFailure } from './failure.ts';

/**
 * Where this attempt finds or writes the files of its image, below the image's prefix: one that reads is told
 * (TOYGRES_IMAGE_DIRECTORY), one that writes has a place of its own by its run (TOYGRES_RUN) and its number.
 * Throws a final failure for what is no such place.
 */
export function imageDirectory(parameters: Readonly<Record<string, string>>, attempt: number): string {
  const { TOYGRES_RUN: run, TOYGRES_IMAGE_DIRECTORY: told = '' } = parameters;
  if (run !== undefined && /^[1-9]\d{0,8}$/.test(run)) return attemptDirectory(Number(run), attempt);
  if (told !== '' && directoryOf(told) !== told) {
    throw finalFailure('parameter TOYGRES_IMAGE_DIRECTORY is not understood');
  }
  return told;
}

/**
 * The same files, which a program calls by their names in this directory. What is stored is named as the store has it; of
 * all files only those of the directory come, and of the prefix itself not what other attempts left there.
 */
export function filesBelow(directory: string, files: FileMover): FileMover {
  return {
    ...files,
    upload: (localPath, name) => files.upload(localPath, directory + name),
    receiveAll: async () =>
      (await files.receiveAll())
        .filter(({ name }) => directoryOf(name) === directory)
        .map((file) => ({ ...file, name: file.name.slice(directory.length) })),
    receive: async (name) => ({ ...(await files.receive(directory + name)), name }),
    release: (name) => files.release(directory + name),
    write: (name, content) => files.write(directory + name, content),
    read: (file) => files.read({ ...file, name: directory + file.name }),
  };
}
