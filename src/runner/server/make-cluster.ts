import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Attempt, Program } from '../attempt/attempt.ts';
import { requireParameter } from '../attempt/attempt.ts';
import { JobFailure } from '../attempt/failure.ts';
import { firstError } from '../programs/real-error.ts';
import { readServerMajor } from './server-version.ts';

/** How the new cluster is made: as the source's was. */
export interface ClusterPlan {
  readonly major: number;
  readonly superuser: string;
  readonly encoding: string;
  readonly provider: 'libc' | 'icu' | 'builtin';
  readonly collate: string;
  readonly ctype: string;
  readonly locale: string;
  readonly icuRules: string;
  readonly hasChecksums: boolean;
}

/** From the job's parameters. Throws a final failure for one that is missing or not understood. */
export function readClusterPlan(attempt: Attempt, major: number): ClusterPlan {
  const provider = requireParameter(attempt, 'TOYGRES_LOCALE_PROVIDER', /libc|icu|builtin/) as ClusterPlan['provider'];
  return {
    major,
    superuser: attempt.parameters.PGUSER || 'postgres',
    encoding: requireParameter(attempt, 'TOYGRES_ENCODING', /[A-Za-z0-9_-]+/),
    provider,
    collate: requireParameter(attempt, 'TOYGRES_LC_COLLATE', /.+/),
    ctype: requireParameter(attempt, 'TOYGRES_LC_CTYPE', /.+/),
    locale: provider === 'libc' ? '' : requireParameter(attempt, 'TOYGRES_LOCALE', /.+/),
    icuRules: attempt.parameters.TOYGRES_ICU_RULES ?? '',
    hasChecksums: requireParameter(attempt, 'TOYGRES_DATA_CHECKSUMS', /true|false/) === 'true',
  };
}

const FIRST_WITH_CHECKSUMS_BY_DEFAULT = 18;

/** Where the supervisor gives the worker the cluster that was made for it; nothing is said where it makes its own. */
const MADE = 'TOYGRES_MADE_CLUSTER';
const LOOK_MS = 10;

/** The program that makes the empty cluster of a restore in the scratch directory, as a user that the system knows. */
export const makeEmptyCluster: Program = async (attempt) => {
  const plan = readClusterPlan(attempt, await readServerMajor(attempt));
  await runInitdb(attempt, path.join(attempt.scratch, 'cluster'), plan);
  return {};
};

/** Makes the empty cluster there, or takes the one that is made for it, which comes whole. */
export async function makeCluster(attempt: Attempt, directory: string, plan: ClusterPlan): Promise<void> {
  const made = attempt.parameters[MADE] ?? '';
  if (made === '') return runInitdb(attempt, directory, plan);
  while (!existsSync(made)) await delay(LOOK_MS, undefined, { signal: attempt.signal });
  await rename(made, directory);
}

/** The password stands until the roles are loaded. */
async function runInitdb({ programs, secretFile }: Attempt, directory: string, plan: ClusterPlan): Promise<void> {
  const locale = { libc: [], icu: [`--icu-locale=${plan.locale}`], builtin: [`--builtin-locale=${plan.locale}`] };
  const noChecksums = plan.major >= FIRST_WITH_CHECKSUMS_BY_DEFAULT ? ['--no-data-checksums'] : [];
  const end = await programs.run('initdb', {
    arguments: [
      `--pgdata=${directory}`,
      `--username=${plan.superuser}`,
      '--auth=scram-sha-256',
      `--pwfile=${secretFile('password')}`,
      `--encoding=${plan.encoding}`,
      '--locale=C',
      `--lc-collate=${plan.collate}`,
      `--lc-ctype=${plan.ctype}`,
      `--locale-provider=${plan.provider}`,
      '--no-sync',
      '--no-instructions',
      ...locale[plan.provider],
      ...(plan.icuRules === '' ? [] : [`--icu-rules=${plan.icuRules}`]),
      ...(plan.hasChecksums ? ['--data-checksums'] : noChecksums),
    ],
    // Else it takes the machine's time zone into the configuration.
    environment: { TZ: 'UTC' },
  });
  if (end.exitCode === 0) return;
  const words = firstError([...end.output.split('\n'), ...end.errorLines]);
  throw new JobFailure(`the new cluster could not be made: ${words === '' ? 'initdb ended without a word' : words}`);
}
