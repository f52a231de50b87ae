/** A setting of ALTER SYSTEM, and what is to become of it. */
export type SettingFate = 'write' | 'libraries' | 'skip' | 'place' | 'tablespaces';

const LIBRARIES: ReadonlySet<string> = new Set([
  'shared_preload_libraries',
  'session_preload_libraries',
  'local_preload_libraries',
]);
const PLACES =
  /^(?:data_directory|config_file|hba_file|ident_file|external_pid_file|unix_socket_.*|listen_addresses|port|bonjour.*|archive_.*|restore_command|recovery_.*|primary_.*|promote_trigger_file|synchronous_standby_names|ssl|ssl_.*|krb_server_keyfile|log_directory|dynamic_library_path|extension_control_path|extension_destdir|stats_temp_directory|event_source|jit_provider|oauth_validator_libraries)$/i;

/** What names places, ports and neighbours of the source does not come back, nor tablespaces that are not here. */
export function fateOf(name: string, value: string): SettingFate {
  if (PLACES.test(name)) return 'place';
  if (name === 'default_tablespace' || name === 'temp_tablespaces') return value === '' ? 'skip' : 'tablespaces';
  return LIBRARIES.has(name) ? 'libraries' : 'write';
}

/** A line of a configuration file. */
export function settingLine(name: string, value: string): string {
  return `${name} = '${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'\n`;
}
