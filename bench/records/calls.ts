import type { Database } from '../../src/db/database.ts';
import type { SecretBox } from '../../src/secrets/secret-box.ts';
import { listReads } from './reads.ts';
import type { RecordCall } from './record-call.ts';
import { listUpkeep } from './upkeep-calls.ts';

/** What is asked of the records by lists, filters, lookups, followers, upkeep, metrics and diagnostics, one call each. */
export async function listRecordCalls(database: Database, secrets: SecretBox, platform: string): Promise<RecordCall[]> {
  return [...(await listReads(database, secrets)), ...listUpkeep(database, platform)];
}
