import { createHash } from 'node:crypto';
import path from 'node:path';
import type { JobRef } from '../../../jobs/ports/platform/jobs.ts';
import type { ServerRef } from '../../../jobs/ports/platform/servers.ts';
import { invalidInput } from '../../../schema/errors.ts';

/** Names become directories: what Kubernetes allows is also what no file system can misread. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const JOB_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface ServerPaths {
  readonly directory: string;
  readonly lock: string;
  /** Belongs to the user that servers run as. */
  readonly volume: string;
  readonly data: string;
  readonly volumeRecord: string;
  readonly secretRecord: string;
  readonly configuration: string;
  readonly configurationRecord: string;
  /** The server's certificate and its key. */
  readonly certificate: string;
  readonly certificateKey: string;
  readonly serverRecord: string;
  readonly log: string;
  readonly socket: string;
}

export interface JobPaths {
  readonly directory: string;
  readonly lock: string;
  readonly record: string;
  /** These three are for us alone: who is to be ended, and how it went, is nothing that a job could write. */
  readonly run: string;
  readonly secrets: string;
  readonly attempts: string;
  /** Names the start that counts: a supervisor of any other one ends before it begins. */
  readonly order: string;
  readonly supervisor: string;
  readonly running: string;
  readonly request: string;
  readonly end: string;
  /** Failed attempts and lost supervisors so far. */
  readonly tally: string;
  readonly supervisorLog: string;
  readonly scratch: string;
}

/** Where everything of one local platform lies below its state directory. */
export interface Layout {
  readonly root: string;
  readonly locks: string;
  readonly servers: string;
  readonly jobs: string;
  readonly scripts: string;
  /** A job holds the lock of one file in it while it runs. */
  readonly slots: string;
  readonly short: string;
  readonly portsLock: string;
  /** Throws INVALID_INPUT for names that could not be a resource's. */
  server(ref: ServerRef): ServerPaths;
  /** Throws INVALID_INPUT for what is not a record's id. */
  job(ref: Pick<JobRef, 'id'>): JobPaths;
}

/** Whether a directory can be a server's or namespace's: what else lies there is not ours. */
export function isResourceName(value: string): boolean {
  return NAME.test(value);
}

/** The same for a job's. */
export function isJobId(value: string): boolean {
  return JOB_ID.test(value);
}

function checkName(field: string, value: string): void {
  if (!NAME.test(value)) {
    const rule = 'lower-case letters, digits and hyphens, at most 63, no hyphen first or last';
    throw invalidInput(field, rule, `${field} ${JSON.stringify(value.slice(0, 80))} is not a name: ${rule}.`);
  }
}

function serverPaths(layout: Pick<Layout, 'servers' | 'locks' | 'short'>, ref: ServerRef): ServerPaths {
  checkName('namespace', ref.namespace);
  checkName('resourceName', ref.resourceName);
  const directory = path.join(layout.servers, ref.namespace, ref.resourceName);
  const volume = path.join(directory, 'volume');
  return {
    directory,
    lock: path.join(layout.locks, `server.${ref.namespace}.${ref.resourceName}`),
    volume,
    data: path.join(volume, 'pgdata'),
    volumeRecord: path.join(directory, 'volume.json'),
    secretRecord: path.join(directory, 'secret.json'),
    configuration: path.join(directory, 'configuration'),
    configurationRecord: path.join(directory, 'configuration.json'),
    certificate: path.join(directory, 'tls', 'server.crt'),
    certificateKey: path.join(directory, 'tls', 'server.key'),
    serverRecord: path.join(directory, 'server.json'),
    log: path.join(directory, 'server.log'),
    socket: path.join(layout.short, shortName(`${ref.namespace}/${ref.resourceName}`)),
  };
}

function jobPaths(layout: Pick<Layout, 'jobs' | 'locks' | 'short'>, id: string): JobPaths {
  if (!JOB_ID.test(id))
    throw invalidInput('id', 'a UUID', `${JSON.stringify(id.slice(0, 80))} is not the id of a job.`);
  const directory = path.join(layout.jobs, id);
  const run = path.join(directory, 'run');
  return {
    directory,
    lock: path.join(layout.locks, `job.${id}`),
    record: path.join(directory, 'job.json'),
    run,
    secrets: path.join(directory, 'secrets'),
    attempts: path.join(directory, 'attempts'),
    order: path.join(run, 'order'),
    supervisor: path.join(run, 'supervisor'),
    running: path.join(run, 'running'),
    request: path.join(run, 'request'),
    end: path.join(run, 'end'),
    tally: path.join(run, 'tally'),
    supervisorLog: path.join(directory, 'supervisor.log'),
    scratch: path.join(layout.short, shortName(id)),
  };
}

/** Unix sockets are made in such directories, and the system allows 107 bytes for a socket's whole path. */
function shortName(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 12);
}

/** Knows the paths; makes nothing. */
export function layoutOf(stateDirectory: string): Layout {
  const within = (name: string) => path.join(stateDirectory, name);
  const places = {
    root: stateDirectory,
    locks: within('locks'),
    servers: within('servers'),
    jobs: within('jobs'),
    scripts: within('scripts'),
    slots: within('slots'),
    short: within('run'),
    portsLock: path.join(within('locks'), 'ports'),
  };
  return { ...places, server: (ref) => serverPaths(places, ref), job: ({ id }) => jobPaths(places, id) };
}
