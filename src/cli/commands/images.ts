import type { Command } from 'commander';
import type { ImageFieldsFragment } from '../../client/connect.ts';
import * as documents from '../documents.ts';
import { UsageError } from '../exit-codes.ts';
import { runForAll } from '../for-all.ts';
import { tellOutcome, type WatchOption } from '../outcome.ts';
import { formatAge, printList, printOne } from '../output/print.ts';
import { type Column, formatTable, harmless } from '../output/table.ts';
import { readAll } from '../read-all.ts';
import {
  collect,
  parseLabel,
  requireImage,
  requireInstance,
  type Session,
  type Surroundings,
  withSession,
} from '../session.ts';
import { formatBytes } from '../units.ts';
import { listInstances } from './instances.ts';

const COLUMNS: readonly Column<ImageFieldsFragment>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'OF', value: ({ sourceInstanceName }) => sourceInstanceName },
  { title: 'METHOD', value: ({ method }) => method },
  { title: 'POSTGRES', value: ({ postgresVersion }) => postgresVersion },
  { title: 'STORED', value: ({ sizeBytes }) => (sizeBytes ? formatBytes(sizeBytes) : null), align: 'right' },
  { title: 'AGE', value: ({ createdAt }) => formatAge(createdAt), align: 'right' },
  { title: 'ID', value: ({ id }) => id },
];

const read = (session: Session) => (id: string) => requireImage(session, id);

interface CreateOptions extends WatchOption {
  readonly instance?: string;
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly label?: readonly string[];
  readonly method?: string;
  readonly description?: string;
  readonly protected?: boolean;
  readonly encrypt?: boolean;
  readonly acceptLoss?: string;
  readonly expiresAt?: string;
  readonly idempotencyKey?: string;
}

