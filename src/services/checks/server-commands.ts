import type { PostgresOffer } from '../../../jobs/ports/platform.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { Accepted, Caller, RunPreflight, ServerCommands } from '../../../resolvers/ports/commands.ts';
import { readNewestVersion } from '../../stores/upkeep/preflights.ts';
import { createOncePerKey } from '../commands/once-per-key.ts';
import type { CommandDependencies } from '../commands/ports.ts';
import { chooseNamespace } from '../instances/choose-namespace.ts';
import { chooseVersion } from '../instances/choose-offer.ts';

/** Any number of preflights may run beside each other and beside everything else: they work on nothing of others. */
async function writePreflight(
  { queue, platform }: CommandDependencies,
  tx: Transaction,
  caller: Caller,
  input: RunPreflight,
  offers: readonly PostgresOffer[],
): Promise<Accepted> {
  const namespace = chooseNamespace(input.namespace, platform);
  const imageType = input.imageType ?? 'STOCK';
  const asked = input.postgresVersion ?? null;
  const used = asked === null ? await readNewestVersion(tx, platform.id, namespace, imageType) : null;
  const field = asked === null ? 'imageType' : 'postgresVersion';
  const postgresVersion = used ?? chooseVersion(offers, { imageType, postgresVersion: asked }, field);
  const operationId = await queue.enqueue(tx, {
    kind: 'PREFLIGHT',
    workflow: 'run-preflight',
    input: { namespace, postgresVersion, imageType },
    instanceId: null,
    imageId: null,
    excludesOnInstance: false,
    excludesOnImage: false,
    requestedBy: caller.name,
  });
  return { instanceId: null, imageId: null, operationId, notices: [] };
}

/** The commands on the server itself; the same promises as the commands on instances. */
export function createServerCommands(dependencies: CommandDependencies): ServerCommands {
  const { database, secrets, platform } = dependencies;
  const once = createOncePerKey(database, secrets);
  return {
    preflight: (caller, input) =>
      once('runPreflight', caller, input, {
        prepare: () => platform.readOffers(),
        write: (tx, offers) => writePreflight(dependencies, tx, caller, input, offers),
      }),
  };
}
