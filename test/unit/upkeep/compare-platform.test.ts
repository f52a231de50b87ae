import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { PlatformObject } from '../../../jobs/ports/platform/platform.ts';
import type { InstanceState } from '../../../schema/states.ts';
import type { ServerOwner } from '../../../src/stores/upkeep/owners.ts';
import { comparePlatform } from '../../../src/upkeep/drift/compare-platform.ts';

const PLATFORM = 'kubernetes:test/one';
const NAMESPACE = 'one';
const RESOURCE = 'shop-0a1b2c3d';
const id = randomUUID();

const part = (kind: PlatformObject['kind'], suffix: string, change: Partial<PlatformObject> = {}): PlatformObject => ({
  kind,
  namespace: NAMESPACE,
  name: `${RESOURCE}${suffix}`,
  ownerId: id,
  ...change,
});
const REST = [part('server', ''), part('volume', '-pvc'), part('configuration', '-config')];

function compare(objects: readonly PlatformObject[], state: InstanceState | null) {
  const owner: ServerOwner = {
    id,
    noun: 'instance',
    name: 'shop',
    namespace: NAMESPACE,
    resourceName: RESOURCE,
    platform: PLATFORM,
    state: state ?? 'RUNNING',
    isBusy: false,
    isFresh: false,
  };
  const servers = new Map(state === null ? [] : [[id, owner]]);
  return comparePlatform(PLATFORM, objects, { servers, jobs: new Map() }).map(
    ({ kind, name, state: drift, reason }) => `${kind} ${name} ${drift}: ${reason}`,
  );
}

describe('a server of a cluster', () => {
  test('differs in nothing while all of it is there', () => {
    expect(compare([...REST, part('secret', '-secret')], 'RUNNING')).toEqual([]);
  });

  test('lacks its secret where only what goes with that is left', () => {
    expect(compare([...REST, part('secret', '-secret', { isRemnant: true })], 'RUNNING')).toEqual([
      `SECRET ${RESOURCE}-secret REPORTED: The secret of the instance "shop" is gone. Its next start makes it again.`,
    ]);
  });

  test('whose volume was deleted under it says so, whatever else is there', () => {
    const going = REST.map((object) => (object.kind === 'volume' ? { ...object, isGoing: true } : object));
    expect(compare([...going, part('secret', '-secret')], 'RUNNING')).toEqual([
      expect.stringMatching(`VOLUME ${RESOURCE}-pvc REPORTED: .*"shop" was deleted from outside.*take an image now`),
    ]);
    expect(compare([...going, part('secret', '-secret')], 'DELETED').join()).not.toContain('take an image');
  });

  test('leaves nothing that goes with a secret when it is gone', () => {
    const remnant = part('secret', '-secret', { isRemnant: true });
    for (const state of ['DELETED', null] as const) {
      expect(compare([remnant], state)).toEqual([expect.stringContaining(`SECRET ${RESOURCE}-secret PENDING`)]);
    }
  });
});
