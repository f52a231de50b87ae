import type { Session } from '../../guarded-postgres/session.ts';
import type { Attempt, Program } from '../attempt/attempt.ts';
import { requireSecret } from '../attempt/attempt.ts';
import { finalFailure } from '../attempt/failure.ts';
import { requireRoom } from '../attempt/require-room.ts';
import { createIntake, createSizeBudget, type Intake } from '../attempt/size-budget.ts';
import { settleCronJobs } from '../background-work/settle-cron-jobs.ts';
import { settleSubscriptions } from '../background-work/settle-subscriptions.ts';
import { makeCluster, readClusterPlan } from '../server/make-cluster.ts';
import { readMemoryMegabytes } from '../server/memory.ts';
import { readServerMajor } from '../server/server-version.ts';
import { keepSyncing, syncCluster } from '../server/sync-cluster.ts';
import { prepareServer, type ThrowawayServer } from '../server/throwaway-server.ts';
import { adoptVolume, finishVolume, volumeAt } from '../volume/adopt-volume.ts';
import { analyzeDatabase } from './analyze-databases.ts';
import { checkPassword } from './check-password.ts';
import { checkDurable, DurableRestore } from './durable/durable-state.ts';
import { type ImageState, readImageState } from './durable/image-state.ts';
import { giveWay, makeHelper } from './helper-database.ts';
import { readImageFacts } from './image-facts.ts';
import {
  type ImageDatabase,
  type ImageFiles,
  imageFiles,
  readImageDatabases,
  readImageSettings,
  serverPath,
} from './image-files.ts';
import { loadImageDatabase, overDatabases } from './load-databases.ts';
import { ALL_ROLES, applySettings, makeRoles, readRolesFile } from './load-roles.ts';
import { startLoadingServer } from './loading-server.ts';
import { refuseLoss } from './loss.ts';
import { type RestoreWish, readRestoreWish } from './read-wish.ts';
import { receiveImage } from './receive-image.ts';
import { presentLibraries, proveSettings, restoreSettings } from './restore-settings.ts';
import { createWorkMeter } from './work-meter.ts';

/** A server that was full of dead rows may come back at half of its size, and hardly at less. */
const LEAST_SHARE = 0.5;
const MEGABYTE = 1 << 20;

/**
 * Makes a cluster on the job's volume from a logical image, in a throw-away server on a private socket, and leaves it
 * stopped and durable. Phases: `download`, `check`, `restore`, `analyze`. The result names notices and findings, and is
 * given again by a later attempt.
 */
export const restore: Program = async (attempt) => {
  const { report } = attempt;
  const wish = readRestoreWish(attempt);
  if (attempt.volume === null) throw finalFailure('parameter TOYGRES_VOLUME is missing or not understood');
  const volume = volumeAt(attempt.volume);
  const major = await readServerMajor(attempt);
  const plan = readClusterPlan(attempt, major);
  const kept = await adoptVolume(volume, wish.imageId, (text) => report.log(text));
  if (kept !== null) return JSON.parse(kept);
  const password = await requireSecret(attempt, 'password');
  if (password === '' || password.includes('\n')) {
    throw finalFailure('the recorded password is empty or has more than one line');
  }
  // How much some of the databases take is not known yet.
  const least = wish.databases === null ? wish.databaseBytes * LEAST_SHARE : 0;
  await requireRoom(attempt.volume, least, 'the databases on the volume of the server');
  const intake = createIntake(createSizeBudget(attempt, wish.databaseBytes, 'the image unpacks to'));
  // The empty cluster takes a second that costs nothing beside the download.
  const [received] = await Promise.all([receiveImage(attempt, intake), makeCluster(attempt, volume.growing, plan)]);
  const server = await prepareServer(attempt, volume.growing, plan);
  let notReceived: { readonly error: unknown } | null = null;
  received.complete.catch((error: unknown) => {
    notReceived = { error };
  });
  try {
    const restoring = new Restoring(attempt, wish, server, volume.growing, imageFiles(received), password, intake);
    // The disk has little to do while rows are read and indexes are sorted.
    const stopSyncing = keepSyncing(attempt, volume.growing);
    const databases = await restoring.run().catch(async (error: unknown) => {
      // What the server says of a disk that fails is more than that.
      await stopSyncing().catch(() => undefined);
      throw error;
    });
    await stopSyncing();
    await received.complete;
    refuseLoss(report.findings, wish.acceptLoss);
    await syncCluster(attempt, volume.growing);
    const result = { databases, notices: report.notices, findings: report.findings };
    await finishVolume(volume, wish.imageId, JSON.stringify(result));
    report.endPhase();
    return result;
  } catch (error) {
    // What fails of a file that did not come says less than what kept it from coming.
    throw (notReceived as { readonly error: unknown } | null)?.error ?? error;
  } finally {
    await server.end();
  }
};

/** One restore, from the image that is here to a cluster that is stopped. */
class Restoring {
  constructor(
    private readonly attempt: Attempt,
    private readonly wish: RestoreWish,
    private readonly server: ThrowawayServer,
    private readonly directory: string,
    private readonly files: ImageFiles,
    private readonly password: string,
    private readonly intake: Intake,
  ) {}

