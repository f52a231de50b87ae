import type { Database } from '../../src/db/database.ts';
import type { SecretBox } from '../../src/secrets/secret-box.ts';
import { listReads } from './reads.ts';
import { listUpkeep } from './upkeep-calls.ts';

/** Something that is asked of the records, by its name. */
export interface RecordCall {
  readonly name: string;
  readonly run: () => Promise<unknown>;
  /** It looks at every instance that lives, as health checks do, and at nothing that is over. */
  readonly looksAtAllLive?: true;
}

/** What is asked of the records by lists, filters, lookups, followers, upkeep, metrics and diagnostics, one call each. */
export async function listRecordCalls(database: Database, secrets: SecretBox, platform: string): Promise<RecordCall[]> {
  return [...(await listReads(database, secrets)), ...listUpkeep(database, platform)];
}
