import { describe, expect, it } from 'vitest';
import { workflows } from '../../../jobs/registry.ts';
import { suites } from '../../crash/suites.ts';

describe('the registry', () => {
  it('lists every version of a workflow once, under the name that commands ask for', () => {
    const versions = workflows.map(({ name, version }) => `${name} ${version}`);
    expect(new Set(versions).size).toBe(versions.length);
    expect([...new Set(workflows.map(({ name }) => name))].sort()).toEqual([
      'create-durable-instance',
      'create-image',
      'create-instance',
      'create-physical-image',
      'delete-image',
      'delete-instance',
      'delete-instance-after-image',
      'grow-volume',
      'restart-instance',
      'restore-durable-instance',
      'restore-durable-physical-instance',
      'restore-instance',
      'restore-physical-instance',
      'rotate-credentials',
      'rotate-owner-credentials',
      'run-preflight',
      'start-instance',
      'stop-instance',
      'verify-durable-image',
      'verify-durable-physical-image',
      'verify-image',
      'verify-physical-image',
    ]);
  });

  it('holds no workflow whose worker does not die in a crash suite', () => {
    const inSuites = Object.values(suites).flat();
    expect([...inSuites].sort(), 'see test/crash/suites.ts').toEqual(
      [...new Set(workflows.map(({ name }) => name))].sort(),
    );
  });

  it.each(workflows.map((workflow) => [workflow.name, workflow] as const))(
    '%s declares steps that users can read, with weights that make up its percent',
    (_, workflow) => {
      const names = workflow.steps.map((step) => step.name);
      expect(new Set(names).size).toBe(names.length);
      for (const { name, weight } of workflow.steps) {
        expect(name).toMatch(/^[A-Z][a-z]+( [a-z]+)+$/);
        expect(weight).toBeGreaterThan(0);
      }
      expect(workflow.steps.reduce((sum, step) => sum + step.weight, 0)).toBe(100);
      expect(workflow.version).toMatch(/^\d+\.\d+\.\d+$/);
    },
  );

  it.each(workflows.map((workflow) => [workflow.name, workflow] as const))(
    '%s refuses input that is not its own',
    (_, workflow) => {
      expect(() => workflow.parseInput({})).toThrow();
      expect(() => workflow.parseInput(null)).toThrow();
      expect(() => workflow.parseInput({ instanceId: 'no id', imageId: 'no id' })).toThrow();
    },
  );
});
