import type { ImageStore } from '../../../jobs/ports/image-store.ts';
import { AppError } from '../../../schema/errors.ts';
import { isEnded } from '../../../schema/states.ts';
import type { SeenDrift } from '../../stores/upkeep/drift.ts';
import type { ImageOwner } from '../../stores/upkeep/owners.ts';

/**
 * Where the blob store holds something else than the records of this platform's images say. Only the files of an image
 * that its record disowns are PENDING: what no record knows may be another installation's, or all that is left of ours.
 */
export async function compareStore(
  platform: string,
  prefixes: readonly string[],
  owners: ReadonlyMap<string, ImageOwner>,
  describeUnknown: (id: string) => Promise<string>,
): Promise<readonly SeenDrift[]> {
  const found: SeenDrift[] = [];
  const add = (name: string, state: SeenDrift['state'], reason: string) =>
    found.push({ kind: 'IMAGE', namespace: '', name, ownerId: owners.has(name) ? name : null, state, reason });
  for (const id of prefixes) {
    const owner = owners.get(id);
    if (owner === undefined) add(id, 'REPORTED', await describeUnknown(id));
    else if (owner.platform === platform && !owner.isBusy && isEnded(owner.state)) {
      add(id, 'PENDING', `The image "${owner.name}" is ${owner.state}, and files of it are still stored.`);
    }
  }
  const stored = new Set(prefixes);
  for (const { id, platform: of, name, state, isBusy, isFresh } of owners.values()) {
    if (of !== platform || state !== 'AVAILABLE' || isBusy || isFresh || stored.has(id)) continue;
    add(id, 'REPORTED', `The image "${name}" is AVAILABLE, but none of its files is stored: it cannot be restored.`);
  }
  return found;
}

/** How many manifests are read in one look: each is a request, and what was described stays so. */
const DESCRIBED_AT_ONCE = 20;

/** Says of prefixes without a record whether an image of this installation lies there; remembers what it said. */
export function createPrefixReader(store: Pick<ImageStore, 'readManifest'>) {
  const known = new Map<string, string>();

  async function read(id: string): Promise<string> {
    try {
      const { imageName } = await store.readManifest(id);
      return (
        `An image of this installation ("${imageName}") without a record: the records may be of another or an older ` +
        'database. It is never removed; restoring needs this prefix and the key alone.'
      );
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'UNAVAILABLE') throw error;
      return 'No record knows these files, and they are no image of this installation: they are never touched.';
    }
  }

  return {
    /** Begins a look: forgets prefixes that are gone. */
    describeAmong(prefixes: readonly string[]): (id: string) => Promise<string> {
      const present = new Set(prefixes);
      for (const id of known.keys()) if (!present.has(id)) known.delete(id);
      let left = DESCRIBED_AT_ONCE;
      return async (id) => {
        const said = known.get(id);
        if (said !== undefined) return said;
        if (left <= 0) return 'No record knows these files; what they are is looked at soon. They are never touched.';
        left -= 1;
        const text = await read(id);
        known.set(id, text);
        return text;
      };
    },
  };
}
