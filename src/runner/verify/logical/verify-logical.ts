import type { Attempt, Program } from '../../attempt/attempt.ts';
import { finalFailure } from '../../attempt/failure.ts';
import { checkLogin } from '../../backup/check-login.ts';
import { DATABASES } from '../../catalogue/databases.ts';
import { failingAs } from '../../postgres/describe-error.ts';
import { readLogin } from '../../postgres/read-login.ts';
import { writeToolEnvironment } from '../../postgres/tool-environment.ts';
import { type ImageDatabase, imageFiles, readImageDatabases } from '../../restore/image-files.ts';
import { overDatabases } from '../../restore/load-databases.ts';
import { readRolesFile } from '../../restore/load-roles.ts';
import { receiveImage } from '../../restore/receive-image.ts';
import { compareRoles } from '../objects/compare-roles.ts';
import { dumpRolesHere } from '../objects/dump-roles.ts';
import { readWidth } from '../read-width.ts';
import { type ComparedDatabase, compareDatabase } from './compare-database.ts';

const TOOL_SECONDS = 30;

/**
 * Holds a server that was restored from a logical image against the image: its databases, roles and objects, and every row
 * against the dump that it came from. Phases: `download`, `check`, `compare`. The result names what differs.
 */
export const verifyLogical: Program = async (attempt) => {
  const { report } = attempt;
  const login = await readLogin(attempt);
  const width = readWidth(attempt);
  const received = await receiveImage(attempt);
  await received.complete;
  const files = imageFiles(received);
  const found = await checkLogin(login, attempt);
  try {
    const { major, session, maintenance } = found;
    const databases = await readImageDatabases(files);
    const toolEnvironment = await writeToolEnvironment(login, found, attempt.scratch, TOOL_SECONDS);
    const bytesOf = ({ oid }: ImageDatabase) => files.bytesBelow(`databases/${oid}`);
    report.phase(
      'compare',
      Math.max(
        1,
        databases.reduce((sum, one) => sum + bytesOf(one), 0),
      ),
    );

    const rolesText = (await files.read('roles.sql'))?.toString('latin1');
    if (rolesText === undefined) throw finalFailure('the image has no roles.sql');
    const rolesHere = await failingAs('the comparison of roles', () =>
      dumpRolesHere(attempt, toolEnvironment, session, maintenance),
    );
    for (const finding of compareRoles(readRolesFile(rolesText), rolesHere)) report.finding(finding);

    const here = new Set((await session.ask(DATABASES)).map(({ name }) => name.key));
    const there = databases.filter(({ name }) => here.has(name.key));
    tellMissing(
      attempt,
      databases.filter((one) => !there.includes(one)),
    );

    const done = new Map<ImageDatabase, number>();
    const progress = (database: ImageDatabase, bytes: number, message: string) => {
      done.set(database, bytes);
      report.progress(
        [...done.values()].reduce((sum, one) => sum + one, 0),
        message,
      );
    };
    const compared: ComparedDatabase[] = [];
    const ground = { attempt, login, major, toolEnvironment, files, progress };
    await overDatabases(there, width, async (database, lanes) => {
      const what = `the comparison of database ${database.name.text}`;
      compared.push(await failingAs(what, () => compareDatabase(ground, database, lanes)));
    });
    report.endPhase();
    const total = (of: (one: ComparedDatabase) => number) => compared.reduce((sum, one) => sum + of(one), 0);
    return {
      databases: compared.length,
      tables: total(({ tables }) => tables),
      rows: total(({ rows }) => rows),
      findings: report.findings,
    };
  } finally {
    await found.session.close();
  }
};

function tellMissing({ report }: Attempt, missing: readonly ImageDatabase[]): void {
  for (const { name } of missing) {
    report.finding({
      code: 'ROWS_DIFFER',
      severity: 'CRITICAL',
      database: name.text,
      object: null,
      message: `database ${name.text} is not there`,
      remedy: 'Take another image and verify that; until it has passed, keep this one and the source.',
    });
  }
}
