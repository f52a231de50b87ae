import { sendMutation } from '../../api/actions.ts';
import { commandLine } from '../../format/command-line.ts';
import {
  DeleteInstanceDocument,
  type InstanceRowFragment,
  RestartInstanceDocument,
  StartInstanceDocument,
  StopInstanceDocument,
  TakeImageDocument,
} from '../../generated/graphql.ts';
import type { Code } from '../../ui/as-code.tsx';
import { refuseVerb } from './allowed.ts';
import { defaultImageName } from './image-name.ts';

export type BulkRow = InstanceRowFragment;

/** What can be done to many instances: to which of them, how it is asked for, and the same as code. */
export interface Bulk {
  readonly id: string;
  readonly verb: string;
  readonly isFor: (row: BulkRow) => boolean;
  /** Resolves with the id of the operation that it began. */
  readonly send: (row: BulkRow) => Promise<string>;
  readonly code: (row: BulkRow) => Code;
  readonly isDanger?: boolean;
}

const stamp = () => crypto.randomUUID();

export const BULKS: readonly Bulk[] = [
  {
    id: 'image',
    verb: 'Take images',
    isFor: (row) => refuseVerb('image', row) === null,
    send: async ({ id, name }) =>
      (
        await sendMutation(TakeImageDocument, {
          input: { instanceId: id, name: defaultImageName(name), idempotencyKey: stamp() },
        })
      ).createImage.operation.id,
    code: ({ id, name }) => ({
      document: TakeImageDocument,
      variables: { input: { instanceId: id, name: defaultImageName(name) } },
      command: commandLine('image', 'create', defaultImageName(name), '--instance', name),
    }),
  },
  {
    id: 'start',
    verb: 'Start',
    isFor: (row) => refuseVerb('start', row) === null,
    send: async ({ id }) =>
      (await sendMutation(StartInstanceDocument, { input: { instanceId: id, idempotencyKey: stamp() } })).startInstance
        .operation.id,
    code: ({ id, name }) => ({
      document: StartInstanceDocument,
      variables: { input: { instanceId: id } },
      command: commandLine('instance', 'start', name),
    }),
  },
  {
    id: 'stop',
    verb: 'Stop',
    isFor: (row) => refuseVerb('stop', row) === null,
    send: async ({ id }) =>
      (await sendMutation(StopInstanceDocument, { input: { instanceId: id, idempotencyKey: stamp() } })).stopInstance
        .operation.id,
    code: ({ id, name }) => ({
      document: StopInstanceDocument,
      variables: { input: { instanceId: id } },
      command: commandLine('instance', 'stop', name),
    }),
  },
  {
    id: 'restart',
    verb: 'Restart',
    isFor: (row) => refuseVerb('restart', row) === null,
    send: async ({ id }) =>
      (await sendMutation(RestartInstanceDocument, { input: { instanceId: id, idempotencyKey: stamp() } }))
        .restartInstance.operation.id,
    code: ({ id, name }) => ({
      document: RestartInstanceDocument,
      variables: { input: { instanceId: id } },
      command: commandLine('instance', 'restart', name),
    }),
  },
  {
    id: 'delete',
    verb: 'Delete',
    isDanger: true,
    isFor: (row) => refuseVerb('delete', row) === null && (row.state !== 'DELETING' || row.failure != null),
    send: async ({ id }) =>
      (await sendMutation(DeleteInstanceDocument, { input: { instanceId: id, idempotencyKey: stamp() } }))
        .deleteInstance.operation.id,
    code: ({ id, name }) => ({
      document: DeleteInstanceDocument,
      variables: { input: { instanceId: id } },
      command: commandLine('instance', 'delete', name),
    }),
  },
];
