import type { Command } from 'commander';
import { UsageError } from '../../exit-codes.ts';
import { type ForAllOptions, runForAll } from '../../for-all.ts';
import { collect, given, parseLabel } from '../../options.ts';
import { tellOutcome } from '../../outcome.ts';
import { type Actions, requireImage } from '../../session.ts';
import { listImages } from './list.ts';

interface DeleteOptions extends ForAllOptions {
  readonly all?: boolean;
  readonly idempotencyKey?: string;
}

/** `toygres image delete`: of one, or of all with some labels. */
export function addDeleteCommand(image: Command, action: Actions): void {
  image
    .command('delete [image]')
    .description('delete it with its files')
    .option('--all', 'all with the labels that are given')
    .option('--label <key=value>', 'with --all: those with all of these', collect)
    .option('--yes', 'with --all: do it, having seen which')
    .option('--idempotency-key <key>', 'makes sending it again safe; not with --all')
    .option('--watch', 'show it until it is over')
    .action(
      action(async (session, name: string | undefined, options: DeleteOptions) => {
        const { all, idempotencyKey, label = [] } = options;
        const begin = (imageId: string) => session.toygres.deleteImage({ imageId, ...given({ idempotencyKey }) });
        if (all) {
          if (name !== undefined) throw new UsageError('--all is in place of a name.');
          if (idempotencyKey !== undefined) throw new UsageError('--idempotency-key is not for --all.');
          // Of one that FAILED nothing is stored, and one that is being taken is cancelled, not deleted.
          const found = await listImages(session, { state: ['AVAILABLE'], labels: label.map(parseLabel) });
          return runForAll(session, 'delete', found, options, async ({ id }) => (await begin(id)).operation);
        }
        if (name === undefined)
          throw new UsageError('Which one? toygres image delete NAME, or --all --label key=value');
        const payload = await begin((await requireImage(session, name)).id);
        await tellOutcome(session, payload, payload.image, (id) => requireImage(session, id), options);
      }),
    );
}
