import { bigint, customType, index, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { cms } from './cms.ts';

/** The number of a transaction, which no other one ever has. */
const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' });

/** The last change of each record that can be followed, written by a trigger of its table. */
export const changes = cms.table(
  'changes',
  {
    /** 'instance', 'image', 'operation' ... */
    noun: text().notNull(),
    id: uuid().notNull(),
    /** The transaction that made it. */
    xid: xid8().notNull(),
    /** Its place within that. */
    position: bigint({ mode: 'bigint' }).notNull(),
    at: timestamp({ withTimezone: true, precision: 3 }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.noun, t.id] }), index('changes_order').on(t.xid, t.position)],
);

/** The last change that was forgotten for its age: one row, or none as long as nothing was. */
export const changesForgotten = cms.table('changes_forgotten', {
  one: text().primaryKey(),
  xid: xid8().notNull(),
  position: bigint({ mode: 'bigint' }).notNull(),
});
