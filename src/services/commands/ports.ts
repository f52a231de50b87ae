import type { Platform } from '../../../jobs/ports/platform/platform.ts';
import type { OperationQueue } from '../../../jobs/workflow/operation-queue.ts';
import type { ImageMethod } from '../../../schema/states.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import type { CommandGate } from './gate.ts';

/** What commands ask of the platform that their operations will run on. */
export type CommandPlatform = Pick<
  Platform,
  | 'kind'
  | 'id'
  | 'namespaces'
  | 'readOffers'
  | 'readFreeBytes'
  | 'readNamespaces'
  | 'tellsConnections'
  | 'givesPublicNames'
  | 'hostsAsAsked'
  | 'checkHosting'
>;

/** What every command works with. */
export interface CommandDependencies {
  readonly gate: CommandGate;
  readonly queue: OperationQueue;
  readonly platform: CommandPlatform;
  readonly secrets: SecretBox;
  /** How images are taken where nobody says so; left out: LOGICAL. */
  readonly defaultMethod?: ImageMethod;
  /** Whether files of images are encrypted where nobody says so; left out: they are not. */
  readonly encryptImages?: boolean;
}
