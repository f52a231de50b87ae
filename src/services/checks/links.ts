import type { ImageStore } from '../../../jobs/ports/image-store.ts';
import { AppError } from '../../../schema/errors.ts';
import type { Scope } from '../../../schema/rules/scope-rules.ts';
import type { Database } from '../../db/database.ts';
import { readOpenAlerts } from '../../stores/alerts/alerts.ts';
import { answered } from '../../stores/answered.ts';
import { readLiveWorkers, readStrandedVersions } from '../../stores/runs/worker-queries.ts';
import { countOpenDrift } from '../../stores/upkeep/drift.ts';
import { readHealthSummary } from '../../stores/upkeep/health-summary.ts';
import { healthLeaseName, isLeaseTaken } from '../../stores/upkeep/leases.ts';
import type { CommandPlatform } from '../commands/ports.ts';
import { UnknownLink } from './broken-link.ts';
import { lookAtLastPreflights } from './last-preflights.ts';
import { lookAtSources, type SourcesDependencies } from './sources.ts';

/** Something that can be asked whether it works; throws an AppError with the broken link when it does not. */
export interface Checked {
  check(): Promise<void>;
}

/** Who listens for notifications of the database. */
export interface Hearing {
  /** Null while nothing is known. */
  readonly hears: boolean | null;
}

/** What no request can do without. */
export interface ServingParts {
  readonly database: Database;
  readonly queue: Checked;
  readonly store: Pick<ImageStore, 'check'>;
}

/** One thing that the server works through. */
export interface Link {
  readonly name: string;
  /** How to mend it, whatever is broken; a BrokenLinkError knows better. */
  readonly remedy: string;
  /** What stands well, in words, or that nothing is known yet; throws what does not. */
  readonly look: () => Promise<string | UnknownLink>;
}

/** What is read in sentences, by people: `IMAGE_FAILED` as `image failed`. */
const wordsOf = (code: string) => code.replaceAll('_', ' ').toLowerCase();

function broken(message: string): AppError {
  return new AppError('UNAVAILABLE', message);
}

interface DatabaseLook {
  readonly version: string;
  readonly standby: boolean;
  readonly readOnly: boolean;
}
const LOOK = `SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS standby,
  current_setting('default_transaction_read_only') = 'on' AS "readOnly"`;

async function lookAtDatabase(database: Database): Promise<string> {
  const before = performance.now();
  const { rows } = await answered(database.pool.query<DatabaseLook>(LOOK));
  if (rows[0]?.standby) {
    throw broken(
      'The CMS database is a standby now and takes no changes: what is asked for is refused until it is one no more.',
    );
  }
  if (rows[0]?.readOnly) {
    throw broken('The CMS database is set to read only: what is asked for is refused until it takes changes again.');
  }
  if (database.refusal !== null) throw broken(database.refusal);
  return `PostgreSQL ${rows[0]?.version} answered in ${(performance.now() - before).toFixed(1)} ms.`;
}

/** Notifications are a hint alone: without them everything comes later, and nothing is lost. */
function lookAtNotifications({ hears }: Hearing): string | UnknownLink {
  if (hears === false) throw broken('Notifications of the CMS database do not arrive: events and changes come late.');
  if (hears) return 'They arrive.';
  return new UnknownLink('Nothing is known yet: the connection for them was just made, or is made anew.');
}

async function lookAtPlatform(platform: CommandPlatform): Promise<string> {
  const offers = await platform.readOffers();
  if (offers.length === 0) throw broken(`The platform ${platform.id} answers, but has no PostgreSQL.`);
  const closed = (await platform.readNamespaces()).flatMap(({ name, failure }) =>
    failure === null ? [] : [`${name} (${failure})`],
  );
  if (closed.length > 0) {
    throw broken(`Nothing can be done in namespace ${closed.join(', ')} The other namespaces are not touched by that.`);
  }
  const list = offers.map(({ version, imageTypes }) => `${version} (${imageTypes.map(wordsOf).join(', ')})`);
  return `${platform.id} has PostgreSQL ${list.join(', ')}.`;
}

async function lookForWorkers(database: Database, platform: CommandPlatform): Promise<string> {
  const workers = await readLiveWorkers(database, platform.id);
  if (workers.length === 0) throw broken(`No worker of ${platform.id} is alive: operations stay queued.`);
  return `${workers.length} alive: ${workers.join(', ')}.`;
}

async function lookForStranded(database: Database, platform: CommandPlatform): Promise<string> {
  const stranded = await readStrandedVersions(database, platform.id);
  if (stranded.length === 0) return 'A live worker can go on with every operation under way.';
  const list = stranded.map(({ workflow, version, operations }) => `${workflow} ${version} (${operations} operations)`);
  throw broken(`No live worker has ${list.join(', ')}.`);
}

