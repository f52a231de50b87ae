import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import type { InstanceFieldsFragment } from '../../client/connect.ts';
import * as documents from '../documents.ts';
import { UsageError } from '../exit-codes.ts';
import { runForAll } from '../for-all.ts';
import { tellOutcome, type WatchOption } from '../outcome.ts';
import { formatAge, printList, printOne } from '../output/print.ts';
import type { Column } from '../output/table.ts';
import { harmless } from '../output/table.ts';
import { readAll } from '../read-all.ts';
import {
  collect,
  parseLabel,
  parseWhole,
  requireImage,
  requireInstance,
  type Session,
  type Surroundings,
  withSession,
} from '../session.ts';

const COLUMNS: readonly Column<InstanceFieldsFragment>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'HEALTH', value: ({ health }) => health },
  {
    title: 'POSTGRES',
    value: ({ postgresVersion, imageType }) =>
      imageType === 'STOCK' ? postgresVersion : `${postgresVersion} ${imageType}`,
  },
  { title: 'GIB', value: ({ storageGib }) => storageGib, align: 'right' },
  {
    title: 'ENDPOINT',
    value: ({ endpoint }) => (endpoint ? `${endpoint.dnsName ?? endpoint.host}:${endpoint.port}` : null),
  },
  { title: 'AGE', value: ({ createdAt }) => formatAge(createdAt), align: 'right' },
  { title: 'ID', value: ({ id }) => id },
];

interface Labelled {
  readonly label?: readonly string[];
}

const read = (session: Session) => (id: string) => requireInstance(session, id);

export function listInstances(session: Session, filter: Readonly<Record<string, unknown>>) {
  return readAll(async (after) => {
    const { instances } = await session.toygres.request(documents.LIST_INSTANCES, { first: 100, after, filter });
    return instances;
  });
}

const VERBS = {
  delete: { mutate: 'deleteInstance', does: 'delete it with its data' },
  start: { mutate: 'startInstance', does: 'start its server' },
  stop: { mutate: 'stopInstance', does: 'stop its server; the data stays' },
  restart: { mutate: 'restartInstance', does: 'restart its server' },
} as const;

interface BulkOptions extends WatchOption, Labelled {
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly finalImage?: string;
}

