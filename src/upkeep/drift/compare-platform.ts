import type { PlatformObject } from '../../../jobs/ports/platform/platform.ts';
import type { ServerRef } from '../../../jobs/ports/platform/servers.ts';
import { isUuid } from '../../../schema/rules/id-rules.ts';
import { type DriftKind, isEnded, isTerminal } from '../../../schema/states.ts';
import { OUTDATED, type SeenDrift } from '../../stores/upkeep/drift.ts';
import type { JobOwner, ServerOwner } from '../../stores/upkeep/owners.ts';

const KINDS: Readonly<Record<PlatformObject['kind'], DriftKind>> = {
  server: 'SERVER',
  volume: 'VOLUME',
  secret: 'SECRET',
  configuration: 'CONFIGURATION',
  job: 'JOB',
};

/** What the platform's names of a server's parts end in. */
const SUFFIXES = { SERVER: '', VOLUME: '-pvc', SECRET: '-secret', CONFIGURATION: '-config' } as const;
export type PartKind = keyof typeof SUFFIXES;

/** What a server is started with, and made again with. */
const PARTS = [
  ['secret', 'SECRET'],
  ['configuration', 'CONFIGURATION'],
] as const;

/** The server that a part with this name belongs to; null for a name that no part of ours has. */
export function serverOfPart(kind: PartKind, { namespace, name }: Pick<PlatformObject, 'namespace' | 'name'>) {
  const suffix = SUFFIXES[kind];
  if (!name.endsWith(suffix)) return null;
  const ref: ServerRef = { namespace, resourceName: name.slice(0, name.length - suffix.length) };
  return ref;
}

/** The records that what the platform holds is held against. */
export interface Owners {
  readonly servers: ReadonlyMap<string, ServerOwner>;
  readonly jobs: ReadonlyMap<string, JobOwner>;
}

/** The ids that objects say they belong to, as records can have them. */
export function idsOfOwners(objects: readonly PlatformObject[]): readonly string[] {
  return [...new Set(objects.filter(hasOwner).map(({ ownerId }) => ownerId))];
}

/**
 * Where the platform holds something else than the records say. Only what a record disowns, and what holds no data and is
 * nobody's, is PENDING; all other differences are for people.
 */
export function comparePlatform(
  platform: string,
  objects: readonly PlatformObject[],
  owners: Owners,
): readonly SeenDrift[] {
  const withData = new Set(
    objects.filter(({ kind }) => kind === 'volume').map((object) => serverKey('VOLUME', object)),
  );
  const unowned = objects.flatMap((object) => {
    const kind = KINDS[object.kind];
    const judged =
      kind === 'JOB' ? judgeJob(platform, object, owners) : judgePart(platform, kind, object, owners, withData);
    return judged === null
      ? []
      : [{ kind, namespace: object.namespace, name: object.name, ownerId: object.ownerId, ...judged }];
  });
  return [...unowned, ...findMissing(platform, objects, owners)];
}

type Judgement = Pick<SeenDrift, 'state' | 'reason'>;

const pending = (reason: string): Judgement => ({ state: 'PENDING', reason });
const reported = (reason: string): Judgement => ({ state: 'REPORTED', reason });

const NOBODYS = 'It carries our mark, but not whose it is: look whether it is needed.';

function hasOwner(object: PlatformObject): object is PlatformObject & { readonly ownerId: string } {
  return object.ownerId !== null && isUuid(object.ownerId);
}

function serverKey(kind: DriftKind, object: Pick<PlatformObject, 'namespace' | 'name'>): string {
  const ref = kind === 'JOB' || kind === 'IMAGE' ? null : serverOfPart(kind, object);
  return `${object.namespace}/${ref?.resourceName ?? object.name}`;
}

