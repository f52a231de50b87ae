import { type Attempt, requireParameter } from '../attempt/attempt.ts';
import { finalFailure } from '../attempt/failure.ts';
import type { BackgroundWork } from '../background-work/settle-cron-jobs.ts';
import type { DurableWish } from './durable/durable-state.ts';
import { LOSSES, type Loss } from './loss.ts';

/** What the control plane asked of a restore. */
export interface RestoreWish {
  readonly imageId: string;
  /** Sessions at once. */
  readonly width: number;
  /** What the databases took on the source; 0 where nobody said. */
  readonly databaseBytes: number;
  readonly superuser: string;
  readonly durable: DurableWish;
  readonly backgroundWork: BackgroundWork;
  readonly acceptLoss: Loss;
  /** Names of databases to restore; null for all. */
  readonly databases: readonly string[] | null;
}

/** Throws a final failure for a parameter that is missing or not understood. */
export function readRestoreWish(attempt: Attempt): RestoreWish {
  const { parameters } = attempt;
  const optional = (name: string, pattern: RegExp, otherwise: string) =>
    (parameters[name] ?? '') === '' ? otherwise : requireParameter(attempt, name, pattern);
  return {
    imageId: requireParameter(attempt, 'TOYGRES_IMAGE_ID', /[A-Za-z0-9._-]+/),
    width: Number(requireParameter(attempt, 'TOYGRES_PARALLEL', /[1-9]|[1-5][0-9]|6[0-4]/)),
    databaseBytes: Number(optional('TOYGRES_DATABASE_BYTES', /[0-9]{1,16}/, '0')),
    superuser: parameters.PGUSER || 'postgres',
    durable: {
      functions: requireParameter(attempt, 'TOYGRES_DURABLE_FUNCTIONS', /RESUME|CANCEL/) as DurableWish['functions'],
      allowUpgrade: requireParameter(attempt, 'TOYGRES_ALLOW_EXTENSION_UPGRADE', /true|false/) === 'true',
    },
    backgroundWork: optional('TOYGRES_BACKGROUND_WORK', /HOLD|RUN/, 'HOLD') as BackgroundWork,
    acceptLoss: optional('TOYGRES_ACCEPT_LOSS', new RegExp(LOSSES.join('|')), 'OBJECTS') as Loss,
    databases: readNames(parameters.TOYGRES_DATABASES ?? ''),
  };
}

function readNames(text: string): readonly string[] | null {
  if (text === '') return null;
  try {
    const names: unknown = JSON.parse(text);
    if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
  } catch {
    // Said below.
  }
  throw finalFailure('parameter TOYGRES_DATABASES is missing or not understood');
}
