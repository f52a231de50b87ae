import * as z from 'zod';
import { hexName } from '../../guarded-postgres/raw-name.ts';
import type { Question, Session } from '../../guarded-postgres/session.ts';
import { writeLiteral } from '../../guarded-postgres/written-name.ts';
import type { Report } from '../attempt/attempt.ts';
import { tellSome } from './tell-some.ts';

const Origin = z.tuple([hexName]).transform(([name]) => name);

/** Those that somebody made: each subscription has one that is named after it and made with it. */
const REPLICATION_ORIGINS: Question<z.infer<typeof Origin>> = {
  sql: `
    SELECT encode(textsend(roname), 'hex') FROM pg_replication_origin WHERE roname !~ '^pg_[0-9]+(_|$)' ORDER BY roname`,
  row: Origin,
};

/**
 * Tells each origin of replicated changes that somebody keeps by hand. No dump carries one: how far it was is of the source, whose
 * changes may go on after the snapshot, so that a copy which went on from there would miss some or have some twice.
 */
export async function tellReplicationOrigins(session: Session, report: Pick<Report, 'finding'>): Promise<void> {
  const findings = (await session.ask(REPLICATION_ORIGINS)).map((name) => {
    const literal = writeLiteral(name);
    return {
      code: 'OBJECT_NOT_CARRIED',
      severity: 'WARNING' as const,
      database: null,
      object: name.text,
      message: `the replication origin ${literal} is not in a LOGICAL image, nor how far its changes had come`,
      remedy: `SELECT pg_replication_origin_create(${literal}); in the copy, once it is known where its changes go on.`,
    };
  });
  tellSome(report, findings, (count) => ({
    message: `${count} more replication origins are not in a LOGICAL image`,
    remedy: 'SELECT * FROM pg_replication_origin;',
  }));
}
