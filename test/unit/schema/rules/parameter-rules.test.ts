import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkParameters, PARAMETERS_MAX, reasonToRefuse } from '../../../../schema/rules/parameter-rules.ts';

const check = (...pairs: (readonly [string, string])[]) =>
  checkParameters(
    'parameters',
    pairs.map(([name, value]) => ({ name, value })),
  );
const refusal = (rule: string) =>
  expect.objectContaining({ code: 'INVALID_INPUT', details: { field: 'parameters', rule } });

describe('parameters of PostgreSQL', () => {
  test.each([
    ['work_mem', '64MB'],
    ['max_connections', '200'],
    ['auto_explain.log_min_duration', '250ms'],
    ['search_path', '"$user", public'],
    ['timezone', 'it\'s $(PGDATA) = \\ "x" `id`'],
    ['log_statement', ''],
  ])('may be %s = %s', (name, value) => {
    expect(() => check([name, value])).not.toThrow();
  });

  test.each([
    ...['listen_addresses', 'port', 'unix_socket_directories', 'ssl', 'ssl_key_file', 'hba_file', 'data_directory'],
    ...[
      'cluster_name',
      'password_encryption',
      'logging_collector',
      'log_directory',
      'log_line_prefix',
      'external_pid_file',
    ],
    ...['archive_command', 'archive_mode', 'archive_library', 'restore_command', 'ssl_passphrase_command'],
    ...['recovery_end_command', 'archive_cleanup_command', 'shared_preload_libraries', 'session_preload_libraries'],
    ...[
      'local_preload_libraries',
      'dynamic_library_path',
      'jit_provider',
      'extension_control_path',
      'extension_destdir',
      'oauth_validator_libraries',
    ],
    ...['plperl.on_init', 'plpython3u.anything', 'pg_durable.database', 'primary_conninfo', 'recovery_target_time'],
    ...[
      'fsync',
      'full_page_writes',
      'zero_damaged_pages',
      'allow_system_table_mods',
      'basic_archive.archive_directory',
    ],
  ])('are never %s', (name) => {
    expect(() => check([name, 'x'])).toThrow(refusal('parameterReserved'));
    expect(reasonToRefuse(name)).not.toBeNull();
  });

  test.each([
    ...[
      'Port',
      'LISTEN_ADDRESSES',
      'listen-addresses',
      'archive_command ',
      ' fsync',
      'fsync=off',
      'a\nfsync',
      'a b',
      '',
    ],
    ...['a.b.c', '.a', 'a.', '1a', 'ａrchive_command', 'a'.repeat(64), '-c', '--port', 'a;b', 'a\0'],
  ])('have no other name than PostgreSQL writes: %j', (name) => {
    expect(() => check([name, 'x'])).toThrow(refusal('parameterName'));
  });

  test.each(['a\nport = 1', 'a\rb', 'a\0b', '\u001b[31m', '\u0085'])('have one line of text: %j', (value) => {
    expect(() => check(['work_mem', value])).toThrow(refusal('noControlCharacters'));
  });

  test('are short, few, well-formed and each given once', () => {
    expect(() => check(['work_mem', 'x'.repeat(501)])).toThrow(refusal('length'));
    expect(() => check(['work_mem', '\ud800'])).toThrow(refusal('wellFormed'));
    expect(() => check(['work_mem', '1MB'], ['work_mem', '2MB'])).toThrow(refusal('uniqueKeys'));
    const many = Array.from({ length: PARAMETERS_MAX + 1 }, (_, index) => [`a.b${index}`, ''] as const);
    expect(() => check(...many)).toThrow(refusal('maxCount'));
  });

  test('that pass hold nothing that ends a line, whatever is sent', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(text, text, (name, value) => {
        try {
          check([name, value]);
        } catch {
          return;
        }
        expect(`${name}=${value}`).toMatch(/^[a-z_.0-9]+=[^\0\r\n]*$/u);
      }),
    );
  });
});
