import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { pinnedSettings } from '../../../src/guarded-postgres/pinned-settings.ts';

/** Settings that anybody may give a role or a database, and that sessions of ours leave as they are; by why. */
const LEFT: Readonly<Record<string, RegExp>> = {
  'how fast something is, and by which plan, not what it answers':
    /^(enable_\w+|geqo\w*|cpu_\w+|jit_\w+|min_parallel_\w+|max_parallel_\w+|parallel_\w+|debug_parallel_query|force_parallel_mode|seq_page_cost|random_page_cost|effective_\w+|cursor_tuple_fraction|recursive_worktable_factor|constraint_exclusion|plan_cache_mode|(from|join)_collapse_limit|backend_flush_after|maintenance_io_concurrency|io_combine_limit|commit_(delay|siblings)|default_statistics_target|optimize_bounded_sort|vacuum_(cost|buffer)_\w+|deadlock_timeout|file_copy_method|wal_skip_threshold)$/,
  'how much memory something may take':
    /^(work_mem|maintenance_work_mem|hash_mem_multiplier|temp_buffers|logical_decoding_work_mem|gin_pending_list_limit|max_stack_depth|scram_iterations)$/,
  'when old rows are frozen, and what is measured': /^(vacuum_\w+|track_\w+|compute_query_id|update_process_title)$/,
  'what a server tells its log of others than a statement':
    /^(log_(error_verbosity|executor_stats|parser_stats|planner_stats|statement_stats|lock_waits|lock_failures|min_messages|replication_commands|temp_files|parameter_max_length\w*|statement_sample_rate)|debug_pretty_print|trace_\w+|backtrace_functions|md5_password_warnings|log_btree_build_stats)$/,
  "how rows and the log are stored, which is the server's to say":
    /^(default_toast_compression|wal_(compression|init_zero|recycle|consistency_checking|debug)|allow_in_place_tablespaces)$/,
  'whether the line to the client stands':
    /^(tcp_\w+|client_connection_check_interval|wal_sender_timeout|ssl_renegotiation_limit)$/,
  'where the server finds libraries and extensions':
    /^(dynamic_library_path|extension_destdir|extension_control_path|output_plugin_libraries)$/,
  'what each session says for itself': /^(application_name|client_encoding)$/,
  'of a transaction or of a session, and kept by no role':
    /^(transaction_(isolation|read_only|deferrable)|seed|session_authorization)$/,
  'what values are computed by while rows are loaded, then set as the source has it': /^(default_text_search_config)$/,
  'for those who develop PostgreSQL':
    /^(debug_\w+|jit_debugging_support|jit_dump_bitcode|jit_profiling_support|ignore_invalid_pages|icu_validation_level)$/,
  'came with a minor version: one before it refuses a session that names it in its first message':
    /^composite_type_mismatch$/,
  'forbids views and foreign tables of users, which no session of ours reads': /^restrict_nonsystem_relation_kind$/,
};

test('every setting that a role or a database can have is pinned, or left for a reason', async () => {
  const client = new pg.Client(inject('postgresUrl'));
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT name FROM pg_catalog.pg_settings WHERE context IN ('user', 'superuser') AND name NOT LIKE '%.%' ORDER BY name`,
    );
    const version = await client.query<{ v: string }>(`SELECT current_setting('server_version') AS v`);
    const pinned = new Set(Object.keys(pinnedSettings(Number.parseInt(version.rows[0]?.v ?? '', 10))));
    expect(rows.length).toBeGreaterThan(140);
    const reasonsFor = (name: string) => Object.values(LEFT).filter((names) => names.test(name)).length;
    expect(rows.map(({ name }) => name).filter((name) => !pinned.has(name) && reasonsFor(name) === 0)).toEqual([]);
    // A reason to leave what is pinned would be a wrong one.
    const both = [...pinned].filter((name) => reasonsFor(name) > 0);
    expect(both.filter((name) => !/^debug_print_/.test(name))).toEqual([]);
  } finally {
    await client.end();
  }
});
