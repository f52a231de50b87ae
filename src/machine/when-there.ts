import { once } from 'node:events';
import { watch } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';

/**
 * Resolves when a file of this name is there, or the signal is aborted. A hint: where its directory is not there, or cannot be
 * watched, only the signal ends it.
 */
export async function whenThere(file: string, signal: AbortSignal): Promise<void> {
  const found = new AbortController();
  const either = AbortSignal.any([signal, found.signal]);
  if (either.aborted) return;
  const ended = once(either, 'abort');
  const look = () =>
    access(file).then(
      () => found.abort(),
      () => undefined,
    );
  try {
    const watcher = watch(path.dirname(file), { persistent: false, signal: either }, (_, name) => {
      if (name === null || name === path.basename(file)) look();
    });
    watcher.on('error', () => undefined);
    // It may have come before it was watched for.
    await look();
  } catch {
    // Whoever waits looks by himself as well.
  }
  await ended;
}
