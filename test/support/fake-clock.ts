import { execFile } from 'node:child_process';
import { access, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LIBRARY = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketime.so.1`;

/** A clock that processes started with its environment see instead of the machine's, which nobody touches. */
export interface FakeClock {
  readonly environment: Readonly<Record<string, string>>;
  /** By how many minutes it is wrong, from the next time on that it is looked at. */
  set(minutes: number): Promise<void>;
  stop(): Promise<void>;
}

export interface FakeClockOptions {
  /** Whether the clock that only goes forward, by which waits are measured, jumps as well. Default false, as machines do. */
  readonly monotonic?: boolean;
}

/** Uses libfaketime, which it installs where it may; null where it may not. */
export async function makeFakeClock({ monotonic = false }: FakeClockOptions = {}): Promise<FakeClock | null> {
  const isThere = () =>
    access(LIBRARY).then(
      () => true,
      () => false,
    );
  if (!(await isThere())) {
    const words = [
      'install',
      '--yes',
      '--no-install-recommends',
      '-o',
      'DPkg::Lock::Timeout=120',
      '-qq',
      'libfaketime',
    ];
    await run('apt-get', words).catch(() => undefined);
    if (!(await isThere())) return null;
  }
  const directory = await mkdtemp('/tmp/toygres-clock-');
  const file = path.join(directory, 'offset');
  const set = async (minutes: number) => {
    // Renamed into place: it is read at any moment.
    await writeFile(`${file}.new`, `${minutes < 0 ? '-' : '+'}${Math.abs(minutes) * 60}\n`);
    await rename(`${file}.new`, file);
  };
  await set(0);
  return {
    environment: {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      ...(monotonic ? {} : { FAKETIME_DONT_FAKE_MONOTONIC: '1' }),
    },
    set,
    stop: () => rm(directory, { recursive: true, force: true }),
  };
}
