import type { DemoGround } from './ground.ts';
import type { DemoPlatform } from './options.ts';

const THIS_MACHINE: DemoGround = {
  environment: {},
  reach: async (connectionString) => connectionString,
  stop: async () => undefined,
};

/**
 * Makes what a platform lacks for a demo. `say` is told what is going on. When `signal` aborts or it fails, what was made
 * is removed before it throws.
 */
export async function openGround(
  platform: DemoPlatform,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<DemoGround> {
  if (platform === 'local') return THIS_MACHINE;
  // Takes over a second to load.
  const { openClusterGround } = await import('./cluster-ground.ts');
  return openClusterGround(signal, say);
}
