import { notFound } from '../../../resolvers/ids.ts';
import { AppError } from '../../../schema/errors.ts';
import { isUuid } from '../../../schema/rules/id-rules.ts';
import { type LockedImage, lockImage } from '../../stores/images/writes.ts';
import { type LockedInstance, lockInstance } from '../../stores/instances/writes.ts';
import { findOperation, type LockedOperation } from '../../stores/operations/transitions.ts';
import type { Admission } from './gate.ts';
import type { CommandTarget } from './watch.ts';

/** The instance, locked. NOT_FOUND for an unknown id, for what is no id, and for what the caller may not see. */
export async function requireInstance({ tx, caller, watch }: Admission, id: string): Promise<LockedInstance> {
  const row = isUuid(id) ? await lockInstance(tx, id) : null;
  if (row === null) throw notFound('instance', 'instanceId');
  await watch?.requireInScope(tx, caller, { noun: 'instance', id: row.id, field: 'instanceId' });
  return row;
}

/** The image, locked; the same. `field` is where the id came from. */
export async function requireImage(
  { tx, caller, watch }: Admission,
  id: string,
  field = 'imageId',
): Promise<LockedImage> {
  const row = isUuid(id) ? await lockImage(tx, id) : null;
  if (row === null) throw notFound('image', field);
  await watch?.requireInScope(tx, caller, { noun: 'image', id: row.id, field });
  return row;
}

/** The operation, locked; the same. */
export async function requireOperation({ tx, caller, watch }: Admission, id: string): Promise<LockedOperation> {
  const row = isUuid(id) ? await findOperation(tx, id) : null;
  if (row === null) throw notFound('operation', 'operationId');
  await watch?.requireInScope(tx, caller, { noun: 'operation', id: row.id, field: 'operationId' });
  return row;
}

/** CONFLICT unless this server's platform holds it: another one's objects can neither be seen nor touched from here. */
export function requireOwnPlatform(
  { platformId }: Admission,
  noun: CommandTarget['noun'] | 'schedule',
  record: { readonly platform: string },
): void {
  if (record.platform === platformId) return;
  throw new AppError(
    'CONFLICT',
    `This ${noun} belongs to the platform ${record.platform}, and this server works on ${platformId}: ask a server of ` +
      'that platform.',
  );
}
