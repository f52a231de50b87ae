import { describe, expect, test } from 'vitest';
import { INTERVAL, SITUATIONS } from '../../support/alert-situations.ts';
import { findProgram } from '../../support/front-servers.ts';
import { type RuleGroup, readAlertRules, readRuleGroups } from '../../support/monitoring.ts';
import { runPromtool } from '../../support/prometheus.ts';

/** Rules are hardly ever evaluated at the moment of a scrape: what `increase` makes of that is seen. */
const EVALUATION = '29s';

const testRules = (groups: readonly RuleGroup[], situation: object) =>
  runPromtool(['test', 'rules', 'test.yaml'], {
    'rules.yaml': { groups },
    'test.yaml': { rule_files: ['rules.yaml'], evaluation_interval: EVALUATION, tests: [situation] },
  });

describe.skipIf(findProgram('promtool') === null)('the alert rules', () => {
  test('are rules to promtool', async () => {
    const groups = await readRuleGroups();
    const { code, output } = await runPromtool(['check', 'rules', 'rules.yaml'], { 'rules.yaml': { groups } });
    expect([code, output]).toEqual([
      0,
      expect.stringContaining(`SUCCESS: ${(await readAlertRules()).length} rules found`),
    ]);
  });

  test('each have a situation in which they fire and some in which they do not', async () => {
    for (const { alert } of await readAlertRules()) {
      const of = SITUATIONS.filter((one) => one.alert === alert);
      expect([alert, of.some(({ fires }) => fires.length > 0)]).toEqual([alert, true]);
      expect([alert, of.some(({ fires }) => fires.length === 0)]).toEqual([alert, true]);
    }
  });

  test('of nothing that is scraped nothing is said but that', async () => {
    const groups = await readRuleGroups();
    const others = (await readAlertRules()).filter(({ alert }) => alert !== 'ToygresRecordsAway');
    const situation = {
      interval: INTERVAL,
      input_series: [{ series: 'up{job="another"}', values: '1+0x240' }],
      alert_rule_test: others.map(({ alert }) => ({ eval_time: '110m', alertname: alert, exp_alerts: [] })),
    };
    expect(await testRules(groups, situation)).toEqual({ code: 0, output: expect.stringContaining('SUCCESS') });
  });

  test.each(SITUATIONS)('$alert: $when', async ({ alert, series, at, fires }) => {
    const groups = await readRuleGroups();
    const rule = (await readAlertRules()).find((one) => one.alert === alert);
    const expected = fires.map(({ labels, summary }) => ({
      exp_labels: { severity: rule?.labels.severity, ...labels },
      exp_annotations: { summary, description: rule?.annotations.description },
    }));
    const situation = {
      interval: INTERVAL,
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      alert_rule_test: [{ eval_time: at, alertname: alert, exp_alerts: expected }],
    };
    expect(await testRules(groups, situation)).toEqual({ code: 0, output: expect.stringContaining('SUCCESS') });
  });
});