function inputOf({
  method,
  description,
  protected: isProtected,
  encrypt,
  acceptLoss,
  expiresAt,
  idempotencyKey,
}: CreateOptions) {
  return {
    ...(method === undefined ? {} : { method }),
    ...(description === undefined ? {} : { description }),
    ...(isProtected ? { protected: true } : {}),
    ...(encrypt ? { encrypt: true } : {}),
    ...(acceptLoss === undefined ? {} : { acceptLoss }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

/** `toygres image ...` */
export function addImageCommands(program: Command, surroundings: Surroundings): void {
  const image = program.command('image').description('images of servers: take, look at, delete');
  const session = <Args extends unknown[]>(work: (session: Session, ...args: Args) => Promise<void>) =>
    withSession(surroundings, work);
  type Input = Parameters<Session['toygres']['createImage']>[0];

  image
    .command('create <name>')
    .description('take an image of a running server; with --all NAME is what the names begin with')
    .option('--instance <instance>', 'of this server')
    .option('--all', 'of all servers with the labels that are given')
    .option('--label <key=value>', "the image's own, or with --all those of the servers", collect)
    .option('--yes', 'with --all: do it, having seen which')
    .option('--method <method>', 'LOGICAL or PHYSICAL')
    .option('--description <text>')
    .option('--encrypt', 'encrypt its files')
    .option('--protected', 'neither people nor retention delete it')
    .option('--expires-at <time>', 'when retention may delete it, such as 2027-01-31T00:00:00Z')
    .option('--accept-loss <loss>', 'how much may be missing: NOTHING, OBJECTS or ROWS')
    .option('--idempotency-key <key>', 'makes sending it again safe')
    .option('--watch', 'show it until it is over')
    .action(
      session(async (current, name: string, options: CreateOptions) => {
        const input = inputOf(options);
        if (options.all) {
          const found = await listInstances(current, {
            state: ['RUNNING'],
            labels: (options.label ?? []).map(parseLabel),
          });
          return runForAll(current, 'image create of', found, options, async ({ id, name: of }) => {
            const each = { ...input, name: `${name}-${of}`.slice(0, 63).replace(/-+$/, ''), instanceId: id } as Input;
            return (await current.toygres.createImage(each)).operation;
          });
        }
        if (options.instance === undefined)
          throw new UsageError('Of which server? --instance NAME, or --all --label key=value');
        const { id } = await requireInstance(current, options.instance);
        const labels = options.label === undefined ? {} : { labels: options.label.map(parseLabel) };
        const payload = await current.toygres.createImage({ ...input, ...labels, name, instanceId: id } as Input);
        await tellOutcome(current, payload, payload.image, read(current), options);
      }),
    );

  image
    .command('list')
    .description('all that are there')
    .option('--state <state>', 'may be given several times', collect)
    .option('--instance <instance>', 'of this server')
    .option('--name-contains <text>')
    .option('--label <key=value>', 'those with all of these', collect)
    .action(
      session(
        async (
          current,
          options: { state?: readonly string[]; instance?: string; nameContains?: string; label?: readonly string[] },
        ) => {
          const source = options.instance === undefined ? null : await requireInstance(current, options.instance);
          const filter = {
            ...(options.state === undefined ? {} : { state: options.state }),
            ...(options.nameContains === undefined ? {} : { nameContains: options.nameContains }),
            ...(options.label === undefined ? {} : { labels: options.label.map(parseLabel) }),
            ...(source === null ? {} : { sourceInstanceId: source.id }),
          };
          const rows = await readAll(async (after) => {
            const { images } = await current.toygres.request(documents.LIST_IMAGES, {
              first: 100,
              after,
              filter: filter as never,
            });
            return images;
          });
          printList(current.output, rows, COLUMNS);
        },
      ),
    );

  image
    .command('get <image>')
    .description('one, by name or id')
    .action(session(async (current, name: string) => printOne(current.output, await requireImage(current, name))));

  image
    .command('update <image>')
    .description('change labels, description, protection or expiry')
    .option('--add-label <key=value>', 'may be given several times', collect)
    .option('--remove-label <key>', 'may be given several times', collect)
    .option('--description <text>', 'an empty one clears it')
    .option('--protected <yes|no>')
    .option('--expires-at <time>', '"never" clears it')
    .action(
      session(
        async (
          current,
          name: string,
          options: {
            addLabel?: readonly string[];
            removeLabel?: readonly string[];
            description?: string;
            protected?: string;
            expiresAt?: string;
          },
        ) => {
          if (options.protected !== undefined && !/^(yes|no)$/.test(options.protected))
            throw new UsageError('--protected is yes or no.');
          const { id } = await requireImage(current, name);
          const payload = await current.toygres.updateImage({
            imageId: id,
            ...(options.addLabel === undefined ? {} : { addLabels: options.addLabel.map(parseLabel) }),
            ...(options.removeLabel === undefined ? {} : { removeLabels: [...options.removeLabel] }),
            ...(options.description === undefined ? {} : { description: options.description || null }),
            ...(options.protected === undefined ? {} : { protected: options.protected === 'yes' }),
            ...(options.expiresAt === undefined
              ? {}
              : { expiresAt: options.expiresAt === 'never' ? null : options.expiresAt }),
          });
          printOne(current.output, payload.image);
        },
      ),
    );

  image
    .command('delete <image>')
    .description('delete it with its files')
    .option('--watch', 'show it until it is over')
    .action(
      session(async (current, name: string, options: WatchOption) => {
        const payload = await current.toygres.deleteImage({ imageId: (await requireImage(current, name)).id });
        await tellOutcome(current, payload, payload.image, read(current), options);
      }),
    );

  image
    .command('files <image>')
    .description('what lies in the blob store')
    .action(
      session(async (current, name: string) => {
        const { id } = await requireImage(current, name);
        const { image: found } = await current.toygres.request(documents.IMAGE_FILES, { id });
        const files = found?.files ?? [];
        if (current.output.format === 'json') return current.output.data(JSON.stringify(files, null, 2));
        current.output.data(
          formatTable(
            files,
            [
              { title: 'NAME', value: (file) => file.name },
              { title: 'BYTES', value: (file) => file.sizeBytes, align: 'right' },
              { title: 'SHA256', value: (file) => file.sha256 },
            ],
            null,
          ),
        );
      }),
    );

  image
    .command('logs <image>')
    .description('what the jobs wrote that took it')
    .action(
      session(async (current, name: string) => {
        const { id } = await requireImage(current, name);
        const { image: found } = await current.toygres.request(documents.IMAGE_JOBS, { id });
        const operations = [...(found?.operations.nodes ?? [])].reverse();
        for (const job of operations.flatMap(({ jobs }) => jobs)) {
          current.output.note(`${job.name} (${job.state})`);
          for await (const line of current.toygres.jobLogs(job, {
            afterLine: 0,
            follow: false,
            signal: current.signal,
          })) {
            current.output.data(harmless(line.text));
          }
        }
      }),
    );
}
