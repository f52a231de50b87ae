import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../../support/source-files.ts';

const MONITORING = path.join(ROOT, 'deploy/components/monitoring');
const METRICS = path.join(ROOT, 'src/metrics');

/** The names of all that is measured, as the sources give them. */
async function readMetricNames(): Promise<ReadonlySet<string>> {
  const files = (await readdir(METRICS)).filter((name) => name.endsWith('.ts'));
  const sources = await Promise.all(files.map((name) => readFile(path.join(METRICS, name), 'utf8')));
  const named = sources.flatMap((text) => [...text.matchAll(/'(toygres_[a-z_]+)'/g)].map(([, name = '']) => name));
  const gauges = sources.flatMap((text) =>
    [...text.matchAll(/\bgauge\(\s*'([a-z_]+)'/g)].map(([, name]) => `toygres_${name}`),
  );
  return new Set([...named, ...gauges]);
}

interface Rules {
  readonly spec: {
    readonly groups: readonly {
      readonly rules: readonly {
        readonly alert: string;
        readonly expr: string;
        readonly labels: { readonly severity: string };
        readonly annotations: { readonly summary: string; readonly description: string };
      }[];
    }[];
  };
}
const readRules = async () =>
  (parse(await readFile(path.join(MONITORING, 'rules.yaml'), 'utf8')) as Rules).spec.groups.flatMap(
    ({ rules }) => rules,
  );
const readPanels = async () =>
  (
    JSON.parse(await readFile(path.join(MONITORING, 'dashboard.json'), 'utf8')) as {
      panels: { id: number; title: string; targets: { expr: string }[] }[];
    }
  ).panels;

test('rules and dashboard ask for what is measured and for nothing else', async () => {
  const measured = await readMetricNames();
  expect(measured).toContain('toygres_records_up');
  const asked = [
    ...(await readRules()).map(({ expr }) => expr),
    ...(await readPanels()).flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ].flatMap((expr) => expr.match(/toygres_[a-z_]+/g) ?? []);
  expect(asked.length).toBeGreaterThan(20);
  expect(asked.map((name) => name.replace(/_bucket$/, '')).filter((name) => !measured.has(name))).toEqual([]);
});

test('every alert has a name of its own, a severity, and says what to do', async () => {
  const rules = await readRules();
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  for (const { labels, annotations } of rules) {
    expect(labels.severity).toMatch(/^(critical|warning)$/);
    expect(annotations.summary).toMatch(/\.$/);
    expect(annotations.description).toMatch(/\.$/);
  }
});

test('every panel has a title and a place of its own', async () => {
  const panels = await readPanels();
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
});
