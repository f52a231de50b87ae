import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { labelsOf, readAlertRules, readDashboard } from '../../support/monitoring.ts';
import { ROOT } from '../../support/source-files.ts';

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

test('rules and dashboard ask for what is measured and for nothing else', async () => {
  const measured = await readMetricNames();
  expect(measured).toContain('toygres_records_up');
  const asked = [
    ...(await readAlertRules()).map(({ expr }) => expr),
    ...(await readDashboard()).panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ].flatMap((expr) => expr.match(/toygres_[a-z_]+/g) ?? []);
  expect(asked.length).toBeGreaterThan(20);
  expect(asked.map((name) => name.replace(/_bucket$/, '')).filter((name) => !measured.has(name))).toEqual([]);
});

test('every alert has a name of its own, a severity, and says what to do', async () => {
  const rules = await readAlertRules();
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  for (const { labels, annotations } of rules) {
    expect(labels.severity).toMatch(/^(critical|warning)$/);
    expect(annotations.summary).toMatch(/\.$/);
    expect(annotations.description).toMatch(/\.$/);
  }
});

test('every panel has a title and a place of its own in 24 columns', async () => {
  const { panels } = await readDashboard();
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => [x + (cell % w), y + Math.floor(cell / w)] as const),
  );
  expect(new Set(cells.map(String)).size).toBe(cells.length);
  expect(cells.filter(([x]) => x < 0 || x >= 24)).toEqual([]);
  // No holes either: whole rows.
  expect(cells.length).toBe(24 * Math.max(...cells.map(([, y]) => y + 1)));
});

/** Ids of Grafana's units that are in use here: it shows a number with another one as it is, and says nothing. */
const UNITS = ['short', 's', 'bytes', 'opm', 'cpm'];

test('every panel asks the chosen data source, in a known unit, with a legend that tells its series apart', async () => {
  const { panels, templating } = await readDashboard();
  expect(templating.list).toMatchObject([{ name: 'datasource', type: 'datasource', query: 'prometheus' }]);
  const chosen = { type: 'prometheus', uid: expect.stringMatching(/^\$\{datasource\}$/) };
  for (const { title, type, datasource, fieldConfig, options, targets } of panels) {
    expect([title, type, datasource]).toEqual([title, 'timeseries', chosen]);
    expect(targets.map((target) => target.datasource)).toEqual(targets.map(() => chosen));
    expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    expect(options.legend.showLegend).toBe(true);
    const units = fieldConfig.overrides.flatMap(({ properties }) => properties.filter(({ id }) => id === 'unit'));
    expect(UNITS).toEqual(expect.arrayContaining([fieldConfig.defaults.unit, ...units.map(({ value }) => value)]));
    const legends = targets.map(({ legendFormat }) => legendFormat);
    expect(new Set(legends).size).toBe(legends.length);
    for (const { matcher } of fieldConfig.overrides) {
      expect(matcher.id).toBe('byName');
      // A value of the label that is the whole legend; that there is such a one is seen where a Prometheus scrapes it.
      if (!legends.some((legend) => /^\{\{\w+\}\}$/.test(legend))) expect(legends).toContain(matcher.options);
    }
    for (const { expr, legendFormat } of targets) {
      // What the outermost sum or max leaves; `le` goes into the quantile, and the largest of a quantile keep their labels.
      const outermost = /^(?:topk\(\d+, )?(?:histogram_quantile\([\d.]+, )?(?:sum|max)(?: by \(([^)]*)\))?/.exec(expr);
      const grouped = outermost?.[1]?.split(', ') ?? [];
      expect([title, [...labelsOf(legendFormat)].sort()]).toEqual([
        title,
        grouped.filter((one) => one !== 'le').sort(),
      ]);
    }
  }
});

test('seconds are shown as seconds, bytes as bytes, and what is per minute as that', async () => {
  for (const { title, fieldConfig, targets } of (await readDashboard()).panels) {
    for (const { expr, legendFormat } of targets) {
      const override = fieldConfig.overrides.find(({ matcher }) => matcher.options === legendFormat);
      const unit = override?.properties.find(({ id }) => id === 'unit')?.value ?? fieldConfig.defaults.unit;
      const wanted = /_seconds\b|_seconds_bucket/.test(expr)
        ? ['s']
        : /_bytes\b/.test(expr)
          ? ['bytes']
          : / \* 60 > 0$/.test(expr)
            ? ['opm', 'cpm']
            : ['short'];
      expect(wanted, `${title}: ${expr}`).toContain(unit);
    }
  }
});

test('a panel misses nothing that happened between two of its points, however far they are from each other', async () => {
  const monitor = parse(await readFile(path.join(ROOT, 'deploy/components/monitoring/pod-monitor.yaml'), 'utf8')) as {
    spec: { podMetricsEndpoints: readonly { interval: string }[] };
  };
  const scrapeSeconds = Number.parseInt(monitor.spec.podMetricsEndpoints[0]?.interval ?? '', 10);
  const rates = (await readDashboard()).panels
    .flatMap(({ targets }) => targets)
    .filter(({ expr }) => /\brate\(/.test(expr));
  expect(rates.length).toBeGreaterThan(5);
  for (const { expr, interval } of rates) {
    expect(expr.match(/\[[^\]]+\]/g)).toEqual(['[$__rate_interval]']);
    // Grafana takes four of them at least: with one scrape missed there are still enough for a rate.
    expect(Number(/^(\d+)m$/.exec(interval ?? '')?.[1]) * 60).toBeGreaterThanOrEqual(scrapeSeconds);
  }
});

test('a panel of what happened has no legend for what did not', async () => {
  // Counters begin with 0 for every workflow and every code.
  for (const { title, fieldConfig, targets } of (await readDashboard()).panels) {
    const counted = targets.filter(({ expr }) => /\brate\(/.test(expr));
    expect([title, counted.filter(({ expr }) => !/ > 0\)?$/.test(expr))]).toEqual([title, []]);
    // "No data" would read as a fault where there is none, and "None" as the truth where nobody measures.
    if (targets.every(({ expr }) => / > 0\)?$/.test(expr)))
      expect([title, fieldConfig.defaults.noValue]).toEqual([title, 'None, or nothing is scraped']);
  }
});

test('every panel says what is in it', async () => {
  for (const { title, description } of (await readDashboard()).panels)
    expect([title, description]).toEqual([title, expect.stringMatching(/\.$/)]);
});

test('the line in a panel is where the alert over the same begins', async () => {
  const late = (await readAlertRules()).find(({ alert }) => alert === 'ToygresEventsLate');
  const panel = (await readDashboard()).panels.find(({ title }) => title.startsWith('How late events are'));
  const line = panel?.fieldConfig.defaults.thresholds?.steps.map(({ value }) => value);
  expect(line).toEqual([null, Number(/> (\d+)$/.exec(late?.expr ?? '')?.[1])]);
});
