import { openSession } from '../../../guarded-postgres/session.ts';
import type { Program } from '../../attempt/attempt.ts';
import { checkLogin } from '../../backup/check-login.ts';
import { rollBackPreparedTransactions } from '../../catalogue/prepared-transactions.ts';
import { failingAs } from '../../postgres/describe-error.ts';
import { readLogin } from '../../postgres/read-login.ts';
import { lookThrough } from '../amcheck/look-through.ts';
import { letIn } from './let-in.ts';
import { readFiles } from './read-files.ts';
import { readPages } from './read-pages.ts';
import { readRows } from './read-rows.ts';
import { oidsOf, settleDoubts } from './settle-doubts.ts';

/**
 * Looks through a server that was restored from a physical image, and through the image: every file against the manifest of
 * the source's server, then every page, every row, every table and every B-tree with its table. Phases: `files`, `pages`, `compare`.
 */
export const verifyPhysical: Program = async (attempt) => {
  const { report } = attempt;
  const login = await readLogin(attempt);
  await readFiles(attempt);
  const found = await checkLogin(login, attempt);
  try {
    const databases = await letIn(found.session, report);
    await rollBackPreparedTransactions(
      found.session,
      ({ database }) => openSession(login, { database, major: found.major }),
      report.log,
    );
    await failingAs('the reading of all pages', () => readPages(attempt, login));
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
          const about = { database: name.text, report };
          const read = await readRows(session, { ...about, onTable });
          const looked = await lookThrough(session, {
            ...about,
            isThorough: true,
            withToast: oidsOf(read.doubts),
            onObject: (object) => onTable(0, `looking through ${object} of database ${name.text}`),
          });
          const doubted = await settleDoubts(session, read.doubts, looked, about);
          tables += read.tables;
          rows += read.rows + doubted;
          report.log(`${name.text}: read ${read.rows + doubted} rows of ${read.tables} tables`);
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