  /** Gives how many databases there are. */
  async run(): Promise<number> {
    const { attempt, wish, server, files, directory } = this;
    const { report } = attempt;
    const databases = chooseDatabases(await readImageDatabases(files), wish.databases);
    const settings = await readImageSettings(files);
    const rolesText = await files.read('roles.sql');
    if (rolesText === null) throw finalFailure('the image has no roles.sql');
    const roles = readRolesFile(rolesText.toString('latin1'));
    const states = new Map<ImageDatabase, ImageState>();
    for (const one of databases) {
      const state = await readImageState(files, one.oid);
      if (state !== null) states.set(one, state);
    }
    const total = databases.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    report.phase('restore', total);
    const ofSystem = [...settings.system].filter(([name]) => isOfExtension(name));
    const extensionSettings = Object.fromEntries([...settings.extensions, ...ofSystem]);
    await this.startLoading('', {});
    const helper = await makeHelper(server, databases);
    let session = await helper.open();
    const libraries = await presentLibraries(attempt, session, settings.libraries, 'shared_preload_libraries');
    if (libraries !== '') {
      // Some extensions cannot be made without; their workers do not run: what they do is the source's, and this is a copy.
      await session.close();
      await server.stop();
      await this.startLoading(libraries, extensionSettings);
      session = await helper.open();
    }
    for (const state of states.values()) await checkDurable(session, state, libraries, wish.durable);
    report.log(`Restoring ${databases.length} databases`);
    await makeRoles(session, roles.roles, wish.superuser, (finding) => report.finding(finding));
    for (const one of databases) await giveWay(session, one);

    const done = new Map<ImageDatabase, number>();
    const progress = (one: ImageDatabase, bytes: number, message: string) => {
      done.set(one, Math.max(done.get(one) ?? 0, bytes));
      report.progress(
        [...done.values()].reduce((sum, part) => sum + part, 0),
        message,
      );
    };
    const ofAll = roles.searchPaths.get(ALL_ROLES);
    const loading = {
      attempt,
      server,
      files,
      helper: helper.name,
      memoryBytes: (await this.readMemory()) * MEGABYTE,
      session,
      meter: createWorkMeter(process.pid),
      intake: this.intake,
      progress,
      pathsOf: () => ({
        server: ofAll ?? serverPath(settings),
        database: null,
        roles: roles.searchPaths,
      }),
      settings: settings.locale,
      partsOf: async (one: ImageDatabase) => this.partsOf(one, states.get(one) ?? null),
    };
    await overDatabases(databases, wish.width, (one, width) => loadImageDatabase(loading, one, width));
    report.endPhase();

    report.phase('analyze', total, 'percent');
    done.clear();
    await overDatabases(databases, wish.width, async (one, width) => {
      progress(one, 0, `analyzing database ${one.name.text}`);
      await this.analyze(one, width, serverPath(settings));
      progress(one, one.sizeBytes, `analyzed database ${one.name.text}`);
    });
    const roleSettings = roles.settings.map(({ text }) => text);
    await applySettings(session, roleSettings, (finding) => report.finding(finding));
    await checkPassword(attempt, server, session, wish.superuser, this.password);
    await restoreSettings(attempt, session, directory, settings);
    await session.close();
    await helper.drop();
    await server.stop();
    await proveSettings(attempt, server, directory, settings);
    return databases.length;
  }

  private async startLoading(libraries: string, ofExtensions: Readonly<Record<string, string>>): Promise<void> {
    const memory = await this.readMemory();
    await startLoadingServer(this.server, { memory, width: this.wish.width, libraries, ofExtensions });
  }

  private readMemory(): Promise<number> {
    return readMemoryMegabytes(this.attempt.parameters.TOYGRES_JOB_MEMORY_BYTES);
  }

  private partsOf(database: ImageDatabase, state: ImageState | null) {
    const { attempt, wish } = this;
    const { report } = attempt;
    const name = database.name.text;
    const durable = state === null ? null : new DurableRestore(state, wish.durable, report, name);
    return {
      ...(durable === null
        ? {}
        : {
            first: ({ kind, tag }: { readonly kind: string; readonly tag: string }) =>
              kind === 'EXTENSION' && tag === 'pg_durable',
            afterFirst: (session: Session) => durable.makeAsOnSource(session),
          }),
      afterAll: async ({ session }: { readonly session: Session }) => {
        await durable?.putBack(session);
        await settleCronJobs(session, name, wish.backgroundWork, report);
        const facts = await readImageFacts(this.files, database.oid);
        await settleSubscriptions(session, name, wish.backgroundWork, facts?.subscriptions ?? [], report);
      },
    };
  }

  private async analyze(database: ImageDatabase, width: number, path: string | null): Promise<void> {
    const sessions: Session[] = [];
    try {
      for (let index = 0; index < width; index += 1) {
        sessions.push(await this.server.open(database.name, { search_path: '', vacuum_cost_delay: '0' }));
      }
      await analyzeDatabase(sessions, database, [path ?? '"$user", public'], this.attempt.report);
    } finally {
      for (const one of sessions) await one.close();
    }
  }
}

const isOfExtension = (name: string) => name.includes('.') && !name.startsWith('pg_durable.');

/** Those that were asked for, and what every server has. Throws a final failure for a name that is not in the image. */
function chooseDatabases(all: readonly ImageDatabase[], wanted: readonly string[] | null): readonly ImageDatabase[] {
  if (wanted === null) return all;
  const names = all.map(({ name }) => name.text);
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw finalFailure(`the image has no database ${unknown}; it has ${names.join(', ')}`);
  }
  return all.filter(({ name }) => wanted.includes(name.text));
}
