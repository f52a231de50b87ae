import type { InstanceInput } from '../../../jobs/inputs.ts';
import { restartInstance } from '../../../jobs/restart-instance.ts';
import { rotateCredentials } from '../../../jobs/rotate-credentials.ts';
import { rotateOwnerCredentials } from '../../../jobs/rotate-owner-credentials.ts';
import { startInstance } from '../../../jobs/start-instance.ts';
import { stopInstance } from '../../../jobs/stop-instance.ts';
import type {
  Accepted,
  Caller,
  InstanceCommands,
  OnInstance,
  RotateCredentials,
} from '../../../resolvers/ports/commands.ts';
import { AppError } from '../../../schema/errors.ts';
import { generatePassword } from '../../secrets/generate-password.ts';
import { type LockedInstance, noteNextPassword } from '../../stores/instances/writes.ts';
import type { Admission } from '../commands/gate.ts';
import type { CommandDependencies } from '../commands/ports.ts';
import { requireState } from '../commands/require-state.ts';
import {
  type InstanceOperation,
  writeDeletionAfterImage,
  writeInstanceChange,
  writeInstanceDeletion,
  writeInstanceOperation,
} from './change-instance.ts';
import { noOwner } from './connection-secret.ts';
import { writeNewInstance } from './create-instance.ts';
import { askedHosting } from './hosting.ts';

/** A server that was to run and does not can be RUNNING by its record, with the failure beside it: starting helps. */
async function requireStartable(instance: LockedInstance, { tx }: Admission): Promise<void> {
  if (instance.state === 'RUNNING' && instance.failure !== null) return;
  if (instance.state === 'RUNNING') throw nothingToDo(instance);
  await requireState(tx, instance, 'STOPPED', 'started');
}

/** One whose start has failed is STOPPED by its record, and a cluster goes on with it by itself until it is told not to. */
function isStillTried(instance: LockedInstance): boolean {
  return instance.state === 'STOPPED' && instance.failure !== null;
}

async function requireStoppable(instance: LockedInstance, { tx }: Admission): Promise<void> {
  if (isStillTried(instance)) return;
  if (instance.state === 'STOPPED') throw nothingToDo(instance);
  await requireState(tx, instance, 'RUNNING', 'stopped');
}

async function requireRestartable(instance: LockedInstance, { tx }: Admission): Promise<void> {
  if (!isStillTried(instance)) await requireState(tx, instance, 'RUNNING', 'restarted');
}

function nothingToDo({ name, state }: LockedInstance): AppError {
  return new AppError('CONFLICT', `The instance "${name}" is ${state} already: there is nothing to do.`);
}

type Verb = Omit<InstanceOperation<InstanceInput>, 'input'>;

const STOP: Verb = {
  kind: 'STOP_INSTANCE',
  workflow: stopInstance,
  require: requireStoppable,
};
const START: Verb = { kind: 'START_INSTANCE', workflow: startInstance, require: requireStartable };
const RESTART: Verb = {
  kind: 'RESTART_INSTANCE',
  workflow: restartInstance,
  require: requireRestartable,
};

const ROTATE: Verb = {
  kind: 'ROTATE_CREDENTIALS',
  workflow: rotateCredentials,
  require: (instance, { tx }) => requireState(tx, instance, 'RUNNING', 'given another password'),
};

const ROTATE_OWNER: Verb = { ...ROTATE, workflow: rotateOwnerCredentials };

/** The login whose password is replaced, which the server must have. */
function chooseRotation({ login }: RotateCredentials): Verb {
  if (login !== 'OWNER') return ROTATE;
  return {
    ...ROTATE_OWNER,
    require: async (instance, admission) => {
      await ROTATE.require(instance, admission);
      if (instance.encryptedOwnerPassword === null) throw noOwner('login');
    },
  };
}

/** The commands on instances: each one transaction for record, operation, steps, queue job and idempotency key. */
export function createInstanceCommands(dependencies: CommandDependencies): InstanceCommands {
  const { gate, platform } = dependencies;

  function operate(mutation: string, verb: Verb) {
    return (caller: Caller, input: OnInstance): Promise<Accepted> =>
      gate.run({
        mutation,
        caller,
        input,
        target: input.instanceId,
        write: async (admission) => {
          const { instance: _, ...accepted } = await writeInstanceOperation(dependencies, admission, input.instanceId, {
            ...verb,
            input: ({ id }) => ({ instanceId: id }),
          });
          return accepted;
        },
      });
  }

  return {
    create: (caller, input) =>
      gate.run({
        mutation: 'createInstance',
        caller,
        input,
        target: null,
        made: ({ instanceId }) => instanceId,
        prepare: async () => ({ offers: await platform.readOffers(), asked: await askedHosting(platform, input) }),
        write: (admission, found) => writeNewInstance(dependencies, admission, input, found),
      }),
    update: (caller, input) =>
      gate.run({
        mutation: 'updateInstance',
        caller,
        input,
        target: input.instanceId,
        write: (admission) => writeInstanceChange(dependencies, admission, input),
      }),
    delete: (caller, input) =>
      gate.run({
        mutation: 'deleteInstance',
        caller,
        input,
        target: input.instanceId,
        write: (admission) =>
          input.finalImage == null
            ? writeInstanceDeletion(dependencies, admission, input.instanceId)
            : writeDeletionAfterImage(dependencies, admission, input.instanceId, input.finalImage),
      }),
    stop: operate('stopInstance', STOP),
    start: operate('startInstance', START),
    restart: operate('restartInstance', RESTART),
    rotateCredentials: (caller, input) =>
      gate.run({
        mutation: 'rotateCredentials',
        caller,
        input,
        target: input.instanceId,
        write: async (admission) => {
          const { instance, ...accepted } = await writeInstanceOperation(dependencies, admission, input.instanceId, {
            ...chooseRotation(input),
            input: ({ id }) => ({ instanceId: id }),
          });
          const next = dependencies.secrets.encrypt(input.password ?? generatePassword(), instance.id);
          await noteNextPassword(admission.tx, instance.id, next);
          return accepted;
        },
      }),
  };
}
