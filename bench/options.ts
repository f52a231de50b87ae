import { parseArgs } from 'node:util';

export const SECTIONS = [
  'image',
  'tables',
  'objects',
  'small',
  'physical',
  'beside',
  'engine',
  'idle',
  'hostile',
  'schedule',
  'follow',
  'logs',
  'api',
  'records',
  'cluster',
] as const;
export type Section = (typeof SECTIONS)[number];

export interface BenchOptions {
  readonly sections: readonly Section[];
  /** Of the database that images are taken of. */
  readonly sizeBytes: number;
  readonly runs: number;
  readonly json: boolean;
  /** Whether docs/bench.md and its plot are written anew. */
  readonly page: boolean;
}

export const USAGE = `usage: npm run bench -- [--only image,tables,...] [--size 1GB] [--runs 3] [--json] [--page]

  image    an image and its restore, against pg_dump, azcopy and pg_restore by hand
  tables   the same of 3,000 small tables, and a look through the catalogue of 10,000
  objects  the same of rows of 96 MB that do not compress, and 20,000 large objects
  small    the same of a database of 10 MB
  physical a PHYSICAL image and its restore, against pgbackrest, which must be installed
  beside   what users of a server feel while its image is taken, by pgbench
  engine   enqueue to first step, overhead of an operation, steps a second, take-over after a kill
  idle     queries a second with 0 and with 1,000 instances, and what a health check costs
  hostile  memory and lateness with 1,000 servers that want to harm whoever checks them
  schedule 1,000 images by one schedule, and what a creation waits meanwhile
  follow   1,000 clients of one operation, against a server that only sends
  logs     10,000 lines a second of a job's log to 100 followers, against the job that nobody follows
  api      a page as a console shows it, against PostGraphile on the same tables
  records  statements, rows read and time with 1,000 and with 20,000 instances on record
  cluster  calls of the API server, and a new server against kubectl; only on the cluster that KUBECONFIG names

  --size   of the database, such as 200MB; --runs of each measurement, the median is shown
  --json   JSON on stdout instead of the report; what is going on is told on stderr
  --page   docs/bench.md and its plot are written anew, of what has a goal`;

const UNITS: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9 };

/** `200MB` as bytes; powers of 1000. */
export function parseSize(text: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?) ?(kB|MB|GB)$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (amount === undefined || factor === undefined) throw new Error(`--size ${text}: write it as 200MB or 1GB.`);
  return Number(amount) * factor;
}

/**
 * Reads the command line; null when help was asked for. Throws with one line that says what is wrong. A cluster is measured
 * only where there is one.
 */
export function readOptions(given: readonly string[], hasCluster: boolean): BenchOptions | null {
  const usual = SECTIONS.filter((section) => section !== 'cluster' || hasCluster);
  const { values } = parseArgs({
    args: [...given],
    options: {
      only: { type: 'string', default: usual.join(',') },
      size: { type: 'string', default: '1GB' },
      runs: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      page: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const sections = values.only.split(',').map((name) => {
    const section = SECTIONS.find((known) => known === name.trim());
    if (section === undefined) throw new Error(`--only ${name}: there are ${SECTIONS.join(', ')}.`);
    if (section === 'cluster' && !hasCluster) throw new Error('--only cluster: set KUBECONFIG to a cluster.');
    return section;
  });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs ${values.runs}: write a whole number from 1.`);
  return { sections, sizeBytes: parseSize(values.size), runs, json: values.json, page: values.page };
}
