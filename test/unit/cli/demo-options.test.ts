import { expect, test } from 'vitest';
import { readDemoOptions } from '../../../src/cli/demo/options.ts';

test('the demo runs on this machine unless it is told another platform', () => {
  expect(readDemoOptions([])).toEqual({ platform: 'local' });
  expect(readDemoOptions(['--platform', 'kubernetes'])).toEqual({ platform: 'kubernetes' });
  expect(readDemoOptions(['--platform=local'])).toEqual({ platform: 'local' });
});

test('help is asked for, and what is not known is refused with what there is', () => {
  expect(readDemoOptions(['--help'])).toBeNull();
  expect(() => readDemoOptions(['--platform', 'k8s'])).toThrow('--platform k8s: there are local and kubernetes.');
  expect(() => readDemoOptions(['--platfrom', 'local'])).toThrow('--platfrom');
  expect(() => readDemoOptions(['kubernetes'])).toThrow('kubernetes');
});
