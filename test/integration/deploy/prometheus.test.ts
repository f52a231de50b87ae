import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createE2eClient, type E2eClient } from '../../support/e2e-client.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../../support/e2e-server.ts';
import { eventually } from '../../support/eventually.ts';
import { findProgram } from '../../support/front-servers.ts';
import { fillIn, labelsOf, readAlertRules, readDashboard, readRuleGroups } from '../../support/monitoring.ts';
import { type Prometheus, runPromtool, startPrometheus } from '../../support/prometheus.ts';

const SCRAPER = 'a-token-that-opens-metrics-only';
/** Nothing shows there on a server without images and failures, and between two operations. */
const SILENT = [
  'Age of the newest image, where it is oldest',
  'Operations that failed, per minute',
  'Operations under way',
  'Jobs by state',
];

describe.skipIf(findProgram('prometheus') === null)('a Prometheus that scrapes a server at work', () => {
  let home: E2eHome;
  let server: E2eServer;
  let client: E2eClient;
  let prometheus: Prometheus;
  let follower: AsyncIterator<unknown>;

  beforeAll(async () => {
    home = await makeE2eHome('prometheus');
    server = await home.start('standalone', { TOYGRES_METRICS_TOKEN: SCRAPER });
    client = createE2eClient(server);
    prometheus = await startPrometheus(new URL(server.url ?? '').host, SCRAPER, await readRuleGroups());
    // It has seen the zeros that counters begin with.
    await eventually(
      () => prometheus.query('toygres_operations_ended_total{workflow="create-instance", end="succeeded"} == 0'),
      (found) => found.length === 1,
    );
    follower = client.subscribe<unknown>('subscription { instanceChanged { id } }', {})[Symbol.asyncIterator]();
    follower.next().catch(() => undefined);
    // Two, one after the other: what has been seen once alone has no rate.
    for (const [done, name] of ['shop', 'till'].entries()) {
      const { operationId } = await client.createInstance({ name, password: 'a password of 20 signs' });
      for await (const _event of client.events(operationId));
      await eventually(
        () => prometheus.query(`toygres_operations_ended_total{workflow="create-instance", end="succeeded"} > ${done}`),
        (found) => found.length === 1,
      );
    }
    await expect(client.createInstance({ name: 'Not A Name' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  afterAll(async () => {
    await prometheus?.stop();
    await client?.stop();
    await server?.stop();
    await home?.stop();
  });

  test('gets in with the token from its file, and not without it', async () => {
    const tried = async (job: string) =>
      eventually(
        () => prometheus.scrapeError(job),
        (error) => error !== null,
      );
    expect(await tried('toygres')).toBe('');
    expect(await tried('without')).toContain('401');
  });

  test('is given a page to which promtool has nothing to say', async () => {
    const root = (server.url ?? '').replace('/graphql', '');
    const page = await fetch(`${root}/metrics`, { headers: { authorization: `Bearer ${SCRAPER}` } });
    expect(await runPromtool(['check', 'metrics'], {}, await page.text())).toEqual({ code: 0, output: '' });
  });

  test('has for every panel what its legend names', async () => {
    const { panels } = await readDashboard();
    for (const { title, targets } of panels) {
      for (const { expr, legendFormat } of targets) {
        const read = () => prometheus.query(fillIn(expr));
        const found = SILENT.includes(title) ? await read() : await eventually(read, ({ length }) => length > 0);
        for (const { metric } of found)
          expect([title, Object.keys(metric).sort()]).toEqual([title, [...labelsOf(legendFormat)].sort()]);
      }
    }
  });

  test('has the values that panels give a colour of their own', async () => {
    let coloured = 0;
    for (const { title, fieldConfig, targets } of (await readDashboard()).panels) {
      if (SILENT.includes(title)) continue;
      for (const { expr, legendFormat } of targets) {
        const [label] = labelsOf(legendFormat);
        const gauge = /\btoygres_\w+/.exec(expr)?.[0];
        if (label === undefined) continue;
        const there = (await prometheus.query(`count by (${label}) (${gauge})`)).map(({ metric }) => metric[label]);
        const named = fieldConfig.overrides.map(({ matcher }) => matcher.options);
        coloured += named.length;
        expect([title, named.filter((name) => !there.includes(name))]).toEqual([title, []]);
      }
    }
    expect(coloured).toBeGreaterThan(10);
  });

  test('takes with max what several pods say of the same, and never one of what is to be added up', async () => {
    const { panels } = await readDashboard();
    const expressions = [...panels.flatMap(({ targets }) => targets), ...(await readAlertRules())].map(({ expr }) =>
      fillIn(expr),
    );
    const taken = expressions.flatMap((expr) => [
      ...expr.matchAll(/\bmax(?: by \(([^)]*)\) ?)?\((\w+(?:\{[^}]*\})?)\)/g),
    ]);
    expect(taken.length).toBe(expressions.join().match(/\bmax\b/g)?.length);
    for (const [text, labels = '', gauge] of taken) {
      const of = ['instance', ...labels.split(', ')].filter((label) => label !== '').join(', ');
      expect([text, await prometheus.query(`count by (${of}) (${gauge}) > 1`)]).toEqual([text, []]);
    }
  });

  test('sees what was done', async () => {
    const value = async (expr: string) => Number((await prometheus.query(expr))[0]?.value[1]);
    const ended = 'sum by (workflow, end) (increase(toygres_operations_ended_total{end="succeeded"}[5m])) > 0';
    const ends = await eventually(
      () => prometheus.query(ended),
      (found) => found.length > 0,
    );
    expect(ends.map(({ metric }) => metric)).toEqual([{ workflow: 'create-instance', end: 'succeeded' }]);
    const refused = 'sum by (code) (increase(toygres_api_errors_total[5m])) > 0';
    const codes = await eventually(
      () => prometheus.query(refused),
      (found) => found.length > 1,
    );
    // The other one is what the scrapes without a token were told.
    expect(codes.map(({ metric }) => metric.code).sort()).toEqual(['INVALID_INPUT', 'UNAUTHENTICATED']);
    await eventually(
      () => value('sum by (state) (max by (state, health) (toygres_instances)) > 0'),
      (count) => count === 2,
    );
  });

  test('evaluates every alert rule, and none of them fires', async () => {
    for (const { expr } of await readAlertRules()) expect(await prometheus.query(expr)).toBeInstanceOf(Array);
    const rules = await eventually(
      () => prometheus.rules(),
      (found) => found.every(({ health }) => health !== 'unknown'),
    );
    expect(rules.map(({ name }) => name)).toEqual((await readAlertRules()).map(({ alert }) => alert));
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(rules.filter(({ state }) => state === 'firing')).toEqual([]);
  });

  test('says of an expression that it cannot read what is wrong with it', async () => {
    await expect(prometheus.query('sum by (state (toygres_instances)')).rejects.toThrow('parse error');
  });
});
