import type { CommandPlatform } from '../commands/ports.ts';

const GIB = 2 ** 30;

/**
 * What to tell of a volume that is to hold more than there is room for. It is made all the same: it takes only what is
 * written, and room may be made.
 */
export async function noticesOfRoom(
  platform: Pick<CommandPlatform, 'readFreeBytes'>,
  storageGib: number,
): Promise<readonly string[]> {
  const free = await platform.readFreeBytes();
  if (free === null || free >= storageGib * GIB) return [];
  return [
    `The disk of this machine has ${Math.floor(free / GIB)} GiB free, less than the ${storageGib} GiB asked for: it will be full before the volume is.`,
  ];
}
