import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { Question } from '../../../guarded-postgres/session.ts';
import type { Attempt, Report } from '../../attempt/attempt.ts';
import { JobFailure } from '../../attempt/failure.ts';
import { hexBytes } from '../../catalogue/columns.ts';
import { namesLibraries } from './libraries.ts';
import { CONFIGURATION_FILES, isOfTheSource, settingOf, writeSetting } from './neutral-settings.ts';
import { startRecoveryServer } from './recovery-server.ts';

const text = hexBytes.transform((bytes) => bytes.toString('latin1'));

/** A setting that the files of a cluster have and its server has not taken: it waits for a restart, or will never be taken. */
export const UnappliedSetting = z.object({
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_.$]{0,200}$/),
  /** As the file has it. */
  value: z.string(),
  /** The one with which the server runs; null for one that it does not know, or that a session may change. */
  running: z.string().nullable(),
});
export type UnappliedSetting = z.infer<typeof UnappliedSetting>;

/**
 * What the server would take at its next start, or refuse. Where a file holds one that it does not know, it takes none of them
 * and says so of that one alone. Texts have one byte a character.
 */
export const UNAPPLIED_SETTINGS: Question<UnappliedSetting> = {
  sql: `
    WITH last AS (SELECT DISTINCT ON (lower(name)) * FROM pg_file_settings WHERE name IS NOT NULL ORDER BY lower(name), seqno DESC)
    SELECT f.name, encode(textsend(coalesce(f.setting, '')), 'hex'),
      CASE s.context WHEN 'postmaster' THEN encode(textsend(s.setting), 'hex') END
    FROM last f LEFT JOIN pg_settings s ON lower(s.name) = lower(f.name)
    WHERE f.error IS NOT NULL OR (NOT f.applied AND s.context = 'postmaster' AND f.setting NOT IN (s.setting, current_setting(s.name)))
    ORDER BY f.name`,
  row: z
    .tuple([UnappliedSetting.shape.name, text, text.nullable()])
    .transform(([name, value, running]) => ({ name, value, running })),
};

/**
 * Has the copy recover with what its source ran with: a setting with which no server starts must not cost all of it. Gives
 * those that are the copy's at all.
 */
export async function useRunningSettings(
  dataDirectory: string,
  unapplied: readonly UnappliedSetting[],
): Promise<readonly UnappliedSetting[]> {
  // The server that recovers loads no library: it could not tell whether one with these starts.
  const own = unapplied.filter(({ name }) => !isOfTheSource(name) && !namesLibraries(name));
  const names = new Set(own.map(({ name }) => name.toLowerCase()));
  for (const file of CONFIGURATION_FILES.map((name) => path.join(dataDirectory, name))) {
    const content = await readFile(file, 'latin1').catch(() => null);
    if (content === null) continue;
    const lines = content.split('\n').map((line) => (names.has(settingOf(line) ?? '') ? `# not taken: ${line}` : line));
    await writeFile(file, lines.join('\n'), 'latin1');
  }
  for (const { name, running } of own) if (running !== null) await writeSetting(dataDirectory, name, running);
  return own;
}

/** What a start must not be kept from by what only the recovery needs. */
const OF_THE_RECOVERY = ['shared_buffers', 'huge_pages', 'max_logical_replication_workers'];

/** Gives the settings that wait for a restart back, where the server starts with them; else it keeps what its source ran with. */
export async function settleUnapplied(
  attempt: Attempt,
  report: Pick<Report, 'finding' | 'log'>,
  dataDirectory: string,
  own: readonly UnappliedSetting[],
): Promise<void> {
  if (own.length === 0) return;
  const waiting = own.filter(({ running }) => running !== null);
  for (const { name, value } of waiting) await writeSetting(dataDirectory, name, value);
  const refusal = waiting.length === 0 ? null : await refusalToStart(attempt, dataDirectory);
  for (const { name, value, running } of own) {
    if (running !== null && refusal === null) {
      report.log(`Setting ${name} waits for a restart on the source, and is taken here`);
      continue;
    }
    if (running !== null) await writeSetting(dataDirectory, name, running);
    report.finding({
      code: 'SETTING_LEFT_OUT',
      severity: 'WARNING',
      database: null,
      object: name,
      message:
        running === null
          ? `setting ${name} was left out: the source's server had not taken it from its files`
          : `setting ${name} is ${running} here, as the source ran: its files say ${value}, which waits there for a restart, and the server does not start with it here: ${refusal}`,
      remedy: null,
    });
  }
}

async function refusalToStart(attempt: Attempt, dataDirectory: string): Promise<string | null> {
  try {
    const server = await startRecoveryServer(attempt, dataDirectory, { without: OF_THE_RECOVERY });
    await server.stop();
    return null;
  } catch (error) {
    if (error instanceof JobFailure) return error.message;
    throw error;
  }
}
