import { pgSchema } from 'drizzle-orm/pg-core';

/** Everything of ours lives in this schema; the queue has one of its own in the same database. */
export const cms = pgSchema('cms');