/** `toygres instance ...` */
export function addInstanceCommands(program: Command, surroundings: Surroundings): void {
  const instance = program.command('instance').description('servers: create, look at, change, delete');
  const session = <Args extends unknown[]>(work: (session: Session, ...args: Args) => Promise<void>) =>
    withSession(surroundings, work);

  instance
    .command('create <name>')
    .description('make a server, empty or from an image')
    .option('--from-image <image>', 'restore this image')
    .option('--accept-loss <loss>', 'how much a restore may lose: NOTHING, OBJECTS or ROWS')
    .option('--database <name>', 'restore only this database; may be given several times', collect)
    .option('--postgres-version <major>', 'such as 17')
    .option('--image-type <type>', 'STOCK or PG_DURABLE')
    .option('--storage-gib <gib>', 'size of its volume')
    .option('--exposure <exposure>', 'INTERNAL or PUBLIC')
    .option('--dns-label <label>', 'with PUBLIC: the name before the domain')
    .option('--namespace <name>', 'where it lives on Kubernetes')
    .option('--deletion-protection', 'refuse to delete it until this is taken back')
    .option('--background-work <what>', 'HOLD or RUN what acts by itself in a copy')
    .option('--durable-functions <what>', 'CANCEL or RESUME those in flight')
    .option('--label <key=value>', 'may be given several times', collect)
    .option('--idempotency-key <key>', 'makes sending it again safe')
    .option('--watch', 'show it until it is over')
    .action(
      session(
        async (
          current,
          name: string,
          options: WatchOption & Labelled & Record<string, string | undefined> & { database?: readonly string[] },
        ) => {
          const { fromImage, storageGib, label, watch, database, ...rest } = options;
          const image = fromImage === undefined ? null : await requireImage(current, fromImage);
          const input = {
            name,
            ...(rest as Record<string, never>),
            ...(image === null ? {} : { sourceImageId: image.id }),
            ...(database === undefined ? {} : { databases: database }),
            ...(storageGib === undefined ? {} : { storageGib: parseWhole('--storage-gib', storageGib) }),
            ...(label === undefined ? {} : { labels: label.map(parseLabel) }),
          };
          const payload = await current.toygres.createInstance(
            input as Parameters<typeof current.toygres.createInstance>[0],
          );
          await tellOutcome(current, payload, payload.instance, read(current), { watch: watch === true });
        },
      ),
    );

  instance
    .command('list')
    .description('all that are there')
    .option('--state <state>', 'may be given several times', collect)
    .option('--name-contains <text>')
    .option('--label <key=value>', 'those with all of these', collect)
    .action(
      session(
        async (
          current,
          { state, nameContains, label }: { state?: readonly string[]; nameContains?: string } & Labelled,
        ) => {
          const filter = {
            ...(state === undefined ? {} : { state }),
            ...(nameContains === undefined ? {} : { nameContains }),
            ...(label === undefined ? {} : { labels: label.map(parseLabel) }),
          };
          printList(current.output, await listInstances(current, filter), COLUMNS);
        },
      ),
    );

  instance
    .command('get <instance>')
    .description('one, by name or id')
    .action(session(async (current, name: string) => printOne(current.output, await requireInstance(current, name))));

  for (const [verb, { mutate, does }] of Object.entries(VERBS)) {
    const command = instance
      .command(`${verb} [instance]`)
      .description(does)
      .option('--all', 'all with the labels that are given')
      .option('--label <key=value>', 'with --all: those with all of these', collect)
      .option('--yes', 'with --all: do it, having seen which')
      .option('--watch', 'show it until it is over');
    if (verb === 'delete') command.option('--final-image <name>', 'take an image of that name first');
    command.action(
      session(async (current, name: string | undefined, options: BulkOptions) => {
        const one = (instanceId: string) =>
          current.toygres[mutate]({
            instanceId,
            ...(options.finalImage === undefined ? {} : { finalImage: options.finalImage }),
          });
        if (options.all) {
          if (name !== undefined) throw new UsageError('--all is in place of a name.');
          const found = await listInstances(current, { labels: (options.label ?? []).map(parseLabel) });
          return runForAll(current, verb, found, options, async ({ id }) => (await one(id)).operation);
        }
        if (name === undefined)
          throw new UsageError(`Which one? toygres instance ${verb} NAME, or --all --label key=value`);
        const payload = await one((await requireInstance(current, name)).id);
        await tellOutcome(current, payload, payload.instance, read(current), options);
      }),
    );
  }

  instance
    .command('update <instance>')
    .description('change labels, protection or size')
    .option('--add-label <key=value>', 'may be given several times', collect)
    .option('--remove-label <key>', 'may be given several times', collect)
    .option('--deletion-protection <yes|no>')
    .option('--storage-gib <gib>', 'larger than it is')
    .option('--watch', 'show it until it is over')
    .action(
      session(
        async (
          current,
          name: string,
          options: WatchOption & {
            addLabel?: readonly string[];
            removeLabel?: readonly string[];
            deletionProtection?: string;
            storageGib?: string;
          },
        ) => {
          const { deletionProtection } = options;
          if (deletionProtection !== undefined && !/^(yes|no)$/.test(deletionProtection)) {
            throw new UsageError('--deletion-protection is yes or no.');
          }
          const storageGib = parseWhole('--storage-gib', options.storageGib);
          const { id } = await requireInstance(current, name);
          const payload = await current.toygres.updateInstance({
            instanceId: id,
            ...(options.addLabel === undefined ? {} : { addLabels: options.addLabel.map(parseLabel) }),
            ...(options.removeLabel === undefined ? {} : { removeLabels: [...options.removeLabel] }),
            ...(deletionProtection === undefined ? {} : { deletionProtection: deletionProtection === 'yes' }),
            ...(storageGib === undefined ? {} : { storageGib }),
          });
          await tellOutcome(current, payload, payload.instance, read(current), options);
        },
      ),
    );

  instance
    .command('logs <instance>')
    .description("the server's own log")
    .option('-f, --follow', 'go on as it grows')
    .option('--tail <lines>', 'how many lines to begin with', '100')
    .action(
      session(async (current, name: string, options: { follow?: boolean; tail?: string }) => {
        const { id } = await requireInstance(current, name);
        const tailLines = parseWhole('--tail', options.tail);
        const lines = current.toygres.subscribe(
          documents.INSTANCE_LOGS,
          { instanceId: id, follow: options.follow === true, ...(tailLines === undefined ? {} : { tailLines }) },
          { signal: current.signal },
        );
        for await (const { instanceLogs } of lines) current.output.data(harmless(instanceLogs.text));
      }),
    );

  instance
    .command('credentials <instance>')
    .description('the login: its connection string, a secret, alone on stdout')
    .action(
      session(async (current, name: string) => {
        const { id } = await requireInstance(current, name);
        const { instanceCredentials } = await current.toygres.request(documents.CREDENTIALS, { instanceId: id });
        if (current.output.format === 'json') current.output.data(JSON.stringify(instanceCredentials, null, 2));
        else current.output.data(instanceCredentials.connectionString);
      }),
    );

  instance
    .command('rotate-credentials <instance>')
    .description('give the superuser another password; connections stay')
    .option('--watch', 'show it until it is over')
    .action(
      session(async (current, name: string, options: WatchOption) => {
        const payload = await current.toygres.rotateCredentials({
          instanceId: (await requireInstance(current, name)).id,
        });
        await tellOutcome(current, payload, payload.instance, read(current), options);
      }),
    );

  instance
    .command('psql <instance> [arguments...]')
    .description("open PostgreSQL's shell on it; arguments after -- are psql's own")
    .action(
      session(async (current, name: string, args: readonly string[]) => {
        const { id } = await requireInstance(current, name);
        const { instanceCredentials } = await current.toygres.request(documents.CREDENTIALS, { instanceId: id });
        process.exitCode = await runPsql(instanceCredentials.connectionString, args);
      }),
    );
}

/** The password stands in the environment, where other users of the machine do not see it, and not among the arguments. */
function runPsql(connectionString: string, args: readonly string[]): Promise<number> {
  const url = new URL(connectionString);
  const environment = {
    ...process.env,
    PGHOST: decodeURIComponent(url.hostname).replace(/^\[|\]$/g, ''),
    PGPORT: url.port || '5432',
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: decodeURIComponent(url.pathname.slice(1)) || 'postgres',
    ...(url.searchParams.get('sslmode') === null ? {} : { PGSSLMODE: url.searchParams.get('sslmode') ?? '' }),
  };
  return new Promise((resolve, reject) => {
    const child = spawn('psql', [...args], { stdio: 'inherit', env: environment });
    child.once('error', () => reject(new UsageError('psql is not installed: apt-get install postgresql-client.')));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
