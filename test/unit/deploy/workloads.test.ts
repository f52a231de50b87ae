import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { ROOT } from '../../support/source-files.ts';

const read = (name: string) => readFile(path.join(ROOT, 'deploy/base', name), 'utf8');
const common = parse(await read('server-pod.yaml')).spec;
const { spec } = common.template as {
  spec: {
    topologySpreadConstraints: readonly { topologyKey: string; whenUnsatisfiable: string; matchLabelKeys: string[] }[];
    containers: readonly {
      startupProbe: { periodSeconds: number; failureThreshold: number };
      readinessProbe: { httpGet: { path: string } };
      livenessProbe: { httpGet: { path: string } };
    }[];
  };
};

describe('API and workers', () => {
  test('are spread over zones and over nodes, each by itself, and start where there is but one', () => {
    // What is given here replaces what a cluster spreads by itself, zones included.
    expect(spec.topologySpreadConstraints.map(({ topologyKey }) => topologyKey)).toEqual([
      'topology.kubernetes.io/zone',
      'kubernetes.io/hostname',
    ]);
    for (const { whenUnsatisfiable, matchLabelKeys } of spec.topologySpreadConstraints) {
      expect(whenUnsatisfiable).toBe('ScheduleAnyway');
      expect(matchLabelKeys).toEqual(['app.kubernetes.io/component', 'pod-template-hash']);
    }
  });

  test.each(['api', 'worker'])('%s: two of them, one at a time taken away', async (component) => {
    const objects = parseAllDocuments(await read(`${component}.yaml`)).map((document) => document.toJS());
    const deployment = objects.find(({ kind }) => kind === 'Deployment');
    const budget = objects.find(({ kind }) => kind === 'PodDisruptionBudget');
    expect(common.replicas).toBe(2);
    expect(budget.spec).toMatchObject({ maxUnavailable: 1, selector: deployment.spec.selector });
  });

  test('have three minutes to start, live whatever is away, and take traffic without the blob store', () => {
    const [container] = spec.containers;
    const { periodSeconds = 0, failureThreshold = 0 } = container?.startupProbe ?? {};
    expect(periodSeconds * failureThreshold).toBe(180);
    expect(container?.livenessProbe.httpGet.path).toBe('/health');
    expect(container?.readinessProbe.httpGet.path).toBe('/ready/traffic');
  });
});
