import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { Accepted, Caller } from '../../../resolvers/ports/commands.ts';
import type { ImageMethod } from '../../../schema/states.ts';
import { markScheduled } from '../../stores/images/writes.ts';
import type { Admission } from '../commands/gate.ts';
import type { CommandDependencies } from '../commands/ports.ts';
import { writeImageDeletion } from '../images/change-image.ts';
import { chooseImageWorkflows, writeNewImage } from '../images/create-image.ts';
import { writeVerification } from '../images/verify-image.ts';

interface ActingSchedule {
  readonly id: string;
  readonly name: string;
}

interface Begun {
  readonly imageId: string;
  readonly operationId: string;
}

/** What is done in the transaction of a command: before anything else, and when all of it is written. */
interface Within {
  claim(tx: Transaction): Promise<boolean>;
  record(tx: Transaction, begun: Begun): Promise<void>;
}

const NOTHING: Accepted = { instanceId: null, imageId: null, operationId: null, notices: [] };

/** A schedule may do what an operator may; what it works on was looked up by its selector. */
function callerOf({ id, name }: ActingSchedule): Caller {
  return { kind: 'SCHEDULE', id, name, role: 'OPERATOR' };
}

async function runWithin(admission: Admission, within: Within, write: () => Promise<Accepted>): Promise<Accepted> {
  if (!(await within.claim(admission.tx))) return NOTHING;
  const accepted = await write();
  const { imageId, operationId } = accepted;
  if (imageId === null || operationId === null) throw new Error('a command of a schedule began nothing');
  await within.record(admission.tx, { imageId, operationId });
  return accepted;
}

/** What schedules have done, through the same gate and by the same commands as callers. */
export function createScheduledWork(dependencies: CommandDependencies) {
  const { gate } = dependencies;
  return {
    async takeImage(
      actor: ActingSchedule,
      order: { readonly instanceId: string; readonly name: string; readonly method: ImageMethod },
      within: Within,
    ): Promise<void> {
      await gate.run({
        mutation: 'createImage',
        caller: callerOf(actor),
        input: {},
        target: null,
        made: ({ imageId }: Accepted) => imageId,
        prepare: async () => chooseImageWorkflows(order, dependencies),
        write: (admission, workflows): Promise<Accepted> =>
          runWithin(admission, within, async () => {
            const accepted = await writeNewImage(dependencies, admission, order, workflows);
            if (accepted.imageId !== null) await markScheduled(admission.tx, accepted.imageId, actor.id);
            return accepted;
          }),
      });
    },

    async proveImage(actor: ActingSchedule, imageId: string, within: Within): Promise<void> {
      await gate.run({
        mutation: 'verifyImage',
        caller: callerOf(actor),
        input: {},
        target: imageId,
        write: (admission) => runWithin(admission, within, () => writeVerification(dependencies, admission, imageId)),
      });
    },

    async removeImage(imageId: string, within: Within): Promise<void> {
      // Not in the name of a schedule, which may be gone: the rules are carried out by the server.
      const caller: Caller = { kind: 'SYSTEM', id: null, name: 'retention', role: 'OPERATOR' };
      await gate.run({
        mutation: 'deleteImage',
        caller,
        input: {},
        target: imageId,
        write: (admission) => runWithin(admission, within, () => writeImageDeletion(dependencies, admission, imageId)),
      });
    },
  };
}
