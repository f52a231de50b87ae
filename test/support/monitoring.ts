import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './source-files.ts';

const MONITORING = path.join(ROOT, 'deploy/components/monitoring');

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly AlertRule[];
}

interface DataSource {
  readonly type: string;
  readonly uid: string;
}

/** What of a dashboard's panel the tests look at. */
export interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly type: string;
  readonly datasource: DataSource;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig: {
    readonly defaults: {
      readonly unit: string;
      readonly noValue?: string;
      readonly thresholds?: { readonly steps: readonly { readonly value: number | null }[] };
    };
    readonly overrides: readonly {
      readonly matcher: { readonly id: string; readonly options: string };
      readonly properties: readonly { readonly id: string; readonly value: unknown }[];
    }[];
  };
  readonly options: { readonly legend: { readonly showLegend: boolean } };
  readonly targets: readonly {
    readonly refId: string;
    readonly datasource: DataSource;
    readonly expr: string;
    readonly legendFormat: string;
    /** How far two points are from each other at least. */
    readonly interval?: string;
  }[];
}

export interface Dashboard {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly query: string }[];
  };
  readonly panels: readonly Panel[];
}

/** The groups of alert rules, as a file of rules for Prometheus has them below `groups`. */
export async function readRuleGroups(): Promise<readonly RuleGroup[]> {
  const text = await readFile(path.join(MONITORING, 'rules.yaml'), 'utf8');
  return (parse(text) as { spec: { groups: RuleGroup[] } }).spec.groups;
}

export async function readAlertRules(): Promise<readonly AlertRule[]> {
  return (await readRuleGroups()).flatMap(({ rules }) => rules);
}

export async function readDashboard(): Promise<Dashboard> {
  return JSON.parse(await readFile(path.join(MONITORING, 'dashboard.json'), 'utf8')) as Dashboard;
}

/** The expression as Grafana sends it where points are near each other. */
export function fillIn(expr: string): string {
  return expr.replaceAll('$__rate_interval', '5m');
}

/** The labels that a legend names: `{{kind}} {{state}}` names two. */
export function labelsOf(legend: string): readonly string[] {
  return [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, name = '']) => name);
}
