import type { Command } from 'commander';
import { UsageError } from '../../exit-codes.ts';
import { type ForAllOptions, runForAll } from '../../for-all.ts';
import { collect, given, parseLabel } from '../../options.ts';
import { tellOutcome } from '../../outcome.ts';
import { type Actions, requireInstance } from '../../session.ts';
import { listInstances } from './list.ts';

const VERBS = {
  delete: { mutate: 'deleteInstance', does: 'delete it with its data' },
  start: { mutate: 'startInstance', does: 'start its server' },
  stop: { mutate: 'stopInstance', does: 'stop its server; the data stays' },
  restart: { mutate: 'restartInstance', does: 'restart its server' },
} as const;

interface PowerOptions extends ForAllOptions {
  readonly all?: boolean;
  readonly finalImage?: string;
  readonly idempotencyKey?: string;
}

/** `toygres instance delete`, `start`, `stop`, `restart`: of one, or of all with some labels. */
export function addPowerCommands(instance: Command, action: Actions): void {
  for (const [verb, { mutate, does }] of Object.entries(VERBS)) {
    const command = instance
      .command(`${verb} [instance]`)
      .description(does)
      .option('--all', 'all with the labels that are given')
      .option('--label <key=value>', 'with --all: those with all of these', collect)
      .option('--yes', 'with --all: do it, having seen which')
      .option('--idempotency-key <key>', 'makes sending it again safe; not with --all')
      .option('--watch', 'show it until it is over');
    if (verb === 'delete') command.option('--final-image <name>', 'take an image of that name first; not with --all');
    command.action(
      action(async (session, name: string | undefined, options: PowerOptions) => {
        const { all, finalImage, idempotencyKey, label = [] } = options;
        const begin = (instanceId: string) =>
          session.toygres[mutate]({ instanceId, ...given({ finalImage, idempotencyKey }) });
        if (all) {
          if (name !== undefined) throw new UsageError('--all is in place of a name.');
          if (finalImage !== undefined || idempotencyKey !== undefined) {
            throw new UsageError('--final-image and --idempotency-key are for one instance, not for --all.');
          }
          const found = await listInstances(session, { labels: label.map(parseLabel) });
          return runForAll(session, verb, found, options, async ({ id }) => (await begin(id)).operation);
        }
        if (name === undefined)
          throw new UsageError(`Which one? toygres instance ${verb} NAME, or --all --label key=value`);
        const payload = await begin((await requireInstance(session, name)).id);
        await tellOutcome(session, payload, payload.instance, (id) => requireInstance(session, id), options);
      }),
    );
  }
}