function judgePart(
  platform: string,
  kind: DriftKind,
  object: PlatformObject,
  { servers }: Owners,
  withData: ReadonlySet<string>,
): Judgement | null {
  if (!hasOwner(object)) return reported(NOBODYS);
  const owner = servers.get(object.ownerId);
  if (owner === undefined) {
    if (!withData.has(serverKey(kind, object)))
      return pending('No record of its instance is here, and it holds no data.');
    return reported(
      'No record of its instance is here, and there is data: the records may be of another or an older database. It is ' +
        'never removed; if nobody needs it, remove it by hand.',
    );
  }
  if (owner.platform !== platform) return reported(`Its ${owner.noun} is recorded on the platform ${owner.platform}.`);
  if (serverKey(kind, object) !== `${owner.namespace}/${owner.resourceName}`) {
    return reported(
      `Its ${owner.noun} "${owner.name}" is recorded with another name on the platform, ${owner.resourceName}.`,
    );
  }
  if (owner.isBusy) return null;
  if (!isEnded(owner.state)) return judgeOwn(object, owner);
  return pending(
    owner.noun === 'drill'
      ? `The drill "${owner.name}" that it was made for is over.`
      : `Its instance "${owner.name}" is ${owner.state}.`,
  );
}

/** A part of a server that is to be there. */
function judgeOwn(object: PlatformObject, { name, state, isFresh }: ServerOwner): Judgement | null {
  const { isAsked, outdated, isGoing } = object;
  if (isGoing === true) {
    return reported(
      `The volume of the instance "${name}" was deleted from outside, and is there for as long as its server runs. Do not stop ` +
        'it: take an image now, restore it, and delete the instance.',
    );
  }
  if (state === 'STOPPED' && isAsked === true && !isFresh) {
    return reported(
      `The instance "${name}" is STOPPED by its record, but its server is asked to run. Where its start has failed, that ` +
        'goes on; else it is stopped soon, if the records know who asked. Start or stop it to have it as you want.',
    );
  }
  if (outdated === undefined || (state !== 'RUNNING' && state !== 'STOPPED')) return null;
  return reported(`${OUTDATED}${outdated}. The next start of the instance "${name}" brings the present ones.`);
}

function judgeJob(platform: string, object: PlatformObject, { jobs }: Owners): Judgement | null {
  if (!hasOwner(object)) return reported(NOBODYS);
  const owner = jobs.get(object.ownerId);
  if (owner === undefined) return pending('No record of the job is here; when it has ended it is removed.');
  if (owner.platform !== platform) return reported(`The job is recorded on the platform ${owner.platform}.`);
  if (!isTerminal(owner.operationState)) return null;
  return pending(`Its operation ${owner.operationId} is ${owner.operationState}.`);
}

/** What records say is there and is not. Records in motion, or changed since the platform was listed, tell nothing. */
function findMissing(platform: string, objects: readonly PlatformObject[], { servers }: Owners): readonly SeenDrift[] {
  const whole = objects.filter(({ isRemnant }) => isRemnant !== true);
  const there = new Set(whole.map((object) => `${object.kind} ${serverKey(KINDS[object.kind], object)}`));
  return [...servers.values()].flatMap((owner): SeenDrift[] => {
    const { id, namespace, resourceName, name, state } = owner;
    if (owner.platform !== platform || owner.isBusy || owner.isFresh) return [];
    if (state !== 'RUNNING' && state !== 'STOPPED') return [];
    const key = `${namespace}/${resourceName}`;
    const common = { namespace, ownerId: id, state: 'REPORTED' as const };
    if (!there.has(`volume ${key}`)) {
      const reason = `The instance "${name}" is ${state}, but its volume is gone: restore it from an image, or delete it.`;
      return [{ kind: 'VOLUME', name: `${resourceName}${SUFFIXES.VOLUME}`, reason, ...common }];
    }
    if (state === 'RUNNING' && !there.has(`server ${key}`)) {
      const reason = `The instance "${name}" is RUNNING, but nothing is there that would start its server again: restart it.`;
      return [{ kind: 'SERVER', name: resourceName, reason, ...common }];
    }
    return PARTS.filter(([part]) => !there.has(`${part} ${key}`)).map(([part, kind]) => ({
      kind,
      name: `${resourceName}${SUFFIXES[kind]}`,
      reason: `The ${part} of the instance "${name}" is gone. Its next start makes it again.`,
      ...common,
    }));
  });
}
