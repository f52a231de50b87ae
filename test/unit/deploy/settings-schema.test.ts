import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../../src/config/env.ts';
import { ROOT } from '../../support/source-files.ts';

interface Rule {
  readonly description: string;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly examples: readonly string[];
}

const schema = JSON.parse(await readFile(path.join(ROOT, 'deploy/settings.schema.json'), 'utf8'));
const rules = schema.properties.data.properties as Readonly<Record<string, Rule>>;

/** Whether the schema takes the value. */
function takes(rule: Rule, value: string): boolean {
  if (rule.enum !== undefined && !rule.enum.includes(value)) return false;
  if (rule.minLength !== undefined && value.length < rule.minLength) return false;
  if (rule.maxLength !== undefined && value.length > rule.maxLength) return false;
  return rule.pattern === undefined || new RegExp(rule.pattern).test(value);
}
/** Whether a start does. */
function starts(name: string, value: string): boolean {
  try {
    readConfig({ TOYGRES_PLATFORM: 'kubernetes', [name]: value });
    return true;
  } catch {
    return false;
  }
}

/** What people write, and what is wrong with it somewhere. */
const VALUES = [
  ...[
    '0',
    '1',
    '20',
    '100000000000',
    '-1',
    'many',
    'true',
    'yes',
    'LOGICAL',
    'logical',
    'a b',
    'a,,b',
    '15,14',
    '15, 17',
  ],
  ...[
    'cpu=1/2',
    'cpu=100m/2,memory=1Gi/2Gi',
    'cpu=a/b,memory=1/1',
    'cpu=8,memory=32Gi',
    'cpu=8,',
    ',memory=1Gi',
    'memory=512Mi',
    'cpu=500m',
    'memory=1Gi,cpu=1',
    '10.0.0.0/8',
    '10.0.0.0',
    '10.0.0.0/8, ::/0',
    'ftp://x',
  ],
  ...['ab', 'abc', 'a'.repeat(63), 'a'.repeat(64)],
  ...[
    'pool=databases',
    'pool',
    '=x',
    'dedicated:NoSchedule',
    'dedicated:Never',
    '20MB',
    '20 MB',
    '20',
    'UPPER',
    '-a',
    'a-',
    'a--b',
  ],
];
/** Of numbers and ranges a schema sees the form alone. */
const FORM_ALONE = /CONCURRENCY|_DAYS|_SECONDS|_RANGES|_RATE|_URL|_SUFFIX/;

describe('the schema of the settings', () => {
  test('is about settings that there are, and about no secret', () => {
    for (const [name, { description }] of Object.entries(rules)) {
      expect(description).toMatch(/\.$/);
      expect(name).not.toMatch(/PASSWORD|TOKEN|SECRET|ENCRYPTION_KEY|DATABASE_URL|CONNECTION_STRING/);
    }
    expect(Object.keys(rules).length).toBeGreaterThan(25);
  });

  test.each(Object.entries(rules))('%s: its examples are taken by the schema and by a start', (name, rule) => {
    expect(rule.examples.length).toBeGreaterThan(0);
    for (const example of rule.examples) expect([takes(rule, example), starts(name, example)]).toEqual([true, true]);
  });

  test.each(Object.entries(rules))('%s: what a start takes the schema takes, and the other way round', (name, rule) => {
    for (const value of VALUES) {
      if (starts(name, value)) expect(takes(rule, value), value).toBe(true);
      else if (!FORM_ALONE.test(name)) expect(takes(rule, value), value).toBe(false);
    }
  });

  test('has patterns that Helm can read, too, which knows no looking ahead and no looking back', () => {
    for (const [name, { pattern = '' }] of Object.entries(rules)) expect(pattern, name).not.toMatch(/\(\?[=!<]|\\\d/);
  });

  test('knows all that the base and the overlay of Azure set', async () => {
    const base = parse(await readFile(path.join(ROOT, 'deploy/base/kustomization.yaml'), 'utf8'));
    const written = await readFile(path.join(ROOT, 'deploy/lib/manifests.sh'), 'utf8');
    const set = [...base.configMapGenerator[0].literals, ...written.matchAll(/^ {6}- ([A-Z_]+=)/gm)].map(
      (literal: string | RegExpMatchArray) =>
        (typeof literal === 'string' ? literal : (literal[1] ?? '')).split('=')[0],
    );
    expect(set.length).toBeGreaterThan(5);
    for (const name of set) expect(Object.keys(rules)).toContain(name);
  });
});
