import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { Session } from '../../../guarded-postgres/session.ts';
import type { Attempt } from '../../attempt/attempt.ts';
import { JobFailure } from '../../attempt/failure.ts';
import { encoding } from '../../catalogue/columns.ts';
import { SETTINGS_OF_ALL, writeSettingOfAll } from '../../catalogue/settings-of-all.ts';
import { createToolWords } from '../../dump/tool-words.ts';
import { connectionString } from '../../postgres/tool-environment.ts';
import { type RolesFile, readRolesFile } from '../../restore/load-roles.ts';

/** Has pg_dumpall write down the roles that are here, as an image has them. Throws JobFailure in its words. */
export async function dumpRolesHere(
  { programs, scratch }: Pick<Attempt, 'programs' | 'scratch'>,
  environment: Readonly<Record<string, string>>,
  session: Session,
  database: string,
): Promise<RolesFile> {
  const file = path.join(scratch, 'roles.sql');
  const words = createToolWords('pg_dumpall');
  const [own] = await session.ask({ sql: 'SELECT getdatabaseencoding()', row: z.tuple([encoding]) });
  const end = await programs.run('pg_dumpall', {
    arguments: [
      '--no-password',
      '--roles-only',
      `--encoding=${own?.[0] ?? 'UTF8'}`,
      `--dbname=${connectionString(database)}`,
      '--no-sync',
      `--file=${file}`,
    ],
    environment,
    onError: (line) => void words.take(line),
  });
  if (end.exitCode !== 0) throw new JobFailure(`the roles could not be written down: ${words.cause()}`);
  const ofAll = (await session.ask(SETTINGS_OF_ALL)).map(([setting]) => writeSettingOfAll(setting) ?? Buffer.alloc(0));
  const text = Buffer.concat([await readFile(file), ...ofAll]);
  return readRolesFile(text.toString('latin1'));
}
