import { randomBytes, randomUUID } from 'node:crypto';
import { createDurableInstance } from '../../../jobs/create-durable-instance.ts';
import { createInstance } from '../../../jobs/create-instance.ts';
import type { PostgresOffer } from '../../../jobs/ports/platform/servers.ts';
import type { Accepted, CreateInstance } from '../../../resolvers/ports/commands.ts';
import { generatePassword } from '../../secrets/generate-password.ts';
import { ownerContext } from '../../secrets/owner-context.ts';
import { insertInstance, type NewInstance } from '../../stores/instances/writes.ts';
import { requireFree } from '../../stores/operations/exclusivity.ts';
import { labelWithScope } from '../access/granted-scope.ts';
import type { Admission } from '../commands/gate.ts';
import type { CommandDependencies, CommandPlatform } from '../commands/ports.ts';
import { chooseNamespace } from './choose-namespace.ts';
import { chooseVersion } from './choose-offer.ts';
import { canTell, describeUntold } from './connection-secret.ts';
import { type ChosenHosting, inheritHosting } from './hosting.ts';
import { type RestoreSource, readRestoreSource } from './restore-source.ts';
import { noticesOfRoom } from './room.ts';

const DEFAULT_STORAGE_GIB = 10;

/** How each type of instance is made empty. */
const WORKFLOWS = { STOCK: createInstance, PG_DURABLE: createDurableInstance } as const;

/** Why a DNS label has no effect here; null where it has one. */
function labelHindrance({ kind, givesPublicNames }: CommandPlatform, { exposure }: Pick<NewInstance, 'exposure'>) {
  if (kind === 'local') return 'the local platform gives no names';
  if (exposure === 'INTERNAL') return 'only a PUBLIC server is reached by one';
  if (givesPublicNames) return null;
  return 'TOYGRES_DNS_SUFFIX does not say what stands behind it, so that the server is told by its address';
}

/** What this platform makes of an instance otherwise than its caller may think. */
function platformNotices(
  platform: CommandPlatform,
  instance: Pick<NewInstance, 'imageType' | 'exposure' | 'dnsLabel'>,
): string[] {
  const notices: string[] = [];
  const hindrance = instance.dnsLabel === null ? null : labelHindrance(platform, instance);
  if (hindrance !== null) {
    notices.push(`The DNS label "${instance.dnsLabel}" is reserved and has no effect: ${hindrance}.`);
  }
  if (platform.kind !== 'local') return notices;
  if (instance.imageType === 'PG_DURABLE') {
    notices.push(
      'Every program on this machine can log in to this server without a password: the worker of pg_durable connects ' +
        'over loopback, so the local platform trusts loopback for instances of type PG_DURABLE.',
    );
  }
  if (instance.exposure === 'PUBLIC') {
    notices.push('The local platform has no public addresses: this server is reachable from this machine only.');
  }
  return notices;
}

/** Type, version, size and passwords as the caller asked for them, or by default. */
function plainChoice(input: CreateInstance, offers: readonly PostgresOffer[]) {
  const imageType = input.imageType ?? 'STOCK';
  const wanted = { imageType, postgresVersion: input.postgresVersion ?? null };
  const field = wanted.postgresVersion === null ? 'imageType' : 'postgresVersion';
  return {
    imageType,
    postgresVersion: chooseVersion(offers, wanted, field),
    storageGib: input.storageGib ?? DEFAULT_STORAGE_GIB,
    password: input.password ?? generatePassword(),
    ownerPassword: generatePassword(),
    durableFunctions: null,
    allowExtensionUpgrade: false,
    acceptLoss: null,
    backgroundWork: null,
    databases: null,
    notices: [],
  };
}

function restoredChoice(source: RestoreSource, asked: string | null, offers: readonly PostgresOffer[]): RestoreSource {
  chooseVersion(offers, source, asked === null ? 'sourceImageId' : 'postgresVersion');
  return source;
}

/** Writes a new instance, empty or restored from an image, with the operation that makes it. */
export async function writeNewInstance(
  { platform, queue, secrets }: CommandDependencies,
  admission: Admission,
  input: CreateInstance,
  { offers, asked }: { readonly offers: readonly PostgresOffer[]; readonly asked: ChosenHosting },
): Promise<Accepted> {
  const { tx, caller } = admission;
  const { sourceImageId } = input;
  const namespace = chooseNamespace(input.namespace, platform);
  const source =
    sourceImageId == null ? null : await readRestoreSource(admission, secrets, { ...input, sourceImageId });
  const choice =
    source === null ? plainChoice(input, offers) : restoredChoice(source, input.postgresVersion ?? null, offers);
  const hosted = await inheritHosting(platform, asked, source?.hosting ?? null);
  const id = randomUUID();
  const imageId = source?.imageId ?? null;
  const instance: NewInstance = {
    id,
    name: input.name,
    resourceName: `${input.name}-${randomBytes(4).toString('hex')}`,
    namespace,
    platform: platform.id,
    imageType: choice.imageType,
    postgresVersion: choice.postgresVersion,
    storageGib: choice.storageGib,
    exposure: input.exposure ?? 'INTERNAL',
    dnsLabel: input.dnsLabel ?? null,
    deletionProtection: input.deletionProtection ?? false,
    labels: labelWithScope(caller, { ...input.labels }),
    encryptedPassword: secrets.encrypt(choice.password, id),
    encryptedOwnerPassword:
      choice.ownerPassword === null ? null : secrets.encrypt(choice.ownerPassword, ownerContext(id)),
    sourceImageId: imageId,
    durableFunctions: choice.durableFunctions,
    allowExtensionUpgrade: choice.allowExtensionUpgrade,
    acceptLoss: choice.acceptLoss,
    backgroundWork: choice.backgroundWork,
    databases: choice.databases,
    parameters: { ...input.parameters },
    hosting: hosted.hosting,
    storageClass: hosted.storageClass,
    connectionSecret: input.connectionSecret && canTell(platform, choice) ? 'KEPT' : null,
  };
  await insertInstance(tx, instance);
  const claim = { instanceId: id, imageId, excludesOnInstance: true, excludesOnImage: false };
  await requireFree(tx, claim);
  const workflow = (source?.restore ?? WORKFLOWS)[instance.imageType];
  const order = { ...claim, kind: 'CREATE_INSTANCE', actor: caller } as const;
  const operationId = await queue.enqueue(tx, workflow, { instanceId: id }, order);
  return {
    instanceId: id,
    imageId: null,
    operationId,
    notices: [
      ...choice.notices,
      ...hosted.notices,
      ...(input.connectionSecret && !canTell(platform, choice) ? [describeUntold(platform)] : []),
      ...platformNotices(platform, instance),
      ...(await noticesOfRoom(platform, instance.storageGib)),
    ],
  };
}
