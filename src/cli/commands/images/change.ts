import type { Command } from 'commander';
import { collect, given, parseLabel, parseYesNo } from '../../options.ts';
import { printOne } from '../../output/print.ts';
import { type Actions, requireImage } from '../../session.ts';

interface UpdateOptions {
  readonly addLabel?: readonly string[];
  readonly removeLabel?: readonly string[];
  readonly description?: string;
  readonly protected?: string;
  readonly expiresAt?: string;
  readonly idempotencyKey?: string;
}

/** `toygres image update` */
export function addChangeCommands(image: Command, action: Actions): void {
  image
    .command('update <image>')
    .description('change labels, description, protection or expiry')
    .option('--add-label <key=value>', 'may be given several times', collect)
    .option('--remove-label <key>', 'may be given several times', collect)
    .option('--description <text>', 'an empty one clears it')
    .option('--protected <yes|no>')
    .option('--expires-at <time>', '"never" clears it')
    .option('--idempotency-key <key>', 'makes sending it again safe')
    .action(
      action(async (session, name: string, options: UpdateOptions) => {
        const { description, expiresAt } = options;
        const change = given({
          addLabels: options.addLabel?.map(parseLabel),
          removeLabels: options.removeLabel && [...options.removeLabel],
          description: description === '' ? null : description,
          protected: parseYesNo('--protected', options.protected),
          expiresAt: expiresAt === 'never' ? null : expiresAt,
          idempotencyKey: options.idempotencyKey,
        });
        const { id } = await requireImage(session, name);
        printOne(session.output, (await session.toygres.updateImage({ imageId: id, ...change })).image);
      }),
    );
}
