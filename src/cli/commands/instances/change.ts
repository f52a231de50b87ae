import type { Command } from 'commander';
import { collect, given, parseLabel, parseParameter, parseWhole, parseYesNo } from '../../options.ts';
import { tellOutcome, type WatchOption } from '../../outcome.ts';
import { type Actions, requireInstance } from '../../session.ts';
import { addHostingOptions, type HostingOptions, readHostingOptions } from './hosting.ts';

interface UpdateOptions extends WatchOption, HostingOptions {
  readonly resources?: boolean;
  readonly nodeLabels?: boolean;
  readonly tolerations?: boolean;
  readonly addLabel?: readonly string[];
  readonly removeLabel?: readonly string[];
  readonly deletionProtection?: string;
  readonly connectionSecret?: string;
  readonly storageGib?: string;
  readonly parameter?: readonly string[];
  readonly parameters?: boolean;
  readonly idempotencyKey?: string;
}

/** `toygres instance update` */
export function addChangeCommands(instance: Command, action: Actions): void {
  addHostingOptions(
    instance.command('update <instance>').description('change labels, protection, parameters, hosting or size'),
  )
    .option('--no-resources', 'from now on what the installation gives')
    .option('--no-node-labels', 'from now on no labels of its own')
    .option('--no-tolerations', 'from now on none of its own')
    .option('--no-priority-class', "from now on the installation's")
    .option('--add-label <key=value>', 'may be given several times', collect)
    .option('--remove-label <key>', 'may be given several times', collect)
    .option('--deletion-protection <yes|no>')
    .option('--connection-secret <yes|no>', 'on Kubernetes: a Secret that tells programs how to connect as the owner')
    .option('--storage-gib <gib>', 'larger than it is')
    .option(
      '--parameter <name=value>',
      'all its parameters of PostgreSQL from now on; may be given several times',
      collect,
    )
    .option('--no-parameters', 'from now on it has none')
    .option('--idempotency-key <key>', 'makes sending it again safe')
    .option('--watch', 'show it until it is over')
    .action(
      action(async (session, name: string, options: UpdateOptions) => {
        const change = given({
          addLabels: options.addLabel?.map(parseLabel),
          removeLabels: options.removeLabel && [...options.removeLabel],
          deletionProtection: parseYesNo('--deletion-protection', options.deletionProtection),
          connectionSecret: parseYesNo('--connection-secret', options.connectionSecret),
          storageGib: parseWhole('--storage-gib', options.storageGib),
          parameters: options.parameters === false ? [] : options.parameter?.map(parseParameter),
          ...readHostingOptions(options),
          ...(options.resources === false ? { resources: null } : {}),
          ...(options.nodeLabels === false ? { nodeSelector: null } : {}),
          ...(options.tolerations === false ? { tolerations: null } : {}),
          idempotencyKey: options.idempotencyKey,
        });
        const { id } = await requireInstance(session, name);
        const payload = await session.toygres.updateInstance({ instanceId: id, ...change });
        await tellOutcome(session, payload, payload.instance, (one) => requireInstance(session, one), options);
      }),
    );
}
