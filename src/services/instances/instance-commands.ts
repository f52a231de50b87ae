import type { Accepted, Caller, InstanceCommands, OnInstance } from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import type { LockedInstance } from '../../stores/instances/writes.ts';
import { requireState } from '../commands/locked-records.ts';
import { createOncePerKey } from '../commands/once-per-key.ts';
import type { CommandDependencies } from '../commands/ports.ts';
import {
  type InstanceOperation,
  writeInstanceChange,
  writeInstanceDeletion,
  writeInstanceOperation,
} from './change-instance.ts';
import { writeNewInstance } from './create-instance.ts';

/** A server that was to run and does not can be RUNNING by its record, with the failure beside it: starting helps. */
function requireStartable(instance: LockedInstance): void {
  if (instance.state === 'RUNNING' && instance.failure !== null) return;
  if (instance.state === 'RUNNING') {
    throw new AppError('CONFLICT', `The instance "${instance.name}" is RUNNING already: there is nothing to do.`);
  }
  requireState(instance, 'STOPPED', 'started');
}

const STOP: InstanceOperation = {
  kind: 'STOP_INSTANCE',
  workflow: 'stop-instance',
  require: (instance) => requireState(instance, 'RUNNING', 'stopped'),
};
const START: InstanceOperation = { kind: 'START_INSTANCE', workflow: 'start-instance', require: requireStartable };
const RESTART: InstanceOperation = {
  kind: 'RESTART_INSTANCE',
  workflow: 'restart-instance',
  require: (instance) => requireState(instance, 'RUNNING', 'restarted'),
};

const nothing = async () => undefined;

/** The commands on instances: each one transaction for record, operation, steps, queue job and idempotency key. */
export function createInstanceCommands(dependencies: CommandDependencies): InstanceCommands {
  const { database, secrets, platform } = dependencies;
  const once = createOncePerKey(database, secrets);

  function operate(mutation: string, operation: InstanceOperation) {
    return (caller: Caller, input: OnInstance): Promise<Accepted> =>
      once(mutation, caller, input, {
        prepare: nothing,
        write: async (tx) => {
          const { instance: _, ...accepted } = await writeInstanceOperation(
            dependencies,
            tx,
            caller,
            input.instanceId,
            operation,
          );
          return accepted;
        },
      });
  }

  return {
    create: (caller, input) =>
      once('createInstance', caller, input, {
        prepare: () => platform.readOffers(),
        write: (tx, offers) => writeNewInstance(dependencies, tx, caller, input, offers),
      }),
    update: (caller, input) =>
      once('updateInstance', caller, input, {
        prepare: nothing,
        write: (tx) => writeInstanceChange(dependencies, tx, caller, input),
      }),
    delete: (caller, input) =>
      once('deleteInstance', caller, input, {
        prepare: nothing,
        write: (tx) => writeInstanceDeletion(dependencies, tx, caller, input.instanceId),
      }),
    stop: operate('stopInstance', STOP),
    start: operate('startInstance', START),
    restart: operate('restartInstance', RESTART),
  };
}
