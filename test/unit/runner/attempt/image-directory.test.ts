import { expect, it } from 'vitest';
import { imageDirectory } from '../../../../src/runner/attempt/image-directory.ts';

it.each([
  ['the first attempt of the first run writes at the prefix', { TOYGRES_RUN: '1' }, 1, ''],
  ['a later one beside it', { TOYGRES_RUN: '1' }, 2, 'attempt-1.2/'],
  ['one of a retry as well', { TOYGRES_RUN: '2' }, 1, 'attempt-2.1/'],
  ['one that reads is told where', { TOYGRES_IMAGE_DIRECTORY: 'attempt-2.1/' }, 3, 'attempt-2.1/'],
  ['and reads at the prefix where nothing is said', {}, 2, ''],
])('%s', (_, parameters: Record<string, string>, attempt, directory) => {
  expect(imageDirectory(parameters, attempt)).toBe(directory);
});

it.each(['../', 'attempt-1.2', 'attempt-1.2/../', '/'])('%s is no place of an attempt', (told) => {
  expect(() => imageDirectory({ TOYGRES_IMAGE_DIRECTORY: told }, 1)).toThrow('TOYGRES_IMAGE_DIRECTORY');
});
