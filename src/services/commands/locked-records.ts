import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { notFound } from '../../../resolvers/ids.ts';
import { AppError } from '../../../schema/errors.ts';
import { isUuid } from '../../../schema/rules/id-rules.ts';
import type { InstanceState } from '../../../schema/states.ts';
import { type LockedImage, lockImage } from '../../stores/images/writes.ts';
import { type LockedInstance, lockInstance } from '../../stores/instances/writes.ts';
import type { CommandPlatform } from './ports.ts';

/** The instance, locked. NOT_FOUND for an unknown id and for what is no id. */
export async function requireInstance(tx: Transaction, id: string): Promise<LockedInstance> {
  const row = isUuid(id) ? await lockInstance(tx, id) : null;
  if (row === null) throw notFound('instance', 'instanceId');
  return row;
}

/** The image, locked. NOT_FOUND for an unknown id and for what is no id; `field` is where the id came from. */
export async function requireImage(tx: Transaction, id: string, field = 'imageId'): Promise<LockedImage> {
  const row = isUuid(id) ? await lockImage(tx, id) : null;
  if (row === null) throw notFound('image', field);
  return row;
}

/** CONFLICT unless this server's platform holds it: another one's objects can neither be seen nor touched from here. */
export function requireOwnPlatform(noun: string, record: { readonly platform: string }, platform: CommandPlatform) {
  if (record.platform === platform.id) return;
  throw new AppError(
    'CONFLICT',
    `This ${noun} belongs to the platform ${record.platform}, and this server works on ${platform.id}: ask a server of ` +
      'that platform.',
  );
}

/** CONFLICT with the state unless it is the wanted one; `purpose` completes "to be ...". */
export function requireState(instance: LockedInstance, wanted: InstanceState, purpose: string): void {
  if (instance.state === wanted) return;
  throw new AppError(
    'CONFLICT',
    `The instance "${instance.name}" is ${instance.state}, and must be ${wanted} to be ${purpose}.`,
  );
}
