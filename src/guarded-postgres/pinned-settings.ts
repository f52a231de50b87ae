/**
 * What sessions that dump, load or look set for themselves, against every setting of a database, a role or the server that
 * changes how data is written or read, or that can stop them. Left to the server is what is about speed alone.
 */
const ALWAYS: Readonly<Record<string, string>> = {
  search_path: 'pg_catalog',
  role: 'none',
  // How values are written.
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  timezone_abbreviations: 'Default',
  extra_float_digits: '3',
  bytea_output: 'hex',
  xmlbinary: 'base64',
  xmloption: 'content',
  lc_messages: 'C',
  lc_monetary: 'C',
  lc_numeric: 'C',
  lc_time: 'C',
  quote_all_identifiers: 'off',
  // How values and statements are read.
  standard_conforming_strings: 'on',
  backslash_quote: 'safe_encoding',
  escape_string_warning: 'off',
  array_nulls: 'on',
  transform_null_equals: 'off',
  check_function_bodies: 'off',
  // Which rows there are: damage must be an error, never less rows.
  row_security: 'off',
  zero_damaged_pages: 'off',
  ignore_checksum_failure: 'off',
  ignore_system_indexes: 'off',
  synchronize_seqscans: 'off',
  stats_fetch_consistency: 'none',
  lo_compat_privileges: 'off',
  // How statements run.
  session_replication_role: 'origin',
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  default_transaction_deferrable: 'off',
  default_table_access_method: 'heap',
  default_tablespace: '',
  temp_tablespaces: '',
  allow_system_table_mods: 'off',
  exit_on_error: 'off',
  password_encryption: 'scram-sha-256',
  // What can stop them.
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  temp_file_limit: '-1',
  // What writes their words, or what they read, into a log.
  log_statement: 'none',
  log_duration: 'off',
  log_min_duration_statement: '-1',
  log_min_error_statement: 'panic',
  client_min_messages: 'warning',
  // Code that comes with a session by itself.
  session_preload_libraries: '',
  local_preload_libraries: '',
  jit: 'off',
};

/** Settings that came with a major version: before it, a session that sets them is refused. */
const SINCE: readonly { readonly major: number; readonly settings: Readonly<Record<string, string>> }[] = [
  { major: 16, settings: { createrole_self_grant: '' } },
  { major: 17, settings: { transaction_timeout: '0', event_triggers: 'off' } },
];

/** The settings of a session with a server of this major version. */
export function pinnedSettings(major: number): Readonly<Record<string, string>> {
  return Object.assign({}, ALWAYS, ...SINCE.filter((one) => major >= one.major).map(({ settings }) => settings));
}

/** Settings as the startup message and PGOPTIONS take them: blanks and backslashes are escaped. */
export function writeOptions(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\\s]/g, '\\$&')}`)
    .join(' ');
}

/** The variable PGOPTIONS of pg_dump, pg_dumpall and pg_restore, so that they are pinned as our own sessions are. */
export function toolOptions(major: number, changes: Readonly<Record<string, string>> = {}): string {
  return writeOptions({ ...pinnedSettings(major), ...changes });
}
