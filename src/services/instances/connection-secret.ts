import { AppError, invalidInput } from '../../../schema/errors.ts';
import type { LockedInstance } from '../../stores/instances/writes.ts';
import type { CommandPlatform } from '../commands/ports.ts';

/** Whether programs can be told how to connect: the platform has a place for it, and the server a login for them. */
export function canTell(
  { tellsConnections }: CommandPlatform,
  { ownerPassword }: { readonly ownerPassword: string | null },
): boolean {
  return tellsConnections && ownerPassword !== null;
}

/** Of a server that has no such login. */
export function noOwner(field: string): AppError {
  return new AppError(
    'CONFLICT',
    'This server has no login OWNER: it, or the server of its image, was made before there were such logins, or it was ' +
      'restored without the database app. Leave this out, and use the login SUPERUSER.',
    { details: { field, rule: 'hasLogin' } },
  );
}

/** Why they are not, for an instance that is made all the same. */
export function describeUntold({ tellsConnections }: CommandPlatform): string {
  return tellsConnections
    ? 'connectionSecret has no effect: the server of this image was made before there was a login OWNER.'
    : 'connectionSecret has no effect: the local platform has no Secrets.';
}

/** What becomes of the Secret of an instance; undefined: it stays. Throws where there cannot be one. */
export function chooseConnectionSecret(
  { tellsConnections }: CommandPlatform,
  { connectionSecret, encryptedOwnerPassword }: LockedInstance,
  wanted: boolean | null | undefined,
): 'KEPT' | 'GOING' | undefined {
  if (wanted == null) return undefined;
  if (!wanted) return connectionSecret === null ? undefined : 'GOING';
  if (!tellsConnections) {
    throw invalidInput('connectionSecret', 'offered', 'The local platform has no Secrets: leave connectionSecret out.');
  }
  if (encryptedOwnerPassword === null) {
    throw noOwner('connectionSecret');
  }
  return 'KEPT';
}
