import * as z from 'zod';
import type { Question } from '../../guarded-postgres/session.ts';
import { quoteLiteral, sql } from '../../guarded-postgres/sql.ts';
import { hexBytes } from './columns.ts';

/** Settings of ALTER ROLE ALL, each as `name=value`: pg_dumpall asks for those of named roles, pg_dump for its database's. */
export const SETTINGS_OF_ALL: Question<readonly [Buffer]> = {
  sql: `
    SELECT encode(textsend(one), 'hex')
    FROM pg_db_role_setting, unnest(setconfig) one WHERE setrole = 0 AND setdatabase = 0`,
  row: z.tuple([hexBytes]),
};

/** Settings that are lists of names: each of their elements is quoted by itself. */
const LISTS =
  /^(search_path|temp_tablespaces|local_preload_libraries|session_preload_libraries|shared_preload_libraries|unix_socket_directories)$/i;
const ELEMENT = /\s*(?:"((?:[^"]|"")*)"|([^,\s"]+))\s*(?:,|$)/gy;

/** The statement that makes such a setting again; null for what is none. */
export function writeSettingOfAll(setting: Buffer): Buffer | null {
  const text = setting.toString('latin1');
  const [, name = '', value = ''] = /^([A-Za-z_][A-Za-z0-9_$.]*)=(.*)$/s.exec(text) ?? [];
  if (name === '') return null;
  const written = LISTS.test(name) ? splitList(value) : [value];
  const values = written.map((one) => quoteLiteral(Buffer.from(one, 'latin1')).toString('latin1')).join(', ');
  const quotedName = name
    .split('.')
    .map((part) => `"${part}"`)
    .join('.');
  return sql`ALTER ROLE ALL SET ${quotedName} TO ${Buffer.from(values === '' ? "''" : values, 'latin1')};\n`;
}

function splitList(value: string): readonly string[] {
  return [...value.matchAll(ELEMENT)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}
