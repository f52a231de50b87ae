import type { Attempt } from '../../attempt/attempt.ts';
import { JobFailure } from '../../attempt/failure.ts';
import { quietly } from '../../background-work/quietly.ts';
import { type BackgroundWork, settleCronJobs } from '../../background-work/settle-cron-jobs.ts';
import { settleSubscriptions } from '../../background-work/settle-subscriptions.ts';
import { tellPreparedTransactions } from '../../catalogue/prepared-transactions.ts';
import { cancelDurableFunctions } from './cancel-functions.ts';
import { rebuildDependentIndexes, type UsedCollation } from './collations.ts';
import { leaveOutAbsent, readLibraries } from './libraries.ts';
import { startRecoveryServer } from './recovery-server.ts';
import { keepPreparedRoom, listDatabases, settlePassword, tellIdentity } from './settle-copy.ts';
import { settleUnapplied, type UnappliedSetting, useRunningSettings } from './unapplied-settings.ts';

export interface CopyPlan {
  readonly login: { readonly user: string; readonly password: string };
  /** As the source sorted, by database. */
  readonly collations: Readonly<Record<string, readonly UsedCollation[]>>;
  readonly durableFunctions: string;
  /** Of the source. */
  readonly unapplied: readonly UnappliedSetting[];
  readonly backgroundWork: BackgroundWork;
}

/**
 * Recovers the cluster, makes it its own, and stops it clean: nobody is let in before its indexes are right and what its
 * source does by itself is held.
 */
export async function recoverCopy(
  attempt: Attempt,
  dataDirectory: string,
  { login, collations, durableFunctions, backgroundWork, unapplied }: CopyPlan,
): Promise<{ readonly databases: number }> {
  const { report } = attempt;
  report.progress(10, 'recovering the cluster');
  const settings = await useRunningSettings(dataDirectory, unapplied);
  const libraries = await readLibraries(attempt, dataDirectory);
  const server = await startRecoveryServer(attempt, dataDirectory);
  report.log('The server on the restored data is consistent and was promoted');
  const session = await server.open('template1', login);
  const databases = await listDatabases(session);
  await settlePassword(attempt, server, session, login);
  await tellIdentity(attempt, session);
  await leaveOutAbsent(attempt, session, dataDirectory, libraries);
  await tellPreparedTransactions(session, report, 'COPY');
  await keepPreparedRoom(attempt, session);
  await session.close();
  for (const [index, name] of databases.entries()) {
    report.progress(20 + (60 * index) / databases.length, `looking through database ${name.text}`);
    const inside = await server.open(name.text, login);
    await quietly(inside, () => rebuildDependentIndexes(inside, report, name.text, collations[name.text] ?? []));
    await settleCronJobs(inside, name.text, backgroundWork, report);
    await settleSubscriptions(inside, name.text, backgroundWork, null, report);
    if (durableFunctions === 'CANCEL') await cancelDurableFunctions(attempt, inside);
    await inside.close();
  }
  report.progress(85, 'stopping the server');
  await server.stop();
  await settleUnapplied(attempt, report, dataDirectory, settings);
  await requireCleanStop(attempt, dataDirectory);
  return { databases: databases.length };
}

async function requireCleanStop({ programs }: Attempt, dataDirectory: string): Promise<void> {
  const end = await programs.run('pg_controldata', { arguments: [dataDirectory] });
  if (/^Database cluster state: *shut down$/m.test(end.output)) return;
  throw new JobFailure('the server on the restored data did not stop cleanly');
}
