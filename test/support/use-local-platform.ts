import type { LocalPlatform } from '../../src/platform/local/local-platform.ts';
import { createLocalHome, type LocalHome } from './local-platform.ts';
import { useShared } from './shared.ts';

/** A home of its own and a platform in it. */
export interface OpenLocalPlatform {
  readonly home: LocalHome;
  readonly platform: LocalPlatform;
  stop(): Promise<void>;
}

async function open(): Promise<OpenLocalPlatform> {
  const home = await createLocalHome();
  const platform = await home.open();
  const stop = async () => {
    await platform.stop();
    await home.stop();
  };
  return { home, platform, stop };
}

/** One local platform for all tests of a file or a `describe`, at whose head it is to be called. */
export const useLocalPlatform = (): OpenLocalPlatform => useShared(open);
