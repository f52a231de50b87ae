/**
 * What sessions that dump, load or look set for themselves, against every setting of a database, a role or the server that
 * changes how data is written or read, or that can stop them. Left to the server is what is about speed alone.
 */
const ANYBODY: Readonly<Record<string, string>> = {
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
  ignore_system_indexes: 'off',
  synchronize_seqscans: 'off',
  gin_fuzzy_search_limit: '0',
  stats_fetch_consistency: 'none',
  // How statements run.
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  default_transaction_deferrable: 'off',
  default_table_access_method: 'heap',
  default_tablespace: '',
  temp_tablespaces: '',
  exit_on_error: 'off',
  password_encryption: 'scram-sha-256',
  // What can stop them: a standby that is gone is nothing that a commit of ours waits for.
  synchronous_commit: 'local',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  // What they are told.
  client_min_messages: 'warning',
  // What writes their statements into a log, constants and all.
  debug_print_parse: 'off',
  debug_print_rewritten: 'off',
  debug_print_plan: 'off',
  // Code that comes with a session by itself.
  local_preload_libraries: '',
  jit: 'off',
};

/** Those of them that the server takes from a superuser alone. */
const SUPERUSER: Readonly<Record<string, string>> = {
  zero_damaged_pages: 'off',
  ignore_checksum_failure: 'off',
  lo_compat_privileges: 'off',
  session_replication_role: 'origin',
  allow_system_table_mods: 'off',
  temp_file_limit: '-1',
  session_preload_libraries: '',
  lc_messages: 'C',
  // What writes their words, or what they read, into a log.
  log_statement: 'none',
  log_duration: 'off',
  log_min_duration_statement: '-1',
  log_min_duration_sample: '-1',
  log_transaction_sample_rate: '0',
  log_min_error_statement: 'panic',
};

/** Settings that came with a major version: before it, a session that sets them is refused. */
const SINCE: readonly Since[] = [
  { major: 16, anybody: { createrole_self_grant: '' } },
  { major: 17, anybody: { transaction_timeout: '0' }, superuser: { event_triggers: 'off' } },
];
interface Since {
  readonly major: number;
  readonly anybody: Readonly<Record<string, string>>;
  readonly superuser?: Readonly<Record<string, string>>;
}
const since = (major: number) => SINCE.filter((one) => major >= one.major);

/** The settings of a session with a server of this major version. */
export function pinnedSettings(major: number): Readonly<Record<string, string>> {
  return Object.assign({}, ordinarySettings(major), SUPERUSER, ...since(major).map(({ superuser }) => superuser));
}

/** Those that the server takes from a role that is no superuser, too. */
export function ordinarySettings(major: number): Readonly<Record<string, string>> {
  return Object.assign({}, ANYBODY, ...since(major).map(({ anybody }) => anybody));
}

/** A session of which it is not known whether it is let in without event triggers: on a server before 17 it is not. */
export const NO_EVENT_TRIGGERS: Readonly<Record<string, string>> = { event_triggers: 'off' };

/** A wrong login, no such database, not now: what another try with other settings is answered, too. */
const SAID_TO_ALL = /^(?:28|3D000|53|55000|57P0)/;

/** Whether an event trigger for logins, which there are from version 17 on, may have refused a session in these words. */
export const mayBeOfTrigger = (code: string): boolean => !SAID_TO_ALL.test(code);

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
