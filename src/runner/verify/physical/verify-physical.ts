import { openSession } from '../../../guarded-postgres/session.ts';
import type { Program } from '../../attempt/attempt.ts';
import { checkLogin } from '../../backup/check-login.ts';
import { DATABASES } from '../../catalogue/databases.ts';
import { rollBackPreparedTransactions } from '../../catalogue/prepared-transactions.ts';
import { failingAs } from '../../postgres/describe-error.ts';
import { readLogin } from '../../postgres/read-login.ts';
import { checkIndexes } from '../check-indexes.ts';
import { readFiles } from './read-files.ts';
import { readPages } from './read-pages.ts';
import { readRows } from './read-rows.ts';

/**
 * Looks through a server that was restored from a physical image, and through the image: every file against the manifest of
 * the source's server, then every page, every row, and every B-tree against its table. Phases: `files`, `pages`, `compare`.
 */
export const verifyPhysical: Program = async (attempt) => {
  const { report } = attempt;
  const login = await readLogin(attempt);
  await readFiles(attempt);
  const found = await checkLogin(login, attempt);
  try {
    await rollBackPreparedTransactions(
      found.session,
      ({ database }) => openSession(login, { database, major: found.major }),
      report.log,
    );
    await failingAs('the reading of all pages', () => readPages(attempt, login));
    const databases = (await found.session.ask(DATABASES)).filter(({ takesConnections }) => takesConnections);
    report.phase(
      'compare',
      Math.max(
        1,
        databases.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      ),
    );
    let [tables, rows, done] = [0, 0, 0];
    for (const { name } of databases) {
      await failingAs(`the reading of database ${name.text}`, async () => {
        const session = await openSession(login, { database: name, major: found.major });
        try {
          const onTable = (bytes: number, what: string) => {
            done += bytes;
            report.progress(done, what);
          };
          const read = await readRows(session, { database: name.text, report, onTable });
          tables += read.tables;
          rows += read.rows;
          const indexes = await checkIndexes(session, { database: name.text, isThorough: true, report });
          report.log(
            `${name.text}: read ${read.rows} rows of ${read.tables} tables; ` +
              (indexes === null ? 'the server has no amcheck' : `amcheck looked through ${indexes} indexes`),
          );
        } finally {
          await session.close();
        }
      });
    }
    report.endPhase();
    return { databases: databases.length, tables, rows, findings: report.findings };
  } finally {
    await found.session.close();
  }
};
