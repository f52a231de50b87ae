import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Session } from '../../guarded-postgres/session.ts';
import { finalFailure, JobFailure } from '../attempt/failure.ts';
import { ROLES, type RoleRow } from '../catalogue/roles.ts';
import { SETTINGS_OF_ALL, writeSettingOfAll } from '../catalogue/settings-of-all.ts';
import type { DumpedDatabase, DumpGround } from '../dump/source.ts';
import { createToolWords } from '../dump/tool-words.ts';
import { failingAs } from '../postgres/describe-error.ts';
import { connectionString } from '../postgres/tool-environment.ts';
import { findMetaCommand } from './meta-commands.ts';

/**
 * Roles are read when every dump has its snapshot: who owns something in a dump and is not in the list any more was dropped
 * or renamed meanwhile, and the dump could not be loaded. Throws JobFailure naming the role.
 */
export async function dumpRoles(
  ground: DumpGround,
  session: Session,
  maintenance: string,
  encoding: string,
  dumped: readonly DumpedDatabase[],
): Promise<void> {
  const before = await failingAs(`the dump of the server's roles and settings`, () => session.ask(ROLES));
  const file = path.join(ground.directory, 'roles.sql');
  const words = createToolWords('pg_dumpall');
  const end = await ground.attempt.programs.run('pg_dumpall', {
    arguments: [
      '--no-password',
      '--roles-only',
      `--encoding=${encoding}`,
      // The name as a value: pg_dumpall takes a connection string by --dbname.
      `--dbname=${connectionString(maintenance)}`,
      '--no-sync',
      `--file=${file}`,
    ],
    environment: ground.toolEnvironment,
    onError: (line) => void words.take(line),
  });
  if (end.exitCode !== 0) {
    throw new JobFailure(
      `the roles could not be dumped: ${words.cause() || `pg_dumpall ended with ${end.exitCode ?? end.signal}`}`,
    );
  }
  const after = await failingAs(`the dump of the server's roles and settings`, () => session.ask(ROLES));
  refuseLost(before, after, dumped);
  const text = await readFile(file, 'latin1');
  const line = findMetaCommand(text);
  if (line !== null) {
    throw finalFailure(
      `the list of roles holds a command for psql, or a quote without an end (line ${line} of roles.sql)`,
    );
  }
  if (!/^ALTER ROLE /m.test(text)) throw new JobFailure('the list of roles is not whole');
  const ofAll = await failingAs(`the dump of the server's roles and settings`, () => session.ask(SETTINGS_OF_ALL));
  for (const [setting] of ofAll) await appendFile(file, writeSettingOfAll(setting) ?? '');
  ground.files.give(file, 'roles.sql');
}

function refuseLost(before: readonly RoleRow[], after: readonly RoleRow[], dumped: readonly DumpedDatabase[]): void {
  const known = new Map(before.map(({ oid, name }) => [oid, name.key]));
  const kept = new Map(
    after.filter(({ oid, name }) => known.get(oid) === name.key).map(({ oid, name }) => [oid, name.key]),
  );
  for (const { database, roles } of dumped) {
    for (const { oid, name } of roles) {
      if (kept.get(oid) === name.key) continue;
      throw new JobFailure(
        `role ${name.text} was dropped or renamed while the image was taken, and database ${database.name.text} names it; take the image again`,
      );
    }
  }
}
