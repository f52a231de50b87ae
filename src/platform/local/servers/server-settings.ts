import { SUPERUSER_NAME } from '../../../../jobs/ports/superuser.ts';
import type { ImageType } from '../../../../schema/states.ts';

/** Linux allows this many bytes for the path of a socket. */
const LONGEST_SOCKET_PATH = 107;

/** What the entry of pg_ident.conf is called by which we are let in. */
const US = 'toygres';

const HEAD = '# Written by Toygres; changes are overwritten.\n';

function hbaLine(...fields: readonly string[]): string {
  return fields.join('\t');
}

/**
 * Who may log in, and how. Every program of this machine comes from loopback, so a password is asked there too; only
 * PG_DURABLE trusts it, since its background worker and the steps it runs connect there and cannot give one. `tlsOnly`: who
 * comes over the network comes by TLS. `letsUsIn`: who we are on this machine is the superuser, over the socket.
 */
export function buildHba(imageType: ImageType, tlsOnly = false, letsUsIn = false): string {
  const loopback = imageType === 'PG_DURABLE' ? 'trust' : 'scram-sha-256';
  const host = tlsOnly ? 'hostssl' : 'host';
  // The worker of pg_durable knows no TLS.
  const near = imageType === 'PG_DURABLE' ? 'host' : host;
  const us = hbaLine('local', 'postgres', SUPERUSER_NAME, 'peer', `map=${US}`);
  const rules = [
    ...(letsUsIn ? [us] : []),
    hbaLine('local', 'all', 'all', 'scram-sha-256'),
    hbaLine('local', 'replication', 'all', 'scram-sha-256'),
    hbaLine(near, 'all', 'all', '127.0.0.1/32', loopback),
    hbaLine(near, 'all', 'all', '::1/128', loopback),
    hbaLine(host, 'replication', 'all', 'all', 'scram-sha-256'),
    hbaLine(host, 'all', 'all', 'all', 'scram-sha-256'),
  ];
  return `${HEAD}${rules.join('\n')}\n`;
}

/** No user of this machine stands for a database role; `us`: but this one, for the superuser, where pg_hba.conf says so. */
export function buildIdent(us: string | null = null): string {
  return us === null ? HEAD : `${HEAD}${hbaLine(US, `"${us.replaceAll('"', '""')}"`, SUPERUSER_NAME)}\n`;
}

export interface ServerFacts {
  readonly resourceName: string;
  readonly imageType: ImageType;
  readonly port: number;
  readonly hbaFile: string;
  readonly identFile: string;
  readonly socketDirectory: string;
  /** Null: it has none of ours. */
  readonly certificate: { readonly file: string; readonly keyFile: string } | null;
  /** What the instance is to have; none of it is one of ours. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What the cluster's own files say of shared_preload_libraries. */
  readonly preloaded: string;
}

/** The list with the library in it; what users added by ALTER SYSTEM stays. */
export function withLibrary(preloaded: string, library: string): string {
  const names = preloaded.split(',').map((name) => name.trim());
  const unquoted = names.map((name) => name.replace(/^"(.*)"$/, '$1'));
  return unquoted.includes(library) ? preloaded : [...names.filter((name) => name !== ''), library].join(',');
}

/** One entry of a list setting: a comma or space in a path would make two of it. */
function quoted(directory: string): string {
  return `"${directory.replaceAll('"', '""')}"`;
}

/**
 * What the server is told on its command line, where no ALTER SYSTEM and no restored file can change it: where it listens,
 * whom it lets in, and where it writes its log and how. All else is its owner's.
 */
export function buildSettings(facts: ServerFacts): Readonly<Record<string, string>> {
  const socketPath = `${facts.socketDirectory}/.s.PGSQL.${facts.port}`;
  const settings = {
    ...facts.parameters,
    listen_addresses: '127.0.0.1',
    port: String(facts.port),
    // Nothing of ours needs the socket: where the system cannot make it there is none.
    unix_socket_directories: Buffer.byteLength(socketPath) > LONGEST_SOCKET_PATH ? '' : quoted(facts.socketDirectory),
    hba_file: facts.hbaFile,
    ident_file: facts.identFile,
    cluster_name: facts.resourceName,
    log_destination: 'stderr',
    logging_collector: 'off',
    log_line_prefix: '%m [%p] ',
    log_timezone: 'UTC',
    ...(facts.certificate === null
      ? {}
      : {
          ssl: 'on',
          ssl_cert_file: facts.certificate.file,
          ssl_key_file: facts.certificate.keyFile,
          ssl_ca_file: '',
          ssl_crl_file: '',
          ssl_crl_dir: '',
          ssl_passphrase_command: '',
          ssl_min_protocol_version: 'TLSv1.2',
        }),
  };
  if (facts.imageType !== 'PG_DURABLE') return settings;
  return {
    ...settings,
    shared_preload_libraries: withLibrary(facts.preloaded, 'pg_durable'),
    'pg_durable.database': 'postgres',
    'pg_durable.worker_role': 'postgres',
  };
}
