import { AppError } from '../../../schema/errors.ts';
import type { InstanceState } from '../../../schema/states.ts';
import type { LockedImage } from '../../stores/images/writes.ts';
import type { LockedInstance } from '../../stores/instances/writes.ts';
import { findUnderWay } from '../../stores/operations/exclusivity.ts';
import type { Admission } from './gate.ts';

type Tx = Admission['tx'];

/**
 * CONFLICT with the state unless it is the wanted one; `purpose` completes "to be ...". An operation that is under way on
 * the instance is named, with its id for programs: the state is what it is until that is over.
 */
export async function requireState(
  tx: Tx,
  { id, name, state }: LockedInstance,
  wanted: InstanceState,
  purpose: string,
): Promise<void> {
  if (state === wanted) return;
  const remedy = state === 'STOPPED' ? 'start it' : 'choose another one';
  throw await refuseState(tx, `The instance "${name}" is ${state}, and must be ${wanted} to be ${purpose}`, remedy, {
    instanceId: id,
  });
}

/** The same of an image, which must be AVAILABLE and is answered with the password that comes with it. */
export async function requireAvailable(
  tx: Tx,
  image: LockedImage,
  purpose: string,
): Promise<LockedImage & { readonly encryptedPassword: string }> {
  const { id, name, state, encryptedPassword } = image;
  if (state === 'AVAILABLE' && encryptedPassword !== null) return { ...image, encryptedPassword };
  const said = `The image "${name}" is ${state}, and must be AVAILABLE to be ${purpose}`;
  throw await refuseState(tx, said, 'choose another one', { imageId: id });
}

async function refuseState(
  tx: Tx,
  said: string,
  remedy: string,
  on: Parameters<typeof findUnderWay>[1],
): Promise<AppError> {
  const found = await findUnderWay(tx, on);
  if (found === null) return new AppError('CONFLICT', `${said}: ${remedy}.`);
  return new AppError('CONFLICT', `${said}: wait until operation ${found.id} (${found.kind}) is over.`, {
    details: { operationId: found.id },
  });
}
