import type { Severity } from '../../../../schema/rules/finding-rules.ts';
import type { TocEntry } from '../toc/toc-entry.ts';

/** What it is called when an entry does not come back, and how much that is. */
export interface LeftOut {
  readonly code: string;
  readonly severity: Severity;
  readonly says: string;
}

const warning = (code: string, says: string): LeftOut => ({ code, severity: 'WARNING', says });

const KINDS: Readonly<Record<string, LeftOut>> = {
  'CHECK CONSTRAINT': warning('CONSTRAINT_LEFT_OUT', 'was left out'),
  'FK CONSTRAINT': warning('CONSTRAINT_LEFT_OUT', 'was left out'),
  CONSTRAINT: warning('INDEX_LEFT_OUT', 'was left out'),
  INDEX: warning('INDEX_LEFT_OUT', 'was left out'),
  'INDEX ATTACH': warning('INDEX_LEFT_OUT', 'is not attached'),
  'MATERIALIZED VIEW DATA': warning('MATERIALIZED_VIEW_EMPTY', 'is there without rows'),
  'MATERIALIZED VIEW': warning('VIEW_LEFT_OUT', 'was left out'),
  VIEW: warning('VIEW_LEFT_OUT', 'was left out'),
  'DATABASE PROPERTIES': warning('SETTING_LEFT_OUT', 'was left out'),
  COMMENT: { code: 'OBJECT_NOT_CARRIED', severity: 'INFO', says: 'has no comment here' },
  ACL: warning('PRIVILEGE_LEFT_OUT', 'lacks a grant'),
  'ACL LANGUAGE': warning('PRIVILEGE_LEFT_OUT', 'lacks a grant'),
  'DEFAULT ACL': warning('PRIVILEGE_LEFT_OUT', 'lacks default privileges'),
  'STATISTICS DATA': { code: 'OBJECT_NOT_CARRIED', severity: 'INFO', says: 'has the statistics of ANALYZE instead' },
};

/** Without these rows are missing. */
const ROWS: ReadonlySet<string> = new Set(['TABLE', 'TABLE DATA', 'BLOB', 'BLOBS', 'BLOB METADATA', 'SEQUENCE SET']);

/** What an entry that could not be made in any form means. */
export function leftOut({ kind, tag }: TocEntry): LeftOut {
  if (ROWS.has(kind)) return { code: 'ROWS_NOT_LOADABLE', severity: 'CRITICAL', says: 'did not come back whole' };
  if (kind === 'RULE' && tag.endsWith(' _RETURN')) return warning('VIEW_LEFT_OUT', 'was left out');
  return KINDS[kind] ?? warning('OBJECT_NOT_CARRIED', 'was left out');
}
