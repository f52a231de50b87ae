import type { PostgresOffer } from '../../../jobs/ports/platform/servers.ts';
import { runPreflight } from '../../../jobs/run-preflight.ts';
import type { Accepted, RunPreflight, ServerCommands } from '../../../resolvers/ports/commands.ts';
import { readNewestVersion } from '../../stores/upkeep/preflights.ts';
import type { Admission } from '../commands/gate.ts';
import type { CommandDependencies } from '../commands/ports.ts';
import { chooseNamespace } from '../instances/choose-namespace.ts';
import { chooseVersion } from '../instances/choose-offer.ts';
import { lookAtSources, type SourcesDependencies } from './sources.ts';

/** Any number of preflights may run beside each other and beside everything else: they work on nothing of others. */
async function writePreflight(
  { queue, platform }: CommandDependencies,
  { tx, caller }: Admission,
  input: RunPreflight,
  { offers, notices }: { readonly offers: readonly PostgresOffer[]; readonly notices: readonly string[] },
): Promise<Accepted> {
  const namespace = chooseNamespace(input.namespace, platform);
  const imageType = input.imageType ?? 'STOCK';
  const asked = input.postgresVersion ?? null;
  const used = asked === null ? await readNewestVersion(tx, platform.id, namespace, imageType) : null;
  const field = asked === null ? 'imageType' : 'postgresVersion';
  const postgresVersion = used ?? chooseVersion(offers, { imageType, postgresVersion: asked }, field);
  const operationId = await queue.enqueue(
    tx,
    runPreflight,
    { namespace, postgresVersion, imageType },
    {
      kind: 'PREFLIGHT',
      actor: caller,
      instanceId: null,
      imageId: null,
      excludesOnInstance: false,
      excludesOnImage: false,
    },
  );
  return { instanceId: null, imageId: null, operationId, notices };
}

/**
 * The commands on the server itself; the same promises as the commands on instances. A preflight tells at once what stands in
 * the way of images of running instances; its operation tries what all jobs depend on.
 */
export function createServerCommands(
  dependencies: CommandDependencies,
  sources: Omit<SourcesDependencies, 'platform'>,
): ServerCommands {
  const { gate, platform } = dependencies;
  return {
    preflight: (caller, input) =>
      gate.run({
        mutation: 'runPreflight',
        caller,
        input,
        target: null,
        made: ({ operationId }) => operationId,
        prepare: async () => {
          const [offers, { disorders }] = await Promise.all([
            platform.readOffers(),
            lookAtSources({ ...sources, platform }),
          ]);
          return { offers, notices: disorders };
        },
        write: (admission, prepared) => writePreflight(dependencies, admission, input, prepared),
      }),
  };
}
