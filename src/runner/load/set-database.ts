import { commandsOf } from './entries/entry-commands.ts';
import type { Told } from './findings.ts';
import type { LoadSession } from './load-session.ts';
import { splitStatements } from './statements/split-statements.ts';
import type { TocEntry } from './toc/toc-entry.ts';

/**
 * Gives the database to its owner and sets what it and its roles in it are set to: when all is loaded, since nothing of it is
 * to bend that. `object` is the database's name for findings.
 */
export async function setDatabase(
  session: LoadSession,
  told: Told,
  entries: readonly TocEntry[],
  object: string,
): Promise<void> {
  for (const entry of entries.filter(({ kind }) => kind === 'DATABASE' || kind === 'DATABASE PROPERTIES')) {
    const texts =
      entry.kind === 'DATABASE'
        ? commandsOf(entry, () => undefined)
            .filter(({ role }) => role === 'own')
            .map(({ sql }) => sql)
        : splitStatements(entry.define).map(({ text }) => `${text};`);
    for (const sql of texts) {
      const refusal = await session.attempt(sql);
      if (refusal === null) continue;
      told.tell({
        code: entry.kind === 'DATABASE' ? 'OWNER_CHANGED' : 'SETTING_LEFT_OUT',
        severity: 'WARNING',
        object,
        says: entry.kind === 'DATABASE' ? 'does not belong to its owner here' : 'lacks a setting',
        cause: refusal,
        remedy: sql,
      });
    }
  }
}