async function lookAtHealth(database: Database, platform: CommandPlatform, scope: Scope): Promise<string> {
  if (!(await isLeaseTaken(database, healthLeaseName(platform.id)))) {
    throw broken(`No process checks the instances of ${platform.id}: their health may be of long ago.`);
  }
  const { running, unhealthy, names, wanted } = await readHealthSummary(database, platform.id, scope);
  const listed = (all: readonly string[], count: number) =>
    `${all.join(', ')}${count > all.length ? ' and others' : ''}`;
  const found = [
    unhealthy === 0 ? [] : [`${unhealthy} of ${running} running instances are unhealthy: ${listed(names, unhealthy)}.`],
    wanted.length === 0 ? [] : [`Asked to run, and stopped since that failed: ${wanted.join(', ')}.`],
  ].flat();
  if (found.length > 0) throw broken(found.join(' '));
  return `None of ${running} running instances is unhealthy.`;
}

async function lookAtDrift(database: Database, platform: CommandPlatform): Promise<string> {
  const { pending, reported, outdated } = await countOpenDrift(database, platform.id);
  const older = outdated === 0 ? '' : `; ${outdated} parts of servers are of another release until their next start`;
  const leftovers = `${pending} leftovers wait to be removed${older}`;
  if (reported > 0) throw broken(`${reported} things differ from the records and are never touched; ${leftovers}.`);
  return pending === 0 && outdated === 0 ? 'Platform and blob store hold what the records say.' : `${leftovers}.`;
}

async function lookAtAlerts(database: Database, platform: CommandPlatform, scope: Scope): Promise<string> {
  const open = await readOpenAlerts(database, platform.id, scope);
  if (open.length === 0) return 'No alert is open.';
  throw broken(`Alerts are open: ${open.map(({ kind, count }) => `${wordsOf(kind)} (${count})`).join(', ')}.`);
}

async function lookAtOrder(dependencies: SourcesDependencies, scope: Scope): Promise<string> {
  const { disorders, looked, running } = await lookAtSources(dependencies, scope);
  if (disorders.length > 0) throw broken(`Images of these would wait or fail. ${disorders.join(' ')}`);
  return `Nothing stands in the way of images of ${looked} of ${running} running instances.`;
}

/** The name of the link without which all that needs no files is served. */
export const BLOB_STORE = 'blob store';

/** The links that no request can do without. */
export function buildServingLinks({ database, queue, store }: ServingParts): readonly Link[] {
  return [
    {
      name: 'database',
      remedy: 'Check that the CMS database runs, that DATABASE_URL is right, and that it takes further connections.',
      look: () => lookAtDatabase(database),
    },
    {
      name: 'queue',
      remedy: 'Restart this server: it makes its queues in the CMS database when it starts.',
      look: () => answered(queue.check()).then(() => 'The queue answers.'),
    },
    {
      name: BLOB_STORE,
      remedy:
        'Check the AZURE_STORAGE_ settings, the role Storage Blob Data Contributor, and that the container exists.',
      look: () => store.check().then(() => 'The container can be listed.'),
    },
  ];
}

/** The links that operations need beside those. Of instances and what belongs to them, what is within the scope is told. */
export function buildWorkingLinks(
  dependencies: SourcesDependencies & { readonly platform: CommandPlatform; readonly listener: Hearing },
  scope: Scope,
): readonly Link[] {
  const { database, platform, listener } = dependencies;
  return [
    {
      name: 'notifications',
      remedy:
        'DATABASE_URL leads to a pooler that gives sessions to transactions: set TOYGRES_DIRECT_DATABASE_URL to a way past it.',
      look: async () => lookAtNotifications(listener),
    },
    {
      name: 'platform',
      remedy:
        platform.kind === 'local'
          ? 'Install a PostgreSQL server (apt-get install postgresql), or set TOYGRES_POSTGRES_BIN.'
          : 'Check that the cluster answers this server (kubectl get nodes) and the rights of its service account.',
      look: () => lookAtPlatform(platform),
    },
    {
      name: 'workers',
      remedy: 'Start a worker for this platform: toygres worker, or toygres standalone.',
      look: () => lookForWorkers(database, platform),
    },
    {
      name: 'workflow versions',
      remedy: 'Start a worker of a release that has them, or cancel these operations; after 24 hours they fail.',
      look: () => lookForStranded(database, platform),
    },
    {
      name: 'health',
      remedy: 'Look at the health checks of these instances for the reason. Where nothing checks them: start a worker.',
      look: () => lookAtHealth(database, platform, scope),
    },
    {
      name: 'sources',
      remedy: 'Mend what it names on these instances before the next image.',
      look: () => lookAtOrder(dependencies, scope),
    },
    {
      name: 'drift',
      remedy: 'Look at the drift that is reported: each says what differs and what to do.',
      look: () => lookAtDrift(database, platform),
    },
    {
      name: 'alerts',
      remedy: 'Look at the open alerts: each says what is wrong and what to do.',
      look: () => lookAtAlerts(database, platform, scope),
    },
    {
      name: 'preflight',
      remedy: 'Mend what it names, then run a preflight again.',
      look: () => lookAtLastPreflights(database, platform),
    },
  ];
}
