import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import type { RuleGroup } from './monitoring.ts';

/** What promtool said, and how it ended. */
export interface ToolAnswer {
  readonly code: number;
  readonly output: string;
}

/** Runs promtool on the files, which are written into a directory that is gone afterwards. */
export async function runPromtool(
  words: readonly string[],
  files: Readonly<Record<string, unknown>>,
  input = '',
): Promise<ToolAnswer> {
  const directory = await mkdtemp('/tmp/toygres-promtool-');
  try {
    for (const [name, content] of Object.entries(files))
      await writeFile(path.join(directory, name), stringify(content, { aliasDuplicateObjects: false }));
    return await new Promise((resolve) => {
      const child = execFile('promtool', [...words], { cwd: directory }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), output: stdout + stderr }),
      );
      child.stdin?.end(input);
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** One series of an answer to a query. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** A rule as Prometheus has it, with how its last evaluation went. */
export interface LoadedRule {
  readonly name: string;
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError?: string;
  readonly state: 'inactive' | 'pending' | 'firing';
}

/** A Prometheus that scrapes two jobs every second: `toygres` with the token, `without` with none. */
export interface Prometheus {
  /** The series that the expression has now. Throws what Prometheus says of one that it does not accept. */
  query(expr: string): Promise<readonly Series[]>;
  rules(): Promise<readonly LoadedRule[]>;
  /** What the last scrape of the job failed with; empty when it did not; null before the first. */
  scrapeError(job: string): Promise<string | null>;
  stop(): Promise<void>;
}

/** `target`: host and port of what answers /metrics. Whatever it writes is in a directory of its own, gone with it. */
export async function startPrometheus(
  target: string,
  token: string,
  groups: readonly RuleGroup[],
): Promise<Prometheus> {
  const directory = await mkdtemp('/tmp/toygres-prometheus-');
  const port = await freePort();
  const scrape = { static_configs: [{ targets: [target] }] };
  const files = {
    token,
    'rules.yaml': stringify({ groups }),
    'prometheus.yml': stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yaml'],
      scrape_configs: [
        { job_name: 'toygres', ...scrape, authorization: { credentials_file: 'token' } },
        { job_name: 'without', ...scrape },
      ],
    }),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(directory, name), text, { mode: 0o600 });
  const child: ChildProcess = spawn(
    'prometheus',
    [
      '--config.file=prometheus.yml',
      `--storage.tsdb.path=${directory}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    // One thread and a small heap: it has a few hundred series.
    { cwd: directory, env: { PATH: process.env.PATH, GOMAXPROCS: '1' }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said = (said + String(chunk)).slice(-4000);
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    await rm(directory, { recursive: true, force: true });
  };
  const ask = async <T>(question: string): Promise<T> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${question}`);
    const answer = (await response.json()) as { status: string; data: T; error?: string };
    if (answer.status !== 'success') throw new Error(`${question}: ${answer.error}`);
    return answer.data;
  };
  const isReady = async () => {
    if (child.exitCode !== null) throw new Error(`Prometheus ended: ${said}`);
    return fetch(`http://127.0.0.1:${port}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  try {
    await eventually(isReady, (ready) => ready);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    query: async (expr) =>
      (await ask<{ result: readonly Series[] }>(`query?${new URLSearchParams({ query: expr })}`)).result,
    rules: async () =>
      (await ask<{ groups: readonly { rules: readonly LoadedRule[] }[] }>('rules')).groups.flatMap(
        ({ rules }) => rules,
      ),
    async scrapeError(job) {
      const { activeTargets } = await ask<{
        activeTargets: readonly { labels: { job: string }; health: string; lastError: string }[];
      }>('targets');
      const found = activeTargets.find(({ labels }) => labels.job === job);
      return found === undefined || found.health === 'unknown' ? null : found.lastError;
    },
    stop,
  };
}
