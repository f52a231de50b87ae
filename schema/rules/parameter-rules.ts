import { invalidInput } from '../errors.ts';
import { checkText } from './text-rules.ts';

/** Parameters of PostgreSQL that an instance may be given. */
export const PARAMETERS_MAX = 64;
const NAME_MAX = 63;
const VALUE = { noun: 'value of a parameter', minCharacters: 0, maxCharacters: 500 };
// As PostgreSQL writes them, in lower case alone: it takes them in any, and takes "-" for "_".
const NAME = /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/;

/** A parameter of PostgreSQL as clients send it. */
export interface ParameterPair {
  readonly name: string;
  readonly value: string;
}

/** Parameters that nobody sets here, by why. A name that ends with `*` stands for all that begin so. */
const RESERVED: readonly (readonly [why: string, names: readonly string[]])[] = [
  [
    'where the server listens, whom it lets in and where it keeps its files is for Toygres to say',
    [
      ...[
        'listen_addresses',
        'port',
        'unix_socket_*',
        'bonjour*',
        'cluster_name',
        'ssl',
        'ssl_*',
        'password_encryption',
      ],
      ...['db_user_namespace', 'krb_*', 'gss_*', 'oauth_*', 'config_file', 'hba_file', 'ident_file', 'data_directory*'],
      ...['external_pid_file', 'stats_temp_directory', 'pg_durable.*'],
    ],
  ],
  [
    "Toygres reads the server's log, and so says where and how it is written",
    [
      ...['log_destination', 'logging_collector', 'log_directory', 'log_filename', 'log_file_mode', 'log_rotation_*'],
      ...['log_truncate_on_rotation', 'log_line_prefix', 'log_timezone', 'syslog_*', 'event_source', 'lc_messages'],
    ],
  ],
  [
    'it has the server run a command, load code or write files',
    [
      ...['*_command', '*_library', '*_libraries', 'dynamic_library_path', 'extension_control_path', 'jit_provider'],
      // Debian's own.
      'extension_destdir',
      ...[
        'archive_*',
        'basic_archive.*',
        'promote_trigger_file',
        'plperl*',
        'plperlu*',
        'pltcl*',
        'plpython*',
        'plv8*',
      ],
    ],
  ],
  [
    'recovery and replication are what Toygres does when it restores',
    ['primary_*', 'recovery_*', 'standby_mode', 'synchronous_standby_names', 'sync_replication_slots'],
  ],
  [
    'data can be lost or damaged by it, and an image would carry the damage',
    [
      ...['fsync', 'full_page_writes', 'zero_damaged_pages', 'ignore_system_indexes', 'ignore_checksum_failure'],
      ...['ignore_invalid_pages', 'allow_system_table_mods', 'session_replication_role', 'data_sync_retry'],
    ],
  ],
];

function stands(pattern: string, name: string): boolean {
  if (pattern.startsWith('*')) return name.endsWith(pattern.slice(1));
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** Why nobody sets this parameter here; null for one that can be set. */
export function reasonToRefuse(name: string): string | null {
  return RESERVED.find(([, names]) => names.some((pattern) => stands(pattern, name)))?.[0] ?? null;
}

/** Requires parameters that an instance may be given, each once. Whether its PostgreSQL takes them shows at its start. */
export function checkParameters(field: string, parameters: readonly ParameterPair[]): void {
  if (parameters.length > PARAMETERS_MAX) {
    throw invalidInput(field, 'maxCount', `There can be at most ${PARAMETERS_MAX} parameters: leave some out.`);
  }
  const seen = new Set<string>();
  for (const [index, { name, value }] of parameters.entries()) {
    if (name.length > NAME_MAX || !NAME.test(name)) {
      throw invalidInput(
        field,
        'parameterName',
        `Parameter ${index + 1}: a name is at most ${NAME_MAX} lower-case letters, digits and "_", and may have the name ` +
          'of an extension and "." before it ("auto_explain.log_min_duration"): write it so.',
      );
    }
    const reason = reasonToRefuse(name);
    if (reason !== null) {
      throw invalidInput(field, 'parameterReserved', `${name} cannot be set here, since ${reason}: leave it out.`);
    }
    checkText(field, value, VALUE);
    if (seen.has(name)) {
      throw invalidInput(field, 'uniqueKeys', `The parameter ${name} is given twice: keep one of them.`);
    }
    seen.add(name);
  }
}

/** Parameters, checked before, in the form that records have. */
export function buildParameterRecord(parameters: readonly ParameterPair[]): Readonly<Record<string, string>> {
  return Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
}
