import { ServerError } from '../../../guarded-postgres/server-error.ts';
import type { Login } from '../../../guarded-postgres/session.ts';
import type { Attempt } from '../../attempt/attempt.ts';
import { startBaseBackup } from '../../physical/take/base-backup.ts';
import { openReplication } from '../../physical/take/replication-session.ts';

/** What a server says of a base backup in which a page was not what its checksum says. */
const DAMAGED = 'XX001';

/**
 * Has the server read every page of every file, which it holds against its checksum where the cluster has any, as for a base
 * backup; what it sends is let go. A damaged page is told. Answers with how many bytes were read.
 */
export async function readPages({ report, signal }: Attempt, login: Login): Promise<number> {
  const session = await openReplication(login);
  const leave = () => session.close();
  signal.addEventListener('abort', leave, { once: true });
  let bytes = 0;
  try {
    const backup = await startBaseBackup(session, { label: 'Toygres drill', maxRateKilobytes: null }, [null]);
    report.phase('pages', Math.max(1, backup.bytesTotal));
    for await (const part of backup.parts()) {
      if (part.kind !== 'bytes') continue;
      bytes += part.bytes.length;
      report.progress(bytes, `${Math.floor(bytes / 1_048_576)} MiB are read`);
    }
  } catch (error) {
    if (!(error instanceof ServerError) || error.code !== DAMAGED) throw error;
    report.finding({
      code: 'DATA_DAMAGED',
      severity: 'CRITICAL',
      database: null,
      object: null,
      message: `a page is not what its checksum says: ${error.words}`,
      remedy:
        'Take a LOGICAL image, which fails where rows cannot be read, and see the log of the server for the file.',
    });
  } finally {
    signal.removeEventListener('abort', leave);
    session.close();
  }
  report.endPhase();
  return bytes;
}
