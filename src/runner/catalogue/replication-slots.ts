import * as z from 'zod';
import { hexName } from '../../guarded-postgres/raw-name.ts';
import type { Question, Session } from '../../guarded-postgres/session.ts';
import { writeLiteral } from '../../guarded-postgres/written-name.ts';
import type { Report } from '../attempt/attempt.ts';
import { tellSome } from './tell-some.ts';

const Slot = z
  .tuple([hexName, hexName.nullable(), hexName.nullable()])
  .transform(([name, plugin, database]) => ({ name, plugin, database }));

/** Those that stay: a temporary one goes with the session of whoever follows by it. */
const REPLICATION_SLOTS: Question<z.infer<typeof Slot>> = {
  sql: `
    SELECT encode(textsend(slot_name::text), 'hex'), encode(textsend(plugin::text), 'hex'), encode(textsend(database::text), 'hex')
    FROM pg_replication_slots WHERE NOT temporary ORDER BY slot_name`,
  row: Slot,
};

/**
 * Tells each slot by which somebody follows the server's changes. No image has one: how far it was is a place in the log of the
 * source, and who follows it is to go on there.
 */
export async function tellReplicationSlots(session: Session, report: Pick<Report, 'finding'>): Promise<void> {
  const findings = (await session.ask(REPLICATION_SLOTS)).map(({ name, plugin, database }) => {
    const literal = writeLiteral(name);
    return {
      code: 'OBJECT_NOT_CARRIED',
      severity: 'INFO' as const,
      database: database?.text ?? null,
      object: name.text,
      message: `the ${plugin === null ? 'physical' : 'logical'} replication slot ${literal} is not in an image: who follows by it follows the source alone`,
      remedy:
        plugin === null
          ? `SELECT pg_create_physical_replication_slot(${literal}); in the copy, where somebody is to follow it.`
          : `SELECT pg_create_logical_replication_slot(${literal}, ${writeLiteral(plugin)}); in the copy, where somebody is to follow it.`,
    };
  });
  tellSome(report, findings, (count) => ({
    message: `${count} more replication slots are not in an image`,
    remedy: 'SELECT * FROM pg_replication_slots;',
  }));
}
