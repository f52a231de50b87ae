import { notFound } from '../../../resolvers/ids.ts';
import type { OperationCommands } from '../../../resolvers/ports/commands.ts';
import type { OperationQueries } from '../../../resolvers/ports/queries.ts';
import { isUuid } from '../../../schema/rules/id-rules.ts';
import { requireOwnPlatform } from '../commands/locked-records.ts';
import type { CommandPlatform } from '../commands/ports.ts';
import type { OperationQueue } from './operation-queue.ts';

/** What the commands on operations work with. */
export interface OperationCommandDependencies {
  readonly operations: Pick<OperationQueries, 'byIds'>;
  readonly queue: OperationQueue;
  readonly platform: CommandPlatform;
}

/** The commands on operations; the queue decides in one transaction what becomes of them. */
export function createOperationCommands({
  operations,
  queue,
  platform,
}: OperationCommandDependencies): OperationCommands {
  async function requireOperation(operationId: string): Promise<string> {
    const [operation] = isUuid(operationId) ? await operations.byIds([operationId]) : [];
    if (operation == null) throw notFound('operation', 'operationId');
    requireOwnPlatform('operation', operation, platform);
    return operation.id;
  }
  return {
    cancel: async (_, operationId) => queue.cancel(await requireOperation(operationId)),
    retry: async (_, operationId) => queue.retry(await requireOperation(operationId)),
  };
}
