import type { Command } from 'commander';
import type { CreateImageInput } from '../../../client/connect.ts';
import { UsageError } from '../../exit-codes.ts';
import { type ForAllOptions, runForAll } from '../../for-all.ts';
import { collect, given, parseEnum, parseLabel } from '../../options.ts';
import { tellOutcome } from '../../outcome.ts';
import { type Actions, requireImage, requireInstance } from '../../session.ts';
import { listInstances } from '../instances/list.ts';

interface CreateOptions extends ForAllOptions {
  readonly instance?: string;
  readonly all?: boolean;
  readonly method?: CreateImageInput['method'];
  readonly description?: string;
  readonly protected?: boolean;
  readonly encrypt?: boolean;
  readonly acceptLoss?: CreateImageInput['acceptLoss'];
  readonly expiresAt?: string;
  readonly idempotencyKey?: string;
}

const NAME_LENGTH = 63;

/** `toygres image create NAME`: of one server, or of all with some labels. */
export function addCreateCommand(image: Command, action: Actions): void {
  image
    .command('create <name>')
    .description('take an image of a running server; with --all NAME is what the names begin with')
    .option('--instance <instance>', 'of this server')
    .option('--all', 'of all servers with the labels that are given')
    .option('--label <key=value>', "the image's own, or with --all those of the servers", collect)
    .option('--yes', 'with --all: do it, having seen which')
    .option('--method <method>', 'LOGICAL or PHYSICAL', parseEnum)
    .option('--description <text>')
    .option('--encrypt', 'encrypt its files')
    .option('--protected', 'neither people nor retention delete it')
    .option('--expires-at <time>', 'when retention may delete it, such as 2027-01-31T00:00:00Z')
    .option('--accept-loss <loss>', 'how much may be missing: NOTHING, OBJECTS or ROWS', parseEnum)
    .option('--idempotency-key <key>', 'makes sending it again safe; not with --all')
    .option('--watch', 'show it until it is over')
    .action(
      action(async (session, name: string, options: CreateOptions) => {
        const { instance, all, yes: _, watch: __, label, ...input } = options;
        const labels = label?.map(parseLabel);
        if (all) {
          if (instance !== undefined) throw new UsageError('--all is in place of --instance.');
          if (input.idempotencyKey !== undefined) throw new UsageError('--idempotency-key is not for --all.');
          const found = await listInstances(session, { state: ['RUNNING'], labels: labels ?? [] });
          return runForAll(session, 'image create of', found, options, async ({ id, name: of }) => {
            const own = `${name}-${of}`.slice(0, NAME_LENGTH).replace(/-+$/, '');
            return (await session.toygres.createImage({ ...input, name: own, instanceId: id })).operation;
          });
        }
        if (instance === undefined)
          throw new UsageError('Of which server? --instance NAME, or --all --label key=value');
        const { id } = await requireInstance(session, instance);
        const payload = await session.toygres.createImage({ ...input, ...given({ labels }), name, instanceId: id });
        await tellOutcome(session, payload, payload.image, (one) => requireImage(session, one), options);
      }),
    );
}
