import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const NAMES = [
  'postgres-pvc',
  'postgres-secret',
  'postgres-certificate',
  'postgres-connection',
  'postgres-config',
  'postgres-service',
  'postgres-statefulset',
  'network-policy',
  'backup-job',
  'restore-job',
  'preflight-job',
  'job-secret',
  'job-scripts',
] as const;
export type TemplateName = (typeof NAMES)[number];

/** The texts that manifests are made of, as this release has them. */
export interface Templates {
  readonly yaml: Readonly<Record<TemplateName, string>>;
  readonly startServer: string;
  readonly stopServer: string;
  readonly checkServer: string;
  /** What jobs run that have a script, by its path below the directory that they find it in. */
  readonly scripts: ReadonlyMap<string, string>;
}

async function readTree(directory: string, prefix: string): Promise<[string, string][]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.(sh|sql)$/.test(entry.name));
  return Promise.all(
    files.map(async (entry): Promise<[string, string]> => {
      const file = path.join(entry.parentPath, entry.name);
      return [`${prefix}/${path.relative(directory, file)}`, await readFile(file, 'utf8')];
    }),
  );
}

/** Reads them once. `scriptsDirectory` holds the scripts of jobs; `directory` the templates. */
export async function readTemplates(directory: string, scriptsDirectory: string): Promise<Templates> {
  const text = (...names: string[]) => readFile(path.join(directory, ...names), 'utf8');
  const yaml = await Promise.all(NAMES.map(async (name) => [name, await text(`${name}.yaml`)] as const));
  const scripts = new Map((await readTree(scriptsDirectory, 'scripts')).sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    yaml: Object.fromEntries(yaml) as Record<TemplateName, string>,
    startServer: await text('kubernetes', 'start-server.sh'),
    stopServer: await text('kubernetes', 'stop-server.sh'),
    checkServer: await text('kubernetes', 'check-server.sh'),
    scripts,
  };
}
