import type { Command } from 'commander';
import { graphql } from '../../../client/generated/index.ts';
import { given } from '../../options.ts';
import { tellOutcome, type WatchOption } from '../../outcome.ts';
import { harmless } from '../../output/harmless.ts';
import { printRows } from '../../output/print.ts';
import type { Column } from '../../output/table.ts';
import { type Actions, requireImage } from '../../session.ts';

const IMAGE_FILES = graphql(`
  query ImageFiles($id: ID!) { image(id: $id) { files { name sizeBytes sha256 } } }
`);
const IMAGE_JOBS = graphql(`
  query ImageJobs($id: ID!) { image(id: $id) { operations(first: 20) { nodes { id jobs { id name state } } } } }
`);
const VERIFY_IMAGE = graphql(`
  mutation VerifyImage($input: VerifyImageInput!) {
    verifyImage(input: $input) { image { ...ImageFields } operation { ...OperationFields } }
  }
`);

const FILE_COLUMNS: readonly Column<{ name: string; sizeBytes: number; sha256: string }>[] = [
  { title: 'NAME', value: (file) => file.name },
  { title: 'BYTES', value: (file) => file.sizeBytes, align: 'right' },
  { title: 'SHA256', value: (file) => file.sha256, room: 'whole' },
];

interface VerifyOptions extends WatchOption {
  readonly idempotencyKey?: string;
}

/** `toygres image files`, `verify`, `logs` */
export function addContentCommands(image: Command, action: Actions): void {
  image
    .command('files <image>')
    .description('what lies in the blob store')
    .action(
      action(async (session, name: string) => {
        const { toygres, output } = session;
        const { id } = await requireImage(session, name);
        const files = (await toygres.request(IMAGE_FILES, { id })).image?.files ?? [];
        printRows(output, files, (file) => file.name, FILE_COLUMNS);
      }),
    );

  image
    .command('verify <image>')
    .description('restore it into a server that is thrown away, and compare')
    .option('--idempotency-key <key>', 'makes sending it again safe')
    .option('--watch', 'show it until it is over')
    .action(
      action(async (session, name: string, options: VerifyOptions) => {
        const { id } = await requireImage(session, name);
        const input = { imageId: id, ...given({ idempotencyKey: options.idempotencyKey }) };
        const { verifyImage } = await session.toygres.request(VERIFY_IMAGE, { input });
        await tellOutcome(session, verifyImage, verifyImage.image, (one) => requireImage(session, one), options);
      }),
    );

  image
    .command('logs <image>')
    .description('what the jobs wrote that took it')
    .action(
      action(async (session, name: string) => {
        const { toygres, output, signal } = session;
        const { id } = await requireImage(session, name);
        const { image: found } = await toygres.request(IMAGE_JOBS, { id });
        const operations = [...(found?.operations.nodes ?? [])].reverse();
        for (const job of operations.flatMap(({ jobs }) => jobs)) {
          output.note(`${job.name} (${job.state})`);
          for await (const { text } of toygres.jobLogs(job, { afterLine: 0, follow: false, signal })) {
            output.data(harmless(text));
          }
        }
      }),
    );
}
