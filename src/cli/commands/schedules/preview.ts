import type { Command } from 'commander';
import { graphql } from '../../../client/generated/index.ts';
import { UsageError } from '../../exit-codes.ts';
import { given } from '../../options.ts';
import { formatTime, printRows } from '../../output/print.ts';
import { type Actions, requireInstance } from '../../session.ts';
import { formatBytes } from '../../units.ts';
import { requireSchedule } from './records.ts';
import { addRetentionOptions, type RetentionOptions, readRetention } from './retention.ts';

const PREVIEW = graphql(`
  query PreviewRetention($input: RetentionPreviewInput!) {
    retentionPreview(input: $input) {
      keep { image { id name sourceInstanceName takenAt sizeBytes } because }
      remove { id name sourceInstanceName takenAt sizeBytes }
      freedBytes
    }
  }
`);

interface PreviewOptions extends RetentionOptions {
  readonly instance?: string;
  readonly at?: string;
}

/** `toygres schedule preview`: what retention would delete, and why the rest stays. Nothing is done. */
export function addPreviewCommand(schedule: Command, action: Actions): void {
  addRetentionOptions(schedule.command('preview [schedule]'))
    .description('what retention would delete, and why the rest stays; nothing is done')
    .option('--instance <instance>', 'of the images of this instance')
    .option('--at <time>', 'as if it were then')
    .action(
      action(async (session, name: string | undefined, { instance, at, ...rules }: PreviewOptions) => {
        if (name === undefined && instance === undefined) {
          throw new UsageError('Of what? toygres schedule preview NAME, or --instance NAME.');
        }
        const input = given({
          scheduleId: name === undefined ? undefined : (await requireSchedule(session, name)).id,
          instanceId: instance === undefined ? undefined : (await requireInstance(session, instance)).id,
          at,
          retention: readRetention(rules),
        });
        const { retentionPreview: found } = await session.toygres.request(PREVIEW, { input });
        const { output } = session;
        if (output.format === 'json') return output.data(JSON.stringify(found, null, 2));
        // By id only what would go: that is what somebody hands on.
        const kept = output.format === 'id' ? [] : found.keep.map(({ image, because }) => ({ ...image, because }));
        const rows = [...kept, ...found.remove.map((image) => ({ ...image, because: null }))];
        printRows(output, rows, ({ id }) => id, [
          { title: 'WHAT', value: ({ because }) => (because === null ? 'goes' : 'stays'), room: 'word' },
          { title: 'IMAGE', value: (image) => image.name },
          { title: 'OF', value: ({ sourceInstanceName }) => sourceInstanceName, room: 'spare' },
          { title: 'TAKEN', value: ({ takenAt }) => formatTime(takenAt), room: 'spare' },
          { title: 'BECAUSE', value: ({ because }) => because?.join('; ') ?? 'no rule wants it' },
        ]);
        output.note(`${found.remove.length} would go, and free ${formatBytes(found.freedBytes)}.`);
      }),
    );
}
