import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Settings of the source that name its places, ports and neighbours, or would have the copy do what is the source's to do:
 * archive, follow another server, wait for standbys.
 */
const OF_THE_SOURCE =
  /^(data_directory|config_file|hba_file|ident_file|external_pid_file|unix_socket_.*|listen_addresses|port|bonjour.*|archive_.*|restore_command|recovery_.*|primary_.*|promote_trigger_file|synchronous_standby_names|ssl|ssl_.*|krb_server_keyfile|log_directory|dynamic_library_path|extension_control_path|extension_destdir|stats_temp_directory|event_source|jit_provider|oauth_validator_libraries|include|include_if_exists|include_dir)$/i;

/** The files that the server reads its settings from, the last one last. */
export const CONFIGURATION_FILES = ['postgresql.conf', 'postgresql.auto.conf'];
/** The server's lexer takes a value without `=` or a blank before it, too: `port+1`, `archive_command'true'`. */
const SETTING = /^\s*([A-Za-z_][A-Za-z0-9_.$]*)/;

/** The setting that a line of a configuration file is of, in small letters; null for what is none. */
export function settingOf(line: string): string | null {
  return SETTING.exec(line)?.[1]?.toLowerCase() ?? null;
}

/** Whether a line of a configuration file sets one of these. */
export function isOfTheSource(line: string): boolean {
  return OF_THE_SOURCE.test(settingOf(line) ?? '');
}

/** Makes comments of the settings that are not the copy's, in all files that the server reads; gives their names. */
export async function neutralizeSettings(dataDirectory: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const name of CONFIGURATION_FILES) {
    const file = path.join(dataDirectory, name);
    const text = await readFile(file, 'latin1').catch(() => null);
    if (text === null) continue;
    const lines = text.split('\n').map((line) => {
      if (!isOfTheSource(line)) return line;
      found.add(settingOf(line) ?? '');
      return `# the source's: ${line}`;
    });
    await writeFile(file, lines.join('\n'), 'latin1');
  }
  return [...found].sort();
}

/** Sets a setting in postgresql.auto.conf as ALTER SYSTEM would. */
export async function writeSetting(dataDirectory: string, name: string, value: string): Promise<void> {
  const file = path.join(dataDirectory, 'postgresql.auto.conf');
  const text = await readFile(file, 'latin1').catch(() => '');
  const kept = text.split('\n').filter((line) => settingOf(line) !== name.toLowerCase());
  const quoted = value.replaceAll('\\', '\\\\').replaceAll("'", "''");
  const head = kept.join('\n').replace(/\n+$/, '');
  await writeFile(file, `${head}${head === '' ? '' : '\n'}${name} = '${quoted}'\n`, 'latin1');
}
