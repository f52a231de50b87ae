import type { OperationCommands } from '../../../resolvers/ports/commands.ts';
import type { Admission } from '../commands/gate.ts';
import { requireOperation, requireOwnPlatform } from '../commands/locked-records.ts';
import type { CommandDependencies } from '../commands/ports.ts';

/** The id of an operation that may be worked on from here. */
async function requireOwnOperation(admission: Admission, operationId: string): Promise<string> {
  const operation = await requireOperation(admission, operationId);
  requireOwnPlatform(admission, 'operation', operation);
  return operation.id;
}

/** The commands on operations; the queue decides in the command's transaction what becomes of them. */
export function createOperationCommands({
  gate,
  queue,
}: Pick<CommandDependencies, 'gate' | 'queue'>): OperationCommands {
  return {
    async cancel(caller, operationId) {
      await gate.run({
        mutation: 'cancelOperation',
        caller,
        input: {},
        target: operationId,
        write: async (admission) => {
          const id = await requireOwnOperation(admission, operationId);
          await queue.cancel(admission.tx, id, caller);
          return { operationId: id };
        },
      });
    },
    async retry(caller, operationId) {
      await gate.run({
        mutation: 'retryOperation',
        caller,
        input: {},
        target: operationId,
        write: async (admission) => {
          const id = await requireOwnOperation(admission, operationId);
          await queue.retry(admission.tx, id);
          return { operationId: id };
        },
      });
    },
  };
}
